// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The bus PCI: its roots, and what a function may still do when its driver has left it. */
#include "kernel/device/pci.h"

#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "tenon/device_id.h"
#include "tenon/runtime.h"

/* It reads and writes no memory any more, whatever its driver told it. */
static void quiesce(struct device *dev)
{
	pci_command(pci_of(dev), PCI_COMMAND_NO_INTX, PCI_COMMAND_MASTER);
}

struct bus pci_bus = {
	.name = "pci",
	.id_bytes = sizeof(struct pci_device_id),
	.match = pci_match,
	.quiesce = quiesce,
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

void pci_init(void)
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
}
