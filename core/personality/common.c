/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include "core/string.h"

#include "core/personality/common.h"

bool personality_discard(const struct elf_section *s)
{
	return !strcmp(s->name, ".modinfo") || !strcmp(s->name, "__versions");
}

int personality_check_entries(struct load *l)
{
	const struct tenon_module *m = l->m;
	const struct arena_extent *text = m->region[TENON_MEM_TEXT], *init_text = m->region[TENON_MEM_INIT_TEXT];

	if (m->init && !arena_at(text, m->init, 1) && !arena_at(init_text, m->init, 1))
		return fail(l->diag, TENON_R_INIT_ADDRESS);
	if (m->exit && !arena_at(text, m->exit, 1))
		return fail(l->diag, TENON_R_INIT_ADDRESS);
	return 0;
}

/* Call the base's function @by with the descriptor, or else the module's @own, if there is one. */
static int call_host(struct tenon_module *m, tenon_addr by, tenon_addr own, int64_t *result, char why[64])
{
	const struct tenon_host *h = m->t->host;
	tenon_addr address = by ? by : own, arg = by ? m->descriptor : 0;

	if (!address)
		return 0;
	if (h->call)
		return h->call(h->context, m, address, arg, result, why);
	*result = ((int (*)(uintptr_t))(uintptr_t)address)((uintptr_t)arg);
	return 0;
}

int personality_start(struct tenon_module *m, int64_t *result, char why[64])
{
	return call_host(m, m->start_by, m->init, result, why);
}

int personality_stop(struct tenon_module *m, int64_t *result, char why[64])
{
	return call_host(m, m->stop_by, m->exit, result, why);
}
