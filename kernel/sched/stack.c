// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Stacks, in a window of slots; the lower half of a slot is not mapped, so what runs over the end of a stack faults.
 * Those of threads that ended are kept, mapped, for the next ones: unmapping waits for all CPUs. stacks_trim() does
 * that, once for many. The lock protects the list of those kept and the map of slots.
 */
#include "kernel/arch/x86_64/paging.h"
#include "kernel/mm/page.h"
#include "kernel/sched/lock.h"
#include "kernel/sched/run.h"
#include "kernel/sched/thread.h"

#include "tenon/runtime.h"

#define SLOT_CNT (STACKS_BYTES / STACK_SLOT_BYTES)
#define KEPT_MANY 32
#define STACK_PAGES (STACK_BYTES / PAGE_BYTES)

static struct spinlock lock = SPINLOCK_INIT(LOCK_STACKS);
static uint8_t *kept; /* tops; the next one's stands below the thread's word */
static unsigned kept_cnt;
static _Atomic unsigned mapped_cnt; /* stacks, used or kept */
static uint64_t slot_used[SLOT_CNT / 64];
static unsigned slot_hint; /* no word below it has a free slot */

static uint8_t **next_of(uint8_t *top)
{
	return (uint8_t **)(top - 16);
}

static uint8_t *kept_take(void)
{
	uint8_t *top;

	spin_lock(&lock);
	top = kept;
	if (top) {
		kept = *next_of(top);
		kept_cnt--;
	}
	spin_unlock(&lock);
	return top;
}

/* Return: the end of a slot, or NULL. */
static uint8_t *slot_take(void)
{
	uint8_t *end = NULL;

	spin_lock(&lock);
	while (slot_hint < SLOT_CNT / 64 && slot_used[slot_hint] == UINT64_MAX)
		slot_hint++;
	if (slot_hint < SLOT_CNT / 64) {
		unsigned bit = (unsigned)__builtin_ctzll(~slot_used[slot_hint]);

		slot_used[slot_hint] |= 1ull << bit;
		end = (uint8_t *)(STACKS_START + (slot_hint * 64ull + bit + 1) * STACK_SLOT_BYTES);
	}
	spin_unlock(&lock);
	return end;
}

static void slot_give(uint8_t *end)
{
	uint64_t slot = ((uint64_t)end - STACKS_START) / STACK_SLOT_BYTES - 1;

	spin_lock(&lock);
	slot_used[slot / 64] &= ~(1ull << slot % 64);
	if (slot / 64 < slot_hint)
		slot_hint = (unsigned)(slot / 64);
	spin_unlock(&lock);
}

/* Takes @cnt pages of the stack out of the map and puts them on @list, linked by owner; index of one says the slot. */
static void unmap(uint8_t *top, unsigned cnt, struct page **list)
{
	for (unsigned i = 1; i <= cnt; i++) {
		struct page *page = page_of_phys(kernel_unmap((uint64_t)top - i * PAGE_BYTES));

		page->owner = *list;
		page->index = i == 1 ? (uint64_t)top : 0;
		*list = page;
	}
}

/* After the flush: the pages and slots may be others' now. */
static void give_back(struct page *list)
{
	while (list) {
		struct page *next = list->owner;

		if (list->index)
			slot_give((uint8_t *)list->index);
		page_put(list);
		list = next;
	}
}

uint8_t *stack_make(void)
{
	uint8_t *top = kept_take();
	struct page *list = NULL;

	if (top)
		return top;
	top = slot_take();
	if (!top)
		return NULL;
	for (unsigned i = 0; i < STACK_PAGES; i++) {
		struct page *page = page_alloc(0);

		if (page && !kernel_map((uint64_t)top - (i + 1) * PAGE_BYTES, page_phys(page), PTE_WRITE | PTE_NO_EXEC))
			continue;
		if (page)
			page_put(page);
		unmap(top, i, &list);
		tlb_flush_kernel();
		give_back(list);
		if (i == 0)
			slot_give(top);
		return NULL;
	}
	mapped_cnt++;
	return top;
}

void stack_drop(uint8_t *top)
{
	spin_lock(&lock);
	*next_of(top) = kept;
	kept = top;
	kept_cnt++;
	spin_unlock(&lock);
}

void stacks_trim(void)
{
	uint8_t *gone = NULL, *top;
	struct page *list = NULL;

	while ((top = kept_take())) {
		uint8_t *before = gone;

		gone = top;
		*next_of(top) = before;
	}
	if (!gone)
		return;
	for (top = gone; top; top = gone) {
		gone = *next_of(top);
		unmap(top, STACK_PAGES, &list);
		mapped_cnt--;
	}
	tlb_flush_kernel();
	give_back(list);
}

bool stacks_many(void)
{
	return kept_cnt > KEPT_MANY;
}

uint64_t stacks_bytes(void)
{
	return mapped_cnt * STACK_BYTES;
}
