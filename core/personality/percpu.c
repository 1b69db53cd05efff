/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include "core/string.h"

#include "core/context.h"
#include "core/fail.h"
#include "core/personality/percpu.h"
#include "tenon/linux.h"

#define ALIGN_MAX 4096 /* as windows are aligned */
#define UNIT_BYTES 64  /* a cache line, so that CPUs' writes to two modules' variables do not meet in one */
#define UNIT_CNT ((TENON_LINUX_PERCPU_END - TENON_LINUX_PERCPU_START) / UNIT_BYTES)

static uint32_t units(tenon_addr bytes)
{
	return (uint32_t)((bytes + UNIT_BYTES - 1) / UNIT_BYTES);
}

static void mark(bool *used, const struct tenon_module *m)
{
	if (m->percpu_bytes)
		memset(used + (m->percpu - TENON_LINUX_PERCPU_START) / UNIT_BYTES, true, units(m->percpu_bytes));
}

/* Those with a name in @d, loaded or being loaded; and those that are listed, for a quarantined one has lost its name. */
static void mark_all(bool *used, const struct tenon_domain *d)
{
	for (uint32_t i = 0; i <= d->modules.mask; i++)
		if (d->modules.slots[i].item)
			mark(used, module_of_item(d->modules.slots[i].item));
	for (const struct tenon_module *m = d->t->newest; m; m = m->older)
		if (m->domain == d)
			mark(used, m);
}

/* The first of @cnt free units, which is a multiple of @step; UNIT_CNT if there is none. */
static uint32_t find_room(const bool *used, uint32_t cnt, uint32_t step)
{
	uint32_t first = 0;

	while (first + cnt <= UNIT_CNT && memchr(used + first, true, cnt))
		first += step;
	return first + cnt <= UNIT_CNT ? first : UNIT_CNT;
}

static int check(const struct load *l, uint32_t section, const struct elf_section *s)
{
	struct elf_section other;

	for (uint32_t i = section + 1; i < l->elf.section_cnt; i++) {
		elf_section_at(&l->elf, i, &other);
		if (!strcmp(other.name, s->name))
			return fail_name(l->diag, TENON_R_SEC_DUPLICATE, s->name);
	}
	l->diag->section = section;
	if (l->sections[section].mem != TENON_MEM_DATA)
		return fail_got(l->diag, TENON_R_SEC_FLAGS, s->flags);
	if (s->align > ALIGN_MAX || s->size > TENON_LINUX_PERCPU_END - TENON_LINUX_PERCPU_START)
		return fail_name(l->diag, TENON_R_SEC_SPECIAL, s->name);
	return 0;
}

int percpu_link(struct load *l)
{
	bool used[UNIT_CNT] = { false };
	struct elf_section s;
	uint32_t section = elf_find_section(&l->elf, PERCPU_SECTION, &s), first;
	int err = section ? check(l, section, &s) : 0;

	if (err || !section || !s.size)
		return err;
	mark_all(used, l->m->domain);
	first = find_room(used, units(s.size), s.align > UNIT_BYTES ? units(s.align) : 1);
	if (first == UNIT_CNT) {
		l->diag->got = s.size;
		err = fail_name(l->diag, TENON_R_NO_MODULE_SPACE, l->m->domain->name);
		diag_list(l->diag->name, s.name);
		return err;
	}
	l->m->percpu = TENON_LINUX_PERCPU_START + first * UNIT_BYTES;
	l->m->percpu_bytes = (uint32_t)s.size;
	for (uint32_t i = 1; i < l->elf.symbol_cnt; i++) {
		struct elf_symbol sym;

		elf_symbol_at(&l->elf, i, &sym);
		if (sym.shndx == section)
			l->values[i] = l->m->percpu + sym.value;
	}
	return 0;
}

bool percpu_has(const struct tenon_module *m, tenon_addr value)
{
	return value >= m->percpu && value - m->percpu < m->percpu_bytes;
}
