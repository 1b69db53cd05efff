// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The kernel's half of the address spaces. At boot one CPU makes it; later only pages in the windows of stacks and
 * devices come and go, under `lock`.
 */
#include "kernel/arch/x86_64/paging.h"

#include "tenon/errno.h"
#include "tenon/runtime.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/boot.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/sched/lock.h"

#define PTE_KERNEL (PTE_PRESENT | PTE_GLOBAL | PTE_ACCESSED | PTE_DIRTY)

extern char image_start[], init_text_start[], init_text_end[], rodata_start[], data_start[], init_bss_start[],
    image_end[];

phys_addr kernel_root;
bool paging_init_freed;
static struct spinlock lock = SPINLOCK_INIT(LOCK_LEAF);
static _Atomic unsigned table_cnt; /* tables of small pages and above that were made since boot; they stay */

phys_addr direct_phys(const void *address)
{
	uint64_t a = (uint64_t)address;

	return a >= IMAGE_BASE ? a - IMAGE_BASE : a - DIRECT_START;
}

/* ---- boot -------------------------------------------------------------------------------------------------------- */

/* The entry of @level for @addr, tables above it made. */
static uint64_t __init *boot_entry(uint64_t addr, unsigned level)
{
	uint64_t *table = direct_address(kernel_root);

	for (unsigned l = 3; l > level; l--) {
		uint64_t *entry = &table[paging_index(addr, l)];

		if (!*entry)
			*entry = boot_take_table() | PTE_PRESENT | PTE_WRITE;
		table = paging_table(*entry);
	}
	return &table[paging_index(addr, level)];
}

static void __init boot_map(uint64_t addr, phys_addr start, phys_addr end, uint64_t flags)
{
	while (start < end) {
		bool large =
		    !(addr % LARGE_PAGE_BYTES) && !(start % LARGE_PAGE_BYTES) && end - start >= LARGE_PAGE_BYTES;
		size_t bytes = large ? LARGE_PAGE_BYTES : PAGE_BYTES;

		*boot_entry(addr, large) = start | flags | PTE_KERNEL | (large ? PTE_LARGE : 0);
		addr += bytes;
		start += bytes;
	}
}

static void __init map_image(const char *start, const char *end, uint64_t flags)
{
	phys_addr last = (direct_phys(end) + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);

	boot_map((uint64_t)start, direct_phys(start), last, flags);
}

void __init paging_init(void)
{
	unsigned cnt;
	const struct phys_range *ram = boot_ram(&cnt);

	kernel_root = boot_take_table();
	for (unsigned i = 0; i < cnt; i++)
		boot_map(DIRECT_START + ram[i].start, ram[i].start, ram[i].end, PTE_WRITE | PTE_NO_EXEC);
	map_image(image_start, init_text_end, 0);
	map_image(rodata_start, data_start, PTE_NO_EXEC);
	map_image(data_start, image_end, PTE_WRITE | PTE_NO_EXEC);
	for (uint64_t a = STACKS_START; a < STACKS_START + STACKS_BYTES; a += 1ull << 39)
		boot_entry(a, 2);
	boot_entry(DEVICES_START, 2);
	boot_entry(ARENAS_START, 2);
	boot_entry(MODULES_START, 1);
	boot_entry(WRITING_START, 1);
	write_cr3(kernel_root);
}

/* ---- single pages ------------------------------------------------------------------------------------------------ */

/* The last-level entry for @addr, or NULL: no table, and @make is false or there is no memory. */
static uint64_t *entry_find(uint64_t addr, bool make)
{
	uint64_t *table = direct_address(kernel_root);

	for (unsigned level = 3; level > 0; level--) {
		uint64_t *entry = &table[paging_index(addr, level)];

		if (!*entry) {
			struct page *page = make ? page_alloc(0) : NULL;

			if (!page)
				return NULL;
			memset(page_address(page), 0, PAGE_BYTES);
			*entry = page_phys(page) | PTE_PRESENT | PTE_WRITE;
			table_cnt++;
		}
		table = paging_table(*entry);
	}
	return &table[paging_index(addr, 0)];
}

int kernel_map(uint64_t addr, phys_addr phys, uint64_t flags)
{
	uint64_t *entry;

	spin_lock(&lock);
	entry = entry_find(addr, true);
	if (entry)
		*entry = phys | flags | PTE_KERNEL;
	spin_unlock(&lock);
	return entry ? 0 : -TENON_ENOMEM;
}

uint64_t kernel_tables_bytes(void)
{
	return table_cnt * PAGE_BYTES;
}

phys_addr kernel_page(uint64_t addr)
{
	const uint64_t *entry;
	phys_addr phys;

	spin_lock(&lock);
	entry = entry_find(addr, false);
	ASSERT(entry && *entry & PTE_PRESENT);
	phys = *entry & PTE_ADDRESS;
	spin_unlock(&lock);
	return phys;
}

bool kernel_mapped(uint64_t addr)
{
	const uint64_t *entry;
	bool mapped;

	spin_lock(&lock);
	entry = entry_find(addr, false);
	mapped = entry && *entry & PTE_PRESENT;
	spin_unlock(&lock);
	return mapped;
}

phys_addr kernel_unmap(uint64_t addr)
{
	uint64_t *entry, old;

	spin_lock(&lock);
	entry = entry_find(addr, false);
	ASSERT(entry && *entry & PTE_PRESENT);
	old = *entry;
	*entry = 0;
	spin_unlock(&lock);
	return old & PTE_ADDRESS;
}

/* The direct map shows the image nowhere; so these pages come into it, when no CPU has them as code any more. */
static void free_image(char *start, char *end)
{
	phys_addr first = direct_phys(start), last = (direct_phys(end) + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);

	for (phys_addr p = first; p < last; p += PAGE_BYTES)
		kernel_unmap(IMAGE_BASE + p);
	tlb_flush_kernel();
	for (phys_addr p = first; p < last; p += PAGE_BYTES)
		if (!kernel_map(DIRECT_START + p, p, PTE_WRITE | PTE_NO_EXEC))
			page_give(p, p + PAGE_BYTES);
}

void paging_free_init(void)
{
	paging_init_freed = true;
	free_image(init_text_start, init_text_end);
	free_image(init_bss_start, image_end);
}

/* ---- frames of 2 MiB --------------------------------------------------------------------------------------------- */

/* The entry that maps the frame at @addr; its table was made at boot. */
static uint64_t *large_entry(uint64_t addr)
{
	uint64_t *table = direct_address(kernel_root);

	for (unsigned level = 3; level > 1; level--)
		table = paging_table(table[paging_index(addr, level)]);
	return &table[paging_index(addr, 1)];
}

void kernel_map_large(uint64_t addr, phys_addr phys, uint64_t flags)
{
	uint64_t *entry = large_entry(addr);

	ASSERT(!*entry);
	*entry = phys | flags | PTE_KERNEL | PTE_LARGE;
}

struct page *kernel_unmap_large(uint64_t addr)
{
	uint64_t *entry = large_entry(addr), old = *entry;

	ASSERT(old & PTE_PRESENT);
	*entry = 0;
	return old & PTE_LARGE ? NULL : page_of_phys(old & PTE_ADDRESS);
}

bool kernel_is_large(uint64_t addr)
{
	return *large_entry(addr) & PTE_LARGE;
}

int kernel_split(uint64_t addr)
{
	uint64_t *entry = large_entry(addr), old = *entry & ~PTE_LARGE, *table;
	struct page *page = page_alloc(0);

	if (!page)
		return -TENON_ENOMEM;
	table = page_address(page);
	for (unsigned i = 0; i < PAGING_ENTRIES; i++)
		table[i] = old + i * PAGE_BYTES;
	*entry = page_phys(page) | PTE_PRESENT | PTE_WRITE;
	return 0;
}

void kernel_protect(uint64_t addr, size_t bytes, uint64_t flags)
{
	uint64_t *table = paging_table(*large_entry(addr));

	for (unsigned i = paging_index(addr, 0), end = i + (unsigned)(bytes / PAGE_BYTES); i < end; i++)
		table[i] = (table[i] & PTE_ADDRESS) | flags | PTE_KERNEL;
}
