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

static int call_host(struct tenon_module *m, tenon_addr address, tenon_addr arg, int64_t *result, char why[64])
{
	const struct tenon_host *h = m->t->host;

	if (h->call)
		return h->call(h->context, m, address, arg, result, why);
	*result = ((int (*)(uintptr_t))(uintptr_t)address)((uintptr_t)arg);
	return 0;
}

int personality_start(struct tenon_module *m, int64_t *result, char why[64])
{
	int err = 0;

	if (m->start_by)
		err = call_host(m, m->start_by, m->descriptor, result, why);
	else if (m->init)
		err = call_host(m, m->init, 0, result, why);
	*result = (int)*result; /* it is an int: the rest of the register has no meaning */
	return err;
}

int personality_stop(struct tenon_module *m, int64_t *result, char why[64])
{
	if (m->stop_by)
		return call_host(m, m->stop_by, m->descriptor, result, why);
	return m->exit ? call_host(m, m->exit, 0, result, why) : 0;
}
