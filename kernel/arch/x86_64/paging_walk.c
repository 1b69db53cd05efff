// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The proof that no page of the kernel's half can be written and executed: a walk over the table as the CPU sees it.
 * A second walk asks of each that can be executed whether another one shows the same memory writable.
 */
#include "kernel/arch/x86_64/paging.h"

#include "tenon/runtime.h"
#include "kernel/arch/x86_64/insn.h"

struct walk {
	void (*leaf)(struct walk *w, uint64_t entry, phys_addr phys, size_t bytes, uint64_t access);
	struct paging_report *report;
	phys_addr wanted;
	size_t wanted_bytes;
	bool found;
};

/* @access: PTE_WRITE, PTE_USER as the tables above allow, and PTE_NO_EXEC as one of them demands. */
static void walk_table(struct walk *w, const uint64_t *table, unsigned level, unsigned first, uint64_t access)
{
	w->report->tables++;
	for (unsigned i = first; i < PAGING_ENTRIES; i++) {
		uint64_t e = table[i];
		uint64_t here = (access & e & (PTE_WRITE | PTE_USER)) | ((access | e) & PTE_NO_EXEC);

		if (!(e & PTE_PRESENT))
			continue;
		if (level == 0 || e & PTE_LARGE)
			w->leaf(w, e, e & PTE_ADDRESS, PAGE_BYTES << (9 * level), here);
		else
			walk_table(w, paging_table(e), level - 1, 0, here);
	}
}

static void look_for_writable(struct walk *w, uint64_t entry, phys_addr phys, size_t bytes, uint64_t access)
{
	(void)entry;
	if (access & PTE_WRITE && w->wanted < phys + bytes && phys < w->wanted + w->wanted_bytes)
		w->found = true;
}

static bool writable_elsewhere(phys_addr phys, size_t bytes)
{
	struct paging_report ignored = {};
	struct walk w = { .leaf = look_for_writable, .report = &ignored, .wanted = phys, .wanted_bytes = bytes };

	walk_table(&w, direct_address(read_cr3() & PTE_ADDRESS), 3, PAGING_KERNEL_FIRST, PTE_WRITE | PTE_USER);
	return w.found;
}

static void count(struct walk *w, uint64_t entry, phys_addr phys, size_t bytes, uint64_t access)
{
	struct paging_report *r = w->report;

	(void)entry;
	r->leaves++;
	r->user += !!(access & PTE_USER);
	if (access & PTE_NO_EXEC)
		return;
	r->exec_pages += bytes / PAGE_BYTES;
	r->write_exec += !!(access & PTE_WRITE);
	r->aliases += writable_elsewhere(phys, bytes);
}

void paging_walk(struct paging_report *report)
{
	struct walk w = { .leaf = count, .report = report };

	memset(report, 0, sizeof(*report));
	walk_table(&w, direct_address(read_cr3() & PTE_ADDRESS), 3, PAGING_KERNEL_FIRST, PTE_WRITE | PTE_USER);
}
