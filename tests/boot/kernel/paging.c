// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The kernel's page table: nothing is writable and executable, and what is unmapped is gone on every CPU. */
#include "test.h"

#include <stdatomic.h>

#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/mm/page.h"
#include "kernel/sched/thread.h"

#define PLACE (STACKS_START + STACKS_BYTES - STACK_SLOT_BYTES) /* the last slot's guard */
#define ROUNDS 30

extern const char image_start[], text_end[], init_text_start[], init_text_end[], init_bss_start[], image_end[];

static uint64_t pages_of(const char *start, const char *end)
{
	return ((uint64_t)end - (uint64_t)start + PAGE_BYTES - 1) / PAGE_BYTES;
}

static void walk(void)
{
	uint64_t text = pages_of(image_start, paging_init_freed ? text_end : init_text_end);
	struct page *page = page_alloc(0);
	struct paging_report r;

	paging_walk(&r);
	ok(r.leaves > 100 && r.exec_pages == text, "only the kernel's text is executable: %llu pages",
	   (unsigned long long)r.exec_pages);
	ok(r.write_exec == 0 && r.aliases == 0, "none of it is writable, at no address");
	ok(r.user == 0, "nothing is a program's");

	kernel_map(PLACE, page_phys(page), PTE_WRITE);
	paging_walk(&r);
	ok(r.write_exec == 1 && r.aliases == 1, "the walk finds a page that breaks the rule, and its alias");
	kernel_unmap(PLACE);
	tlb_flush_kernel();
	page_put(page);
}

static void protections(void)
{
	uint64_t cr0 = read_cr0(), cr4 = read_cr4();

	ok(cr0 & 1 << 16, "WP is on");
	ok(cr4 & 1 << 20 && cr4 & 1 << 21 && cr4 & 1 << 11, "SMEP, SMAP and UMIP are on");
	ok(!(cr4 & 1 << 16), "FSGSBASE is off");
	ok(read_msr(MSR_EFER) & 1 << 11, "NX is on");
}

/* ---- shootdown --------------------------------------------------------------------------------------------------- */

static struct {
	_Atomic unsigned round; /* odd: PLACE is mapped and shows the round's number */
	_Atomic unsigned readers;
	_Atomic unsigned bad;
} shared;

static void read_place(void)
{
	unsigned round;

	while ((round = atomic_load(&shared.round)) < 2 * ROUNDS) {
		uint64_t value;

		atomic_fetch_add(&shared.readers, 1);
		round = atomic_load(&shared.round);
		if (round % 2) {
			value = *(volatile uint64_t *)PLACE;
			if (value != round)
				atomic_fetch_add(&shared.bad, 1);
		}
		atomic_fetch_sub(&shared.readers, 1);
		cpu_pause();
	}
}

/* Maps the same address to one page after the other; nobody reads while it is changed. */
static void change_place(void)
{
	struct page *page[2] = { page_alloc(0), page_alloc(0) };

	for (unsigned i = 0; i < ROUNDS; i++) {
		*(uint64_t *)page_address(page[i % 2]) = 2 * i + 1;
		kernel_map(PLACE, page_phys(page[i % 2]), PTE_WRITE | PTE_NO_EXEC);
		atomic_store(&shared.round, 2 * i + 1);
		thread_yield();
		atomic_store(&shared.round, 2 * i + 2);
		while (atomic_load(&shared.readers))
			thread_yield();
		kernel_unmap(PLACE);
		tlb_flush_kernel();
	}
	page_put(page[0]);
	page_put(page[1]);
}

static void shootdown(void *number)
{
	if (number)
		read_place();
	else
		change_place();
}

/* What only booting needs, which is freed once. */
static void init_is_freed(void)
{
	uint64_t code = pages_of(init_text_start, init_text_end), data = pages_of(init_bss_start, image_end);
	struct page_totals before, after;

	if (paging_init_freed)
		return;
	page_totals(&before);
	paging_free_init();
	page_totals(&after);
	ok(code && data && after.total - before.total == code + data && after.free - before.free == code + data,
	   "%llu pages of code and %llu of data that only booting needs are free", (unsigned long long)code,
	   (unsigned long long)data);
	ok(!kernel_mapped((uint64_t)init_text_start) && !kernel_mapped((uint64_t)init_text_end - 1) &&
	       !kernel_mapped((uint64_t)init_bss_start) && !kernel_mapped((uint64_t)image_end - 1),
	   "they are no part of the image any more");
}

void test_paging(void)
{
	walk();
	init_is_freed();
	walk();
	protections();
	atomic_store(&shared.round, 0);
	atomic_store(&shared.bad, 0);
	run_threads(cpu_cnt + 1, shootdown);
	ok(!atomic_load(&shared.bad), "no CPU sees a page that was unmapped");
}
