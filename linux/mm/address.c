// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses and pages. A physical address is the same number as the virtual one; the page of an address is where it
 * would be if all memory had pages, so that Linux's arithmetic leads from one to the other and back. Only those of
 * page_alloc.c have a structure there: touching another one traps.
 */
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <asm/page.h>

#include "linux/export.h"

unsigned long page_offset_base = 0;
EXPORT_SYMBOL(page_offset_base);
unsigned long phys_base = __START_KERNEL_map;
EXPORT_SYMBOL(phys_base);
unsigned long vmemmap_base; /* page_alloc.c */
EXPORT_SYMBOL(vmemmap_base);

unsigned long physmem_end = ULONG_MAX;

/* Off: no page's structure is shared with another's. */
struct static_key_false hugetlb_optimize_vmemmap_key = STATIC_KEY_FALSE_INIT;
EXPORT_SYMBOL(hugetlb_optimize_vmemmap_key);

/* Off: no page belongs to a device. */
DEFINE_STATIC_KEY_FALSE(devmap_managed_key);
EXPORT_SYMBOL(devmap_managed_key);

/* What vmalloc gives has an address like all other memory. */
unsigned long vmalloc_base;
EXPORT_SYMBOL(vmalloc_base);

bool is_vmalloc_addr(const void *p)
{
	(void)p;
	return false;
}
EXPORT_SYMBOL(is_vmalloc_addr);

struct page *vmalloc_to_page(const void *p)
{
	return virt_to_page(p);
}
EXPORT_SYMBOL(vmalloc_to_page);

unsigned long vmalloc_to_pfn(const void *p)
{
	return page_to_pfn(vmalloc_to_page(p));
}
EXPORT_SYMBOL(vmalloc_to_pfn);

unsigned long empty_zero_page[PAGE_SIZE / sizeof(unsigned long)] __aligned(PAGE_SIZE);
EXPORT_SYMBOL(empty_zero_page);

unsigned long zero_pfn; /* page_alloc.c */
EXPORT_SYMBOL(zero_pfn);

/* Of page tables, which are not Linux's here. */
pteval_t __default_kernel_pte_mask __read_mostly = ~0;
EXPORT_SYMBOL(__default_kernel_pte_mask);
pteval_t __supported_pte_mask __read_mostly = ~0;
EXPORT_SYMBOL_GPL(__supported_pte_mask);
phys_addr_t physical_mask = (1ull << 52) - 1;
EXPORT_SYMBOL(physical_mask);
u64 sme_me_mask;
EXPORT_SYMBOL(sme_me_mask);

/* No part of memory has its structures in a table: that one address has none is not asked here. */
struct mem_section **mem_section;
EXPORT_SYMBOL(mem_section);
