// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Interrupts through the unit (chapter 5): what devices send names an entry of a table, which has the vector and whose it
 * is. Entries are numbered as vectors are, so there is nothing to give out. vtd_lock protects the table.
 */
#include "kernel/init.h"
#include "kernel/platform/pc/vtd.h"

#include "kernel/device/iommu.h"
#include "kernel/platform/pc/pc.h"
#include "tenon/runtime.h"

#define PRESENT 1ull
#define NMI (4ull << 5)
#define ONE_SOURCE (1ull << 18) /* of the upper half: it must be the one in the lowest 16 bits */
#define ALL_CPUS 0xff

static uint64_t (*table)[2]; /* 256 */

phys_addr __init vtd_irq_make(void)
{
	struct page *page = page_alloc(0);

	if (!page)
		return 0;
	table = page_address(page);
	memset(table, 0, PAGE_BYTES);
	for (unsigned i = 0; i < PAGE_BYTES / sizeof(uint64_t); i++)
		vtd_store(&table[0][i], 0);
	return page_phys(page);
}

static void change(uint8_t vector, uint64_t low, uint64_t high)
{
	if (!iommu_active())
		return;
	spin_lock(&vtd_lock);
	vtd_store(&table[vector][0], 0);
	vtd_store(&table[vector][1], high);
	vtd_store(&table[vector][0], low);
	vtd_forget(VTD_INTERRUPTS, 0);
	spin_unlock(&vtd_lock);
}

void iommu_irq_open(uint8_t vector, uint16_t source, uint32_t apic_id, bool nmi)
{
	uint64_t destination = (uint64_t)(nmi ? ALL_CPUS : apic_id) << 40;

	change(vector, PRESENT | (nmi ? NMI : 0) | (uint64_t)vector << 16 | destination, ONE_SOURCE | source);
}

void iommu_irq_close(uint8_t vector)
{
	change(vector, 0, 0);
}

uint16_t iommu_ioapic_source(void)
{
	return acpi.iommu_ioapic;
}
