// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The lower half of an address space. A table below the root is there exactly while something is mapped through it, so
 * what their owner promises for the ranges in use is enough. The lock of the address space protects all of a table.
 *
 * A page that a program may not touch at present (PROT_NONE) stays in its entry, which is marked not present. Registers
 * of a device (PTE_DEVICE) are no page: nothing finds or copies them, and they are only ever unmapped.
 */
#include "kernel/arch/x86_64/user_table.h"

#include "tenon/runtime.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/arch/x86_64/tlb.h"
#include "kernel/arch/x86_64/user.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"

#define BATCH 64

/* Pages that CPUs may still reach: given back after the TLBs are flushed. */
struct batch {
	struct user_table *table;
	unsigned cnt;
	bool devices; /* registers of some, too */
	struct page *page[BATCH];
};

uint32_t user_table_cpus(const struct user_table *t)
{
	uint32_t mask = 0;

	atomic_thread_fence(memory_order_seq_cst); /* what changed in the table came before */
	for (unsigned i = 0; i < cpu_cnt; i++)
		if (atomic_load(&cpus[i].table) == t || atomic_load(&cpus[i].next_table) == t)
			mask |= 1u << i;
	return mask;
}

static void batch_end(struct batch *b)
{
	if (!b->cnt && !b->devices)
		return;
	tlb_flush_cpus(user_table_cpus(b->table));
	while (b->cnt)
		page_put(b->page[--b->cnt]);
	b->devices = false;
}

static void batch_add(struct batch *b, struct page *page)
{
	if (b->cnt == BATCH)
		batch_end(b);
	b->page[b->cnt++] = page;
}

static uint64_t span(unsigned level)
{
	return PAGE_BYTES << (9 * level);
}

static uint64_t entry_make(phys_addr phys, unsigned access)
{
	uint64_t e = phys | PTE_USER | PTE_ACCESSED | PTE_DIRTY | (access ? PTE_PRESENT : PTE_KEPT);

	return e | (access & USER_WRITE ? PTE_WRITE : 0) | (access & USER_EXEC ? 0 : PTE_NO_EXEC);
}

static unsigned entry_access(uint64_t e)
{
	if (!(e & PTE_PRESENT))
		return 0;
	return USER_READ | (e & PTE_WRITE ? USER_WRITE : 0) | (e & PTE_NO_EXEC ? 0 : USER_EXEC);
}

/* ---- the table itself -------------------------------------------------------------------------------------------- */

struct user_table *user_table_make(void)
{
	struct user_table *t = heap_alloc_zeroed(sizeof(*t));
	struct page *root;

	if (!t)
		return NULL;
	root = page_alloc_promised();
	t->root = page_phys(root);
	memset(page_address(root), 0, PAGE_BYTES / 2);
	memcpy((char *)page_address(root) + PAGE_BYTES / 2, (char *)direct_address(kernel_root) + PAGE_BYTES / 2,
	       PAGE_BYTES / 2);
	return t;
}

void user_table_free(struct user_table *t)
{
	const uint64_t *root = direct_address(t->root);

	ASSERT(t->pages == 0 && !user_table_cpus(t));
	for (unsigned i = 0; i < PAGING_KERNEL_FIRST; i++)
		ASSERT(root[i] == 0);
	page_put(page_of_phys(t->root));
	heap_free(t);
}

static uint64_t *entry_find(struct user_table *t, uint64_t addr)
{
	uint64_t *table = direct_address(t->root);

	for (unsigned level = 3; level > 0; level--) {
		uint64_t entry = table[paging_index(addr, level)];

		if (!entry)
			return NULL;
		table = paging_table(entry);
	}
	return &table[paging_index(addr, 0)];
}

/* A table's page counts its entries that are in use, so that a table that empties is known without a look at all. */
static uint64_t *entry_make_room(struct user_table *t, uint64_t addr, struct page **table_page)
{
	struct page *page = page_of_phys(t->root);

	for (unsigned level = 3; level > 0; level--) {
		uint64_t *entry = (uint64_t *)page_address(page) + paging_index(addr, level);

		if (*entry) {
			page = page_of_phys(*entry & PTE_ADDRESS);
			continue;
		}
		page->index++;
		page = page_alloc_promised();
		page->index = 0;
		memset(page_address(page), 0, PAGE_BYTES);
		*entry = page_phys(page) | PTE_PRESENT | PTE_WRITE | PTE_USER;
	}
	*table_page = page;
	return (uint64_t *)page_address(page) + paging_index(addr, 0);
}

/* ---- single pages ------------------------------------------------------------------------------------------------ */

void user_table_map(struct user_table *t, uint64_t addr, struct page *page, unsigned access)
{
	struct page *table;
	uint64_t *entry = entry_make_room(t, addr, &table);
	uint64_t old = *entry, new = entry_make(page_phys(page), access);

	__atomic_store_n(entry, new, __ATOMIC_RELEASE);
	if (!old) {
		table->index++;
		t->pages++;
		return;
	}
	/* A right more needs no flush: at worst a CPU faults once more. */
	if (old & PTE_PRESENT && (old ^ new) & PTE_ADDRESS)
		tlb_flush_cpus(user_table_cpus(t));
	page_put(page_of_phys(old & PTE_ADDRESS));
}

void user_table_map_device(struct user_table *t, uint64_t addr, phys_addr phys)
{
	struct page *table;
	uint64_t *entry = entry_make_room(t, addr, &table);

	ASSERT(!*entry);
	__atomic_store_n(entry,
			 entry_make(phys, USER_READ | USER_WRITE) | PTE_DEVICE | PTE_CACHE_OFF | PTE_WRITE_THROUGH,
			 __ATOMIC_RELEASE);
	table->index++;
	t->pages++;
}

struct page *user_table_find(struct user_table *t, uint64_t addr, unsigned *access)
{
	uint64_t *entry = entry_find(t, addr);

	if (!entry || !*entry || *entry & PTE_DEVICE)
		return NULL;
	*access = entry_access(*entry);
	return page_of_phys(*entry & PTE_ADDRESS);
}

void user_table_flush(struct user_table *t)
{
	tlb_flush_cpus(user_table_cpus(t));
}

uint64_t user_table_pages(const struct user_table *t)
{
	return t->pages;
}

/* ---- ranges ------------------------------------------------------------------------------------------------------ */

/* At most four levels deep. Return: how many entries of the table are in use no more. */
static unsigned unmap_level(struct batch *b, uint64_t *table, unsigned level, uint64_t start, uint64_t end)
{
	unsigned emptied = 0;
	uint64_t next;

	for (uint64_t addr = start; addr < end; addr = next) {
		uint64_t *entry = &table[paging_index(addr, level)], old = *entry;

		next = (addr & ~(span(level) - 1)) + span(level);
		if (!old)
			continue;
		if (level > 0) {
			struct page *below = page_of_phys(old & PTE_ADDRESS);

			below->index -= unmap_level(b, paging_table(old), level - 1, addr, next < end ? next : end);
			if (below->index)
				continue;
		} else {
			b->table->pages--;
		}
		*entry = 0;
		emptied++;
		if (old & PTE_DEVICE)
			b->devices = true;
		else
			batch_add(b, page_of_phys(old & PTE_ADDRESS));
	}
	return emptied;
}

void user_table_unmap(struct user_table *t, uint64_t start, uint64_t end)
{
	struct batch b = { .table = t };

	unmap_level(&b, direct_address(t->root), 3, start, end);
	batch_end(&b);
}

/* Calls @fn for each entry that has a page. */
static void for_each(uint64_t *table, unsigned level, uint64_t start, uint64_t end,
		     void (*fn)(uint64_t *entry, uint64_t addr, void *arg), void *arg)
{
	uint64_t next;

	for (uint64_t addr = start; addr < end; addr = next) {
		uint64_t *entry = &table[paging_index(addr, level)];

		next = (addr & ~(span(level) - 1)) + span(level);
		if (!*entry)
			continue;
		if (level > 0)
			for_each(paging_table(*entry), level - 1, addr, next < end ? next : end, fn, arg);
		else
			fn(entry, addr, arg);
	}
}

static void restrict_entry(uint64_t *entry, uint64_t addr, void *arg)
{
	(void)addr;
	*entry = entry_make(*entry & PTE_ADDRESS, entry_access(*entry) & *(unsigned *)arg);
}

void user_table_restrict(struct user_table *t, uint64_t start, uint64_t end, unsigned access)
{
	for_each(direct_address(t->root), 3, start, end, restrict_entry, &access);
	tlb_flush_cpus(user_table_cpus(t));
}

struct copy {
	struct user_table *to;
	bool writable;
};

static void copy_entry(uint64_t *entry, uint64_t addr, void *arg)
{
	struct copy *c = arg;
	struct page *page = page_of_phys(*entry & PTE_ADDRESS);

	if (!c->writable)
		*entry &= ~PTE_WRITE;
	page_get(page);
	user_table_map(c->to, addr, page, entry_access(*entry));
}

void user_table_copy(struct user_table *to, struct user_table *from, uint64_t start, uint64_t end, bool writable)
{
	struct copy c = { to, writable };

	for_each(direct_address(from->root), 3, start, end, copy_entry, &c);
}
