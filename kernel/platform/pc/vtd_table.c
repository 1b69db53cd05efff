// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Which memory which device reaches: a root, a table of contexts for each bus, and for each device that uses memory a page
 * table of three levels (9.1, 9.3, 9.8), in which a page stands at its own address. A device without one reaches nothing.
 *
 * Page tables are taken as pages are mapped, and go with the device's: that is one page for each 2 MiB of memory at most.
 * vtd_lock protects all of it.
 */
#include "kernel/init.h"
#include "kernel/platform/pc/vtd.h"

#include "kernel/arch/x86_64/paging.h"
#include "kernel/device/iommu.h"
#include "kernel/log.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define ENTRIES 512
#define LEVELS 3
#define DEVICES 64

enum { READ = 1, WRITE = 2 };
#define ONCE_MORE (1ull << 52) /* in the ignored bits 52 to 61 of a page: how often it is mapped besides */
#define PRESENT 1ull
#define WIDTH_39_BITS 1ull /* of a context's upper half; its domain stands at bit 8 */

static uint64_t (*root)[2]; /* by bus: the page with its contexts */

/* A device that may use memory; its number is that of its domain. 0 is not used: 6.2.2.1. */
static struct reach {
	uint64_t *table; /* NULL: not in use */
	uint16_t source;
} reaches[DEVICES];

static uint64_t *make_table(void)
{
	struct page *page = page_alloc(0);
	uint64_t *table;

	if (!page)
		return NULL;
	table = page_address(page);
	for (unsigned i = 0; i < ENTRIES; i++)
		vtd_store(&table[i], 0);
	return table;
}

static uint64_t *table_of(uint64_t entry)
{
	return direct_address(entry & PTE_ADDRESS);
}

phys_addr __init vtd_table_make(void)
{
	root = (void *)make_table();
	return root ? direct_phys(root) : 0;
}

/* Return: the number; 0: it may not use memory. */
static unsigned find(uint16_t source)
{
	unsigned i = DEVICES - 1;

	while (i && !(reaches[i].table && reaches[i].source == source))
		i--;
	return i;
}

/* NULL: no memory for the bus's. A table of contexts stays. */
static uint64_t *context_of(uint16_t source)
{
	uint64_t *entry = root[source >> 8], *table;

	if (!*entry) {
		table = make_table();
		if (!table)
			return NULL;
		vtd_store(entry, direct_phys(table) | PRESENT);
	}
	return table_of(*entry) + 2 * (source & 0xff);
}

static int open(uint16_t source)
{
	unsigned i = 1;
	uint64_t *context = context_of(source);

	if (!context)
		return -TENON_ENOMEM;
	while (i < DEVICES && reaches[i].table)
		i++;
	if (i == DEVICES || i >= vtd_domain_cnt)
		return -TENON_ENOSPC;
	reaches[i] = (struct reach){ .table = make_table(), .source = source };
	if (!reaches[i].table)
		return -TENON_ENOMEM;
	vtd_store(&context[1], (uint64_t)i << 8 | WIDTH_39_BITS);
	vtd_store(&context[0], direct_phys(reaches[i].table) | PRESENT);
	vtd_forget(VTD_CONTEXTS, 0);
	return 0;
}

int iommu_open(uint16_t source)
{
	int err = 0;

	spin_lock(&vtd_lock);
	if (!find(source))
		err = open(source);
	spin_unlock(&vtd_lock);
	return err;
}

static void free_table(uint64_t *table, unsigned level)
{
	for (unsigned i = 0; level && i < ENTRIES; i++)
		if (table[i])
			free_table(table_of(table[i]), level - 1);
	page_put(page_of_address(table));
}

void iommu_close(uint16_t source)
{
	unsigned i;

	if (!iommu_active())
		return;
	spin_lock(&vtd_lock);
	i = find(source);
	if (i) {
		vtd_store(context_of(source), 0);
		vtd_forget(VTD_CONTEXTS, 0);
		free_table(reaches[i].table, LEVELS - 1);
		reaches[i].table = NULL;
	}
	spin_unlock(&vtd_lock);
}

/* Where the page stands in the table. NULL: there is no table for it, or no memory for one. */
static uint64_t *entry_of(uint64_t *table, uint64_t phys, bool make)
{
	for (unsigned level = LEVELS - 1; level; level--) {
		uint64_t *entry = &table[phys >> (PAGE_SHIFT + 9 * level) & (ENTRIES - 1)];

		if (!*entry) {
			uint64_t *next = make ? make_table() : NULL;

			if (!next)
				return NULL;
			vtd_store(entry, direct_phys(next) | READ | WRITE);
		}
		table = table_of(*entry);
	}
	return &table[phys >> PAGE_SHIFT & (ENTRIES - 1)];
}

int iommu_map(uint16_t source, uint64_t phys, bool writes)
{
	uint64_t *entry = NULL;
	unsigned i;

	spin_lock(&vtd_lock);
	i = find(source);
	if (i)
		entry = entry_of(reaches[i].table, phys, true);
	if (entry) {
		bool was = *entry;

		vtd_store(entry, (was ? *entry + ONCE_MORE : phys | READ) | (writes ? WRITE : 0));
		if (was || vtd_remembers_absent)
			vtd_forget(VTD_PAGES, (uint16_t)i);
	}
	spin_unlock(&vtd_lock);
	return !i ? -TENON_ENODEV : entry ? 0 : -TENON_ENOMEM;
}

void iommu_unmap(uint16_t source, uint64_t phys)
{
	uint64_t *entry = NULL;
	unsigned i;

	spin_lock(&vtd_lock);
	i = find(source);
	if (i)
		entry = entry_of(reaches[i].table, phys, false);
	if (entry)
		vtd_store(entry, *entry >= ONCE_MORE ? *entry - ONCE_MORE : 0);
	spin_unlock(&vtd_lock);
}

void iommu_flush(uint16_t source)
{
	unsigned i;

	spin_lock(&vtd_lock);
	i = find(source);
	if (i)
		vtd_forget(VTD_PAGES, (uint16_t)i);
	spin_unlock(&vtd_lock);
}
