/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include "core/personality/common.h"

int personality_check_entries(struct load *l)
{
	const struct tenon_module *m = l->m;
	const struct arena_region *text = &m->region[TENON_MEM_TEXT], *init_text = &m->region[TENON_MEM_INIT_TEXT];

	if (m->init && !arena_at(text, m->init, 1) && !arena_at(init_text, m->init, 1))
		return fail(l->diag, TENON_R_INIT_ADDRESS);
	if (m->exit && !arena_at(text, m->exit, 1))
		return fail(l->diag, TENON_R_INIT_ADDRESS);
	return 0;
}
