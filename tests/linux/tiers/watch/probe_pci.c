// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * A PCI bus with one function, of the first kind that a driver names. Its configuration space is the header of the
 * specification (PCI Local Bus 3.0, 6.1) with three memory BARs of 64 bits, whose registers are pages of zeros.
 */
#include <linux/gfp.h>
#include <linux/pci.h>

#include "watch.h"

#define BUS_NUMBER 0x80
#define BAR_CNT 3
#define BAR_ORDER 6
#define BAR_BYTES (PAGE_SIZE << BAR_ORDER)

static u8 config[256];
static u64 bar[BAR_CNT];
static struct pci_sysdata sysdata = { .node = NUMA_NO_NODE };
static struct resource memory = { .name = "watch", .start = 0, .end = -1ull, .flags = IORESOURCE_MEM };
static struct resource numbers = { .name = "watch", .start = BUS_NUMBER, .end = BUS_NUMBER, .flags = IORESOURCE_BUS };

static int config_read(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *value)
{
	*value = ~0u;
	if (devfn || where + size > (int)sizeof(config))
		return PCIBIOS_DEVICE_NOT_FOUND;
	memcpy(value, config + where, size);
	if (size < 4)
		*value &= (1u << (8 * size)) - 1;
	return PCIBIOS_SUCCESSFUL;
}

/* A BAR keeps the bits above its size, and says of what kind it is. Identity and capabilities cannot be written. */
static int config_write(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 value)
{
	if (devfn || where + size > (int)sizeof(config))
		return PCIBIOS_DEVICE_NOT_FOUND;
	if (where >= PCI_BASE_ADDRESS_0 && where <= PCI_BASE_ADDRESS_5 && !((where - PCI_BASE_ADDRESS_0) & 4))
		value = (value & ~(u32)(BAR_BYTES - 1)) | PCI_BASE_ADDRESS_MEM_TYPE_64;
	else if (where == PCI_ROM_ADDRESS || (where != PCI_COMMAND && where < PCI_BASE_ADDRESS_0) ||
		 where > PCI_ROM_ADDRESS)
		return PCIBIOS_SUCCESSFUL;
	memcpy(config + where, &value, size);
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops ops = { .read = config_read, .write = config_write };

static void put16(int where, u32 value)
{
	config[where] = value;
	config[where + 1] = value >> 8;
}

static void fill_config(const struct pci_device_id *id)
{
	const u32 vendor = id->vendor == PCI_ANY_ID ? 0x1234 : id->vendor,
		  device = id->device == PCI_ANY_ID ? 1 : id->device;
	u32 class = id->class_mask ? id->class : 0xff0000;

	memset(config, 0, sizeof(config));
	put16(PCI_VENDOR_ID, vendor);
	put16(PCI_DEVICE_ID, device);
	put16(PCI_SUBSYSTEM_VENDOR_ID, id->subvendor == PCI_ANY_ID ? vendor : id->subvendor);
	put16(PCI_SUBSYSTEM_ID, id->subdevice == PCI_ANY_ID ? device : id->subdevice);
	config[PCI_CLASS_PROG] = class;
	put16(PCI_CLASS_DEVICE, class >> 8);
	config[PCI_INTERRUPT_LINE] = 5;
	config[PCI_INTERRUPT_PIN] = 1;
	for (int i = 0; i < BAR_CNT; i++) {
		const u64 value = bar[i] | PCI_BASE_ADDRESS_MEM_TYPE_64;

		memcpy(config + PCI_BASE_ADDRESS_0 + 8 * i, &value, sizeof(value));
	}
}

static void scan(void)
{
	struct pci_host_bridge *bridge = pci_alloc_host_bridge(0);

	if (!bridge)
		return;
	bridge->ops = &ops;
	bridge->sysdata = &sysdata;
	bridge->busnr = BUS_NUMBER;
	pci_add_resource(&bridge->windows, &memory);
	pci_add_resource(&bridge->windows, &numbers);
	if (pci_scan_root_bus_bridge(bridge)) {
		pci_free_host_bridge(bridge);
		return;
	}
	pci_bus_claim_resources(bridge->bus);
	pci_bus_add_devices(bridge->bus);
	pci_stop_root_bus(bridge->bus);
	pci_remove_root_bus(bridge->bus);
}

void probe_pci(struct device_driver *drv)
{
	const struct pci_device_id *id = to_pci_driver(drv)->id_table;
	int cnt = 0;

	if (!id || !(id->vendor || id->subvendor || id->class_mask))
		return;
	while (cnt < BAR_CNT && (bar[cnt] = __get_free_pages(GFP_KERNEL | __GFP_ZERO, BAR_ORDER)))
		cnt++;
	if (cnt == BAR_CNT) {
		fill_config(id);
		scan();
	}
	while (cnt)
		free_pages(bar[--cnt], BAR_ORDER);
}
