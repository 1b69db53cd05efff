// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The bus PCI: what the drivers of a function may have of it, and what it may still do when they have left it. */
#include "kernel/device/pci.h"

#include "kernel/device/iommu.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "tenon/device_id.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

static uint16_t source_of(const struct device *dev)
{
	return (uint16_t)dev->identity;
}

/* What the device says of itself, as modprobe's alias does, and not what anybody has said of it. */
static bool match(const struct device *dev, const void *entry)
{
	uint32_t at = dev->identity, id = pci_read(at, PCI_VENDOR, 4), class = pci_read(at, PCI_REVISION, 4) >> 8;
	bool bridge = pci_read(at, PCI_HEADER_TYPE, 1) & ~(uint32_t)PCI_HEADER_MULTI;
	uint32_t sub = bridge ? 0 : pci_read(at, PCI_SUBSYSTEM_VENDOR, 4);
	struct pci_device_id is;

	memcpy(&is, entry, sizeof(is)); /* a module's table, of any alignment */
	return (is.vendor == PCI_ANY_ID || is.vendor == (uint16_t)id) &&
	       (is.device == PCI_ANY_ID || is.device == id >> 16) &&
	       (is.subvendor == PCI_ANY_ID || is.subvendor == (uint16_t)sub) &&
	       (is.subdevice == PCI_ANY_ID || is.subdevice == sub >> 16) && !((is.class ^ class) & is.class_mask);
}

/* Does the IOMMU, which is that of segment 0, stand before it, or before a bridge that it is behind? */
static bool dma_contained(struct device *dev)
{
	bool covered = false;

	for (struct device *d = dev; d && d->bus == &pci_bus && !covered; d = d->parent)
		covered = !(d->identity >> 16) && iommu_covers(source_of(d), d != dev);
	return covered;
}

static int set_dma(struct device *dev, bool on)
{
	int err = on && dma_contained(dev) ? iommu_open(source_of(dev)) : 0;

	if (on && !err)
		pci_change(dev->identity, PCI_COMMAND, PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY, 0);
	if (!on) {
		pci_change(dev->identity, PCI_COMMAND, 0, PCI_COMMAND_MASTER);
		if (dma_contained(dev))
			iommu_close(source_of(dev));
	}
	return err;
}

static int dma_map(struct device *dev, uint64_t phys, bool writes)
{
	return dma_contained(dev) ? iommu_map(source_of(dev), phys, writes) : 0;
}

static void dma_unmap(struct device *dev, const uint64_t *phys, size_t cnt)
{
	if (!dma_contained(dev) || !cnt)
		return;
	for (size_t i = 0; i < cnt; i++)
		iommu_unmap(source_of(dev), phys[i]);
	iommu_flush(source_of(dev));
}

static int resource(struct device *dev, unsigned index, struct device_resource *r)
{
	const struct pci_bar *bar = index < PCI_BAR_CNT ? &pci_of(dev)->bar[index] : NULL;

	if (!bar || !bar->bytes)
		return -TENON_ENODEV;
	*r = (struct device_resource){ .phys = bar->address, .bytes = bar->bytes };
	pci_msix_barred(pci_of(dev), index, &r->barred_first, &r->barred_end);
	pci_change(dev->identity, PCI_COMMAND, PCI_COMMAND_MEMORY, 0);
	return 0;
}

struct bus pci_bus = {
	.name = "pci",
	.id_bytes = sizeof(struct pci_device_id),
	.kept = true,
	.match = match,
	.resource = resource,
	.irq_open = pci_msix_open,
	.irq_close = pci_msix_close,
	.set_dma = set_dma,
	.dma_map = dma_map,
	.dma_unmap = dma_unmap,
	.dma_contained = dma_contained,
};

void __init pci_init(void)
{
	if (bus_register(&pci_bus))
		panic("no memory for /sys/bus/pci");
}
