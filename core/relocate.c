/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Stage 6: apply every relocation section, all through the CPU's table. */
#include "core/load.h"

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

int load_relocate(struct load *l)
{
	const struct tenon_arch *arch = load_arch(l);
	const struct load_section *relocs = NULL;
	struct reloc_job job;
	int err;

	while (load_next_relocs(l, &relocs, &job)) {
		err = arch->relocate(&job);
		if (err) {
			name_symbol(l);
			return err;
		}
		l->relocation_cnt += job.cnt;
	}
	return 0;
}
