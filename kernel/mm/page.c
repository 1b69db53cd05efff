// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Physical pages: a buddy allocator under one lock. Free blocks of 2^order pages stand in a list for each order; a
 * block that is freed is merged with its neighbour as long as that is free too.
 */
#include "kernel/mm/page.h"

#include "tenon/errno.h"
#include "tenon/runtime.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/boot.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/sched/lock.h"

static struct spinlock lock = SPINLOCK_INIT(LOCK_PAGES);
static struct page *pages; /* one for each frame below frame_cnt */
static uint64_t frame_cnt;
static struct page *free_list[PAGE_ORDER_MAX + 1];
static struct page_totals totals;

/* ---- blocks; with the lock held ---------------------------------------------------------------------------------- */

static void list_add(struct page *page, unsigned order)
{
	page->order = (uint8_t)order;
	page->state = PAGE_FREE;
	page->prev = NULL;
	page->next = free_list[order];
	if (page->next)
		page->next->prev = page;
	free_list[order] = page;
}

static void list_remove(struct page *page)
{
	if (page->next)
		page->next->prev = page->prev;
	if (page->prev)
		page->prev->next = page->next;
	else
		free_list[page->order] = page->next;
	page->state = PAGE_INNER;
}

static void block_free(struct page *page, unsigned order)
{
	uint64_t frame = (uint64_t)(page - pages);

	totals.free += 1ull << order;
	for (; order < PAGE_ORDER_MAX; order++) {
		uint64_t buddy = frame ^ 1ull << order;

		if (buddy >= frame_cnt || pages[buddy].state != PAGE_FREE || pages[buddy].order != order)
			break;
		list_remove(&pages[buddy]);
		pages[frame].state = PAGE_INNER;
		frame &= ~(1ull << order);
	}
	list_add(&pages[frame], order);
}

static struct page *block_alloc(unsigned order)
{
	unsigned have = order;
	struct page *page;

	while (have <= PAGE_ORDER_MAX && !free_list[have])
		have++;
	if (have > PAGE_ORDER_MAX)
		return NULL;
	page = free_list[have];
	list_remove(page);
	while (have > order) {
		have--;
		list_add(page + (1ull << have), have);
	}
	totals.free -= 1ull << order;
	page->order = (uint8_t)order;
	page->owner = NULL;
	page->index = 0;
	atomic_store_explicit(&page->refs, 1, memory_order_relaxed);
	return page;
}

/* ---- allocation -------------------------------------------------------------------------------------------------- */

uint64_t (*page_reclaim)(uint64_t cnt);

/* Has more become free? The lock is not held. */
static bool reclaim(uint64_t cnt)
{
	return page_reclaim && page_reclaim(cnt);
}

static struct page *try_alloc(unsigned order)
{
	struct page *page = NULL;

	spin_lock(&lock);
	if (totals.promised + (1ull << order) <= totals.total)
		page = block_alloc(order);
	if (page) {
		page->state = PAGE_USED;
		totals.promised += 1ull << order;
	}
	spin_unlock(&lock);
	return page;
}

struct page *page_alloc(unsigned order)
{
	struct page *page;

	if (order > PAGE_ORDER_MAX || page_fails())
		return NULL;
	do
		page = try_alloc(order);
	while (!page && reclaim(1ull << order));
	return page;
}

struct page *page_alloc_promised(void)
{
	struct page *page;

	spin_lock(&lock);
	page = block_alloc(0);
	if (!page)
		panic("more pages are used than were promised (%llu of %llu)", (unsigned long long)totals.promised,
		      (unsigned long long)totals.total);
	page->state = PAGE_PROMISED;
	spin_unlock(&lock);
	return page;
}

void page_split(struct page *page)
{
	unsigned cnt = 1u << page->order;

	for (unsigned i = 0; i < cnt; i++) {
		page[i].order = 0;
		page[i].state = PAGE_USED;
		page[i].owner = NULL;
		page[i].index = 0;
		atomic_store_explicit(&page[i].refs, 1, memory_order_relaxed);
	}
}

void page_get(struct page *page)
{
	if (!atomic_fetch_add_explicit(&page->refs, 1, memory_order_relaxed))
		panic("a reference to a free page is taken");
}

void page_put(struct page *page)
{
	uint32_t refs = atomic_fetch_sub_explicit(&page->refs, 1, memory_order_acq_rel);

	if (refs == 0)
		panic("a page is freed twice");
	if (refs > 1)
		return;
	spin_lock(&lock);
	if (page->state == PAGE_USED)
		totals.promised -= 1ull << page->order;
	block_free(page, page->order);
	spin_unlock(&lock);
}

static bool try_commit(uint64_t cnt)
{
	bool fits;

	spin_lock(&lock);
	fits = cnt <= totals.total - totals.promised;
	if (fits)
		totals.promised += cnt;
	spin_unlock(&lock);
	return fits;
}

int page_commit(uint64_t cnt)
{
	if (page_fails())
		return -TENON_ENOMEM;
	while (!try_commit(cnt))
		if (cnt > totals.total || !reclaim(cnt))
			return -TENON_ENOMEM;
	return 0;
}

void page_uncommit(uint64_t cnt)
{
	spin_lock(&lock);
	if (cnt > totals.promised)
		panic("more promises of pages end than there are");
	totals.promised -= cnt;
	spin_unlock(&lock);
}

void page_totals(struct page_totals *t)
{
	spin_lock(&lock);
	*t = totals;
	spin_unlock(&lock);
}

/* ---- where they are ---------------------------------------------------------------------------------------------- */

void *page_address(const struct page *page)
{
	return direct_address(page_phys(page));
}

struct page *page_of_address(const void *address)
{
	return page_of_phys((uint64_t)address - DIRECT_START);
}

phys_addr page_phys(const struct page *page)
{
	return (phys_addr)(page - pages) << PAGE_SHIFT;
}

struct page *page_of_phys(phys_addr phys)
{
	uint64_t frame = phys >> PAGE_SHIFT;

	return frame < frame_cnt && pages[frame].state != PAGE_RESERVED ? &pages[frame] : NULL;
}

/* ---- boot -------------------------------------------------------------------------------------------------------- */

void page_give(phys_addr start, phys_addr end)
{
	spin_lock(&lock);
	for (uint64_t frame = start >> PAGE_SHIFT; frame < end >> PAGE_SHIFT; frame++)
		pages[frame].state = PAGE_INNER;
	for (uint64_t frame = start >> PAGE_SHIFT, last = end >> PAGE_SHIFT; frame < last;) {
		unsigned order = 0;

		while (order < PAGE_ORDER_MAX && !(frame & ((2ull << order) - 1)) && frame + (2ull << order) <= last)
			order++;
		block_free(&pages[frame], order);
		totals.total += 1ull << order;
		frame += 1ull << order;
	}
	spin_unlock(&lock);
}

void __init page_init(void)
{
	unsigned cnt;
	const struct phys_range *ram = boot_ram(&cnt);

	frame_cnt = ram[cnt - 1].end >> PAGE_SHIFT;
	pages = direct_address(boot_take(frame_cnt * sizeof(*pages)));
	memset(pages, 0, frame_cnt * sizeof(*pages)); /* PAGE_RESERVED */
	ram = boot_free_ram(&cnt);
	for (unsigned i = 0; i < cnt; i++)
		page_give(ram[i].start, ram[i].end);
}
