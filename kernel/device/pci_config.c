// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Configuration space in memory (PCI Express Base 3.0, 7.2.2), 1 MiB a bus, mapped when a bus is first looked at, for
 * buses that may be found later too.
 */
#include "kernel/arch/x86_64/paging.h"
#include "kernel/device/pci.h"
#include "kernel/init.h"
#include "kernel/platform/pc/pc.h"
#include "kernel/sched/lock.h"

#define BUS_BYTES (1ul << 20)
#define BUSES 256

static struct spinlock config_lock = SPINLOCK_INIT(LOCK_DEVICE);
static volatile uint8_t *buses[sizeof(acpi.pci) / sizeof(*acpi.pci)][BUSES];

static const struct acpi_pci *space_of(uint16_t segment, uint8_t bus, unsigned *index)
{
	for (unsigned i = 0; i < acpi.pci_cnt; i++)
		if (acpi.pci[i].segment == segment && bus >= acpi.pci[i].bus_first && bus <= acpi.pci[i].bus_last) {
			*index = i;
			return &acpi.pci[i];
		}
	return NULL;
}

bool __init pci_config_root(unsigned index, uint16_t *segment, uint8_t *bus)
{
	if (index >= acpi.pci_cnt)
		return false;
	*segment = acpi.pci[index].segment;
	*bus = acpi.pci[index].bus_first;
	return true;
}

bool pci_config_open(uint16_t segment, uint8_t bus)
{
	unsigned index;
	const struct acpi_pci *space = space_of(segment, bus, &index);

	if (!space)
		return false;
	if (!buses[index][bus])
		buses[index][bus] = device_map(space->base + bus * BUS_BYTES, BUS_BYTES);
	return buses[index][bus];
}

static volatile uint8_t *register_at(struct pci_address at, unsigned off)
{
	unsigned index;
	volatile uint8_t *bus = space_of(at.segment, at.bus, &index) ? buses[index][at.bus] : NULL;

	ASSERT(bus && off < PCI_CONFIG_BYTES);
	return bus + (at.slot << 15 | at.function << 12) + off;
}

uint32_t pci_read(struct pci_address at, unsigned off, unsigned bytes)
{
	volatile uint8_t *p = register_at(at, off);

	return bytes == 4 ? *(volatile uint32_t *)p : bytes == 2 ? *(volatile uint16_t *)p : *p;
}

void pci_write(struct pci_address at, unsigned off, unsigned bytes, uint32_t value)
{
	volatile uint8_t *p = register_at(at, off);

	if (bytes == 4)
		*(volatile uint32_t *)p = value;
	else if (bytes == 2)
		*(volatile uint16_t *)p = (uint16_t)value;
	else
		*p = (uint8_t)value;
}

void pci_command(const struct pci_device *dev, uint16_t set, uint16_t clear)
{
	uint32_t value;

	spin_lock(&config_lock);
	value = pci_read(dev->at, PCI_COMMAND, 2);
	pci_write(dev->at, PCI_COMMAND, 2, (value & ~(uint32_t)clear) | set);
	spin_unlock(&config_lock);
}
