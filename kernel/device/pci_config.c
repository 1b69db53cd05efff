// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Configuration space in memory (PCI Express Base 3.0, 7.2.2): a page for each function. */
#include "kernel/arch/x86_64/paging.h"
#include "kernel/device/pci.h"
#include "kernel/platform/pc/pc.h"
#include "kernel/sched/lock.h"

#define CAPABILITIES_MAX 48 /* as many as there is room for: a list that is longer is a cycle */
#define CAPABILITIES_FIRST 0x40

static struct spinlock config_lock = SPINLOCK_INIT(LOCK_DEVICE); /* a change is whole */

/* NULL: there is no such bus, or no memory to map it. */
static volatile uint8_t *registers(uint32_t at)
{
	uint8_t bus = (uint8_t)(at >> 8);

	for (unsigned i = 0; i < acpi.pci_cnt; i++)
		if (acpi.pci[i].segment == at >> 16 && bus >= acpi.pci[i].bus_first && bus <= acpi.pci[i].bus_last)
			return device_map(acpi.pci[i].base + (uint64_t)(uint16_t)at * PCI_CONFIG_BYTES,
					  PCI_CONFIG_BYTES);
	return NULL;
}

uint32_t pci_read(uint32_t at, unsigned off, unsigned bytes)
{
	volatile uint8_t *p = registers(at);

	if (!p)
		return UINT32_MAX;
	p += off;
	return bytes == 4 ? *(volatile uint32_t *)p : bytes == 2 ? *(volatile uint16_t *)p : *p;
}

void pci_change(uint32_t at, unsigned off, uint16_t set, uint16_t clear)
{
	volatile uint8_t *p = registers(at);
	volatile uint16_t *word;

	if (!p)
		return;
	word = (volatile uint16_t *)(p + off);
	spin_lock(&config_lock);
	*word = (uint16_t)((*word & ~clear) | set);
	spin_unlock(&config_lock);
}

unsigned pci_capability(uint32_t at, uint8_t kind)
{
	unsigned off;

	if (!(pci_read(at, PCI_STATUS, 2) & PCI_STATUS_CAPABILITIES))
		return 0;
	off = pci_read(at, PCI_CAPABILITIES, 1) & ~3u;
	for (unsigned i = 0; i < CAPABILITIES_MAX && off >= CAPABILITIES_FIRST; i++) {
		if (pci_read(at, off, 1) == kind)
			return off;
		off = pci_read(at, off + 1, 1) & ~3u;
	}
	return 0;
}
