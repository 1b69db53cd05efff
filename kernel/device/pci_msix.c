// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * MSI-X (PCI 3.0, 6.8.2). The table of a device is mapped when its first interrupt is asked for, and written here alone:
 * what stands in it is a write to memory that the device makes, so a driver that could write it could write anywhere.
 */
#include "kernel/arch/x86_64/paging.h"
#include "kernel/device/irq.h"
#include "kernel/device/pci.h"
#include "kernel/mm/heap.h"
#include "kernel/sched/lock.h"
#include "tenon/errno.h"

enum {
	CONTROL = 2, /* registers of the capability */
	TABLE = 4,
	PENDING = 8,
	CONTROL_ENABLE = 0x8000,
	CONTROL_MASKED = 0x4000,
	CONTROL_SIZE = 0x7ff, /* entries - 1 */
	ENTRY_WORDS = 4,
	ENTRY_ADDRESS = 0,
	ENTRY_ADDRESS_HIGH = 1,
	ENTRY_DATA = 2,
	ENTRY_CONTROL = 3,
	ENTRY_MASKED = 1,
};

struct pci_msix {
	volatile uint32_t *table;
	unsigned capability, cnt, used;
	bool in_use[];
};

static struct mutex lock = MUTEX_INIT(LOCK_MODEL);

/* What the register at @reg of the capability says: a BAR and an offset in it. */
static unsigned place(const struct pci_device *dev, unsigned capability, unsigned reg, uint64_t *off)
{
	uint32_t value = pci_read(dev->device.identity, capability + reg, 4);

	*off = value & ~7u;
	return value & 7;
}

static void widen(uint64_t off, uint64_t bytes, uint64_t *first, uint64_t *end)
{
	if (!*end || off < *first)
		*first = off;
	if (off + bytes > *end)
		*end = off + bytes;
}

void pci_msix_barred(const struct pci_device *dev, unsigned bar, uint64_t *first, uint64_t *end)
{
	unsigned capability = pci_capability(dev->device.identity, PCI_CAPABILITY_MSIX);
	uint64_t cnt, off;

	*first = *end = 0;
	if (!capability)
		return;
	cnt = (pci_read(dev->device.identity, capability + CONTROL, 2) & CONTROL_SIZE) + 1;
	if (place(dev, capability, TABLE, &off) == bar)
		widen(off, cnt * ENTRY_WORDS * 4, first, end);
	if (place(dev, capability, PENDING, &off) == bar)
		widen(off, (cnt + 63) / 64 * 8, first, end);
}

static int make(struct pci_device *dev)
{
	unsigned capability = pci_capability(dev->device.identity, PCI_CAPABILITY_MSIX), cnt, bar;
	struct pci_msix *m;
	uint64_t off;

	if (!capability)
		return -TENON_ENODEV;
	cnt = (pci_read(dev->device.identity, capability + CONTROL, 2) & CONTROL_SIZE) + 1;
	bar = place(dev, capability, TABLE, &off);
	if (bar >= PCI_BAR_CNT || off > dev->bar[bar].bytes || cnt * ENTRY_WORDS * 4ull > dev->bar[bar].bytes - off)
		return -TENON_EPROTO;
	m = heap_alloc_zeroed(sizeof(*m) + cnt * sizeof(*m->in_use));
	if (!m)
		return -TENON_ENOMEM;
	m->table = device_map(dev->bar[bar].address + off, cnt * ENTRY_WORDS * 4);
	if (!m->table) {
		heap_free(m);
		return -TENON_ENOMEM;
	}
	m->cnt = cnt;
	m->capability = capability;
	pci_change(dev->device.identity, PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_NO_INTX, 0);
	for (unsigned i = 0; i < cnt; i++)
		m->table[i * ENTRY_WORDS + ENTRY_CONTROL] = ENTRY_MASKED;
	pci_change(dev->device.identity, capability + CONTROL, CONTROL_ENABLE, CONTROL_MASKED);
	dev->msix = m;
	return 0;
}

/* lock is held. */
static void end(struct pci_device *dev)
{
	pci_change(dev->device.identity, dev->msix->capability + CONTROL, 0, CONTROL_ENABLE);
	heap_free(dev->msix);
	dev->msix = NULL;
}

int pci_msix_open(struct device *device, unsigned index, struct irq *irq)
{
	struct pci_device *dev = pci_of(device);
	volatile uint32_t *entry;
	int err;

	mutex_lock(&lock);
	err = dev->msix ? 0 : make(dev);
	if (!err && index >= dev->msix->cnt)
		err = -TENON_ENODEV;
	if (!err && dev->msix->in_use[index])
		err = -TENON_EBUSY;
	if (!err) {
		dev->msix->in_use[index] = true;
		dev->msix->used++;
		if (device_dma_contained(device))
			irq_set_source(irq, (uint16_t)device->identity);
		entry = dev->msix->table + index * ENTRY_WORDS;
		entry[ENTRY_ADDRESS] = (uint32_t)irq_message_address(irq);
		entry[ENTRY_ADDRESS_HIGH] = (uint32_t)(irq_message_address(irq) >> 32);
		entry[ENTRY_DATA] = irq_message_data(irq);
		entry[ENTRY_CONTROL] = 0;
	}
	if (dev->msix && !dev->msix->used)
		end(dev);
	mutex_unlock(&lock);
	return err;
}

void pci_msix_close(struct device *device, unsigned index)
{
	struct pci_device *dev = pci_of(device);

	mutex_lock(&lock);
	dev->msix->table[index * ENTRY_WORDS + ENTRY_CONTROL] = ENTRY_MASKED;
	dev->msix->in_use[index] = false;
	if (!--dev->msix->used)
		end(dev);
	mutex_unlock(&lock);
}
