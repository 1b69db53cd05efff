// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses and pages. A physical address is the same number as the virtual one; the page of an address is where it
 * would be if all memory had pages, so that Linux's arithmetic leads from one to the other and back. No
 * memory is mapped there: touching a page's structure traps.
 */
#include <linux/mm.h>
#include <asm/page.h>

#include "linux/export.h"

unsigned long page_offset_base = 0;
EXPORT_SYMBOL(page_offset_base);
unsigned long phys_base = __START_KERNEL_map;
EXPORT_SYMBOL(phys_base);
unsigned long vmemmap_base = 0xffffea0000000000UL;
EXPORT_SYMBOL(vmemmap_base);

unsigned long physmem_end = ULONG_MAX;

/* Off: no page's structure is shared with another's. */
struct static_key_false hugetlb_optimize_vmemmap_key = STATIC_KEY_FALSE_INIT;
EXPORT_SYMBOL(hugetlb_optimize_vmemmap_key);

/* Off: no page belongs to a device. */
DEFINE_STATIC_KEY_FALSE(devmap_managed_key);
EXPORT_SYMBOL(devmap_managed_key);
