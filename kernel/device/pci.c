// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The bus PCI: its roots, and what a function may still do when its driver has left it. */
#include "kernel/device/pci.h"

#include "kernel/device/iommu.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "tenon/device_id.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

static uint16_t source_of(struct device *dev)
{
	return pci_source(pci_of(dev)->at);
}

/* Does the IOMMU, which is that of segment 0, stand before it, or before a bridge that it is behind? */
static bool dma_contained(struct device *dev)
{
	bool covered = false;

	for (struct device *d = dev; d && d->bus == &pci_bus && !covered; d = d->parent)
		covered = !pci_of(d)->at.segment && iommu_covers(source_of(d), d != dev);
	return covered;
}

static int set_dma(struct device *dev, bool on)
{
	int err = on && dma_contained(dev) ? iommu_open(source_of(dev)) : 0;

	if (on && !err)
		pci_command(pci_of(dev), PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY, 0);
	if (!on) {
		pci_command(pci_of(dev), 0, PCI_COMMAND_MASTER);
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

	if (!bar || !bar->bytes || bar->io)
		return -TENON_ENODEV;
	*r = (struct device_resource){ .phys = bar->address, .bytes = bar->bytes };
	pci_msix_barred(pci_of(dev), index, &r->barred_first, &r->barred_end);
	pci_command(pci_of(dev), PCI_COMMAND_MEMORY, 0);
	return 0;
}

struct bus pci_bus = {
	.name = "pci",
	.id_bytes = sizeof(struct pci_device_id),
	.match = pci_match,
	.resource = resource,
	.irq_open = pci_msix_open,
	.irq_close = pci_msix_close,
	.set_dma = set_dma,
	.dma_map = dma_map,
	.dma_unmap = dma_unmap,
	.dma_contained = dma_contained,
};

static void release(struct device *dev)
{
	heap_free(dev);
}

static struct device *make_root(uint16_t segment, uint8_t bus)
{
	struct device *root = heap_alloc_zeroed(sizeof(*root));

	if (!root)
		return NULL;
	tenon_snprintf(root->name, sizeof(root->name), "pci%04x:%02x", segment, bus);
	root->release = release;
	if (!device_add(root))
		return root;
	heap_free(root);
	return NULL;
}

/* Those that the boot found. */
static void watch_ports(void)
{
	for (struct device *dev = pci_bus.devices; dev; dev = dev->next)
		if (pci_of(dev)->header == PCI_HEADER_BRIDGE)
			pci_hotplug_port(pci_of(dev));
	pci_hotplug_start();
}

void __init pci_init(void)
{
	struct device *root;
	uint16_t segment;
	uint8_t bus;

	if (bus_register(&pci_bus))
		panic("no memory for /sys/bus/pci");
	for (unsigned i = 0; pci_config_root(i, &segment, &bus); i++) {
		root = make_root(segment, bus);
		if (root)
			pci_scan_bus(segment, bus, root);
		else
			log_err("no memory for the PCI devices of segment %u", segment);
	}
	watch_ports();
}
