/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Stage 6: give every symbol its address and apply every relocation section, all through the CPU's table. */
#include "core/load.h"

static void define_symbols(struct load *l)
{
	for (uint32_t i = 0; i < l->elf.symbol_cnt; i++) {
		struct elf_symbol s;

		elf_symbol_at(&l->elf, i, &s);
		if (s.shndx == SHN_UNDEF)
			continue;
		if (s.shndx == SHN_ABS)
			l->values[i] = s.value;
		else if (l->sections[s.shndx].mem == SECTION_NOT_LOADED)
			l->values[i] = RELOC_DISCARDED;
		else
			l->values[i] = l->sections[s.shndx].run + s.value;
	}
}

/* The CPU's table left the index of the symbol in diag->want; put its name into the diagnosis. */
static void name_symbol(struct load *l)
{
	uint32_t symbol = (uint32_t)l->diag->want;
	struct elf_symbol s;

	if (symbol >= l->elf.symbol_cnt)
		return;
	elf_symbol_at(&l->elf, symbol, &s);
	diag_copy(l->diag->name, sizeof(l->diag->name), elf_symbol_name(&l->elf, &s));
}

static int relocate_section(struct load *l, uint32_t idx, const struct elf_section *rs)
{
	const struct load_section *sec = &l->sections[rs->info];
	const struct tenon_arch *arch = load_arch(l);
	struct elf_section target;
	struct reloc_job job = {
		.entries = elf_section_data(&l->elf, rs),
		.cnt = (size_t)(rs->size / rs->entsize),
		.section = rs->info,
		.write = sec->write,
		.run = sec->run,
		.size = sec->size,
		.values = l->values,
		.symbol_cnt = l->elf.symbol_cnt,
		.stubs = &l->stubs,
		.got = &l->got,
		.diag = l->diag,
	};
	int err;

	if ((rs->type == SHT_RELA) != arch->rela)
		return fail_section(l->diag, TENON_R_REL_KIND, idx, rs->type, 0);
	elf_section_at(&l->elf, rs->info, &target);
	if (target.type == SHT_NOBITS)
		return fail_section(l->diag, TENON_R_REL_TARGET, idx, rs->info, 0);
	err = arch->relocate(&job);
	if (err)
		name_symbol(l);
	l->relocation_cnt += job.cnt;
	return err;
}

int load_relocate(struct load *l)
{
	define_symbols(l);
	for (uint32_t i = 1; i < l->elf.section_cnt; i++) {
		struct elf_section s;
		int err;

		elf_section_at(&l->elf, i, &s);
		if ((s.type != SHT_RELA && s.type != SHT_REL) || !s.size ||
		    l->sections[s.info].mem == SECTION_NOT_LOADED)
			continue;
		err = relocate_section(l, i, &s);
		if (err)
			return err;
	}
	return 0;
}
