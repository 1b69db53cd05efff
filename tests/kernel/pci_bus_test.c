// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What the kernel itself reads of a function: ids that a driver's table means, and capabilities. */
#include <stdlib.h>
#include <string.h>

#include "kernel/arch/x86_64/paging.h"
#include "kernel/device/iommu.h"
#include "kernel/device/pci.h"
#include "kernel/platform/pc/pc.h"
#include "tenon/device_id.h"

#include "tests/tap.h"

#define AT 0x10010u /* segment 1, bus 0, slot 2 */

struct acpi acpi = { .pci = { { .base = 1ull << 30, .segment = 1, .bus_last = 3 } }, .pci_cnt = 1 };
static _Alignas(4) uint8_t config[PCI_CONFIG_BYTES];

/* ---- below it ---------------------------------------------------------------------------------------------------- */

volatile void *device_map(phys_addr phys, size_t bytes)
{
	return phys == (1ull << 30) + 0x10000 && bytes == sizeof(config) ? config : NULL;
}

bool iommu_covers(uint16_t source, bool bridge)
{
	(void)source;
	(void)bridge;
	return false;
}

/* Nothing asks for these where the IOMMU covers nothing. */
int iommu_open(uint16_t source)
{
	(void)source;
	abort();
}

void iommu_close(uint16_t source)
{
	(void)source;
	abort();
}

int iommu_map(uint16_t source, uint64_t phys, bool writes)
{
	(void)source;
	(void)phys;
	(void)writes;
	abort();
}

void iommu_unmap(uint16_t source, uint64_t phys)
{
	(void)source;
	(void)phys;
	abort();
}

void iommu_flush(uint16_t source)
{
	(void)source;
	abort();
}

int pci_msix_open(struct device *dev, unsigned index, struct irq *irq)
{
	(void)dev;
	(void)index;
	(void)irq;
	abort();
}

void pci_msix_close(struct device *dev, unsigned index)
{
	(void)dev;
	(void)index;
	abort();
}

void pci_msix_barred(const struct pci_device *dev, unsigned bar, uint64_t *first, uint64_t *end)
{
	(void)dev;
	(void)bar;
	*first = *end = 0;
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void put32(unsigned off, uint32_t value)
{
	memcpy(config + off, &value, 4);
}

static void ids(void)
{
	const struct pci_device dev = { .device.identity = AT };
	static const struct {
		struct pci_device_id id;
		bool fits, fits_bridge;
	} cases[] = {
		{ { PCI_DEVICE(1, 2) }, true, true },
		{ { PCI_DEVICE(1, 3) }, false, false },
		{ { PCI_DEVICE(2, 2) }, false, false },
		{ { PCI_DEVICE(PCI_ANY_ID, 2) }, true, true },
		{ { .vendor = 1, .device = 2, .subvendor = 3, .subdevice = 4 }, true, false },
		{ { .vendor = 1, .device = 2, .subvendor = 3, .subdevice = 5 }, false, false },
		{ { .vendor = 1, .device = 2, .subvendor = 0, .subdevice = PCI_ANY_ID }, false, true },
		{ { PCI_DEVICE_CLASS(0x010200, 0xffff00) }, true, true },
		{ { PCI_DEVICE_CLASS(0x010200, 0xffffff) }, false, false },
	};
	unsigned wrong = 0;

	put32(PCI_VENDOR, 0x00020001);
	put32(PCI_REVISION, 0x01020309);
	put32(PCI_SUBSYSTEM_VENDOR, 0x00040003);
	config[PCI_HEADER_TYPE] = PCI_HEADER_MULTI;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		wrong += pci_bus.match(&dev.device, &cases[i].id) != cases[i].fits;
	ok(!wrong, "tables of ids mean what they say (%u did not)", wrong);
	config[PCI_HEADER_TYPE] = PCI_HEADER_MULTI | 1;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		wrong += pci_bus.match(&dev.device, &cases[i].id) != cases[i].fits_bridge;
	ok(!wrong, "a bridge has no subsystem (%u were wrong)", wrong);
}

static void capabilities(void)
{
	ok(!pci_capability(AT, 9), "no capabilities");
	config[PCI_STATUS] = PCI_STATUS_CAPABILITIES;
	config[PCI_CAPABILITIES] = 0x50;
	config[0x50] = 5;
	config[0x51] = 0x60;
	config[0x60] = 9;
	config[0x61] = 0x50; /* round and round */
	ok(pci_capability(AT, 9) == 0x60 && pci_capability(AT, 5) == 0x50, "they are found by kind");
	ok(!pci_capability(AT, 0x11), "a list without end ends");
	config[0x51] = 0x04;
	ok(!pci_capability(AT, 9), "one that leads into the registers too");
}

static void reach(void)
{
	ok(pci_read(AT & 0xffff, PCI_VENDOR, 4) == UINT32_MAX, "another segment has nothing");
	ok(pci_read(AT | 0x400, PCI_VENDOR, 4) == UINT32_MAX, "nor has a bus that the firmware does not name");
	pci_change(AT | 0x400, PCI_COMMAND, 1, 0);
	put32(PCI_COMMAND, 0xffff0103);
	pci_change(AT, PCI_COMMAND, PCI_COMMAND_MASTER, PCI_COMMAND_MEMORY);
	ok(pci_read(AT, PCI_COMMAND, 4) == 0xffff0105, "bits are set and cleared, and no others");
}

int main(void)
{
	ids();
	capabilities();
	reach();
	return tap_done();
}
