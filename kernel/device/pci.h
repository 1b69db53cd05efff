/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * PCI Express, as much of it as keeps drivers to their device: configuration space, bus mastering and MSI-X tables. Which
 * functions there are a module says (modules/pci, over kpi/bus.def). Sections are those of PCI Local Bus 3.0 and PCI Express
 * Base 3.0.
 *
 * A function's address is segment << 16 | bus << 8 | slot << 3 | function, which is its device's identity; the lower half is
 * what it is to an IOMMU.
 * What a function is and has never changes while it is there.
 */
#ifndef KERNEL_DEVICE_PCI_H
#define KERNEL_DEVICE_PCI_H

#include <stdint.h>

#include "kernel/device/device.h"

enum {
	/* registers, 6.1 */
	PCI_VENDOR = 0x00, /* and the device above it */
	PCI_COMMAND = 0x04,
	PCI_STATUS = 0x06,
	PCI_REVISION = 0x08, /* and the class above it */
	PCI_HEADER_TYPE = 0x0e,
	PCI_SUBSYSTEM_VENDOR = 0x2c, /* and the subsystem above it */
	PCI_CAPABILITIES = 0x34,
	/* of PCI_COMMAND */
	PCI_COMMAND_MEMORY = 2,
	PCI_COMMAND_MASTER = 4,
	PCI_COMMAND_NO_INTX = 0x400,
	PCI_STATUS_CAPABILITIES = 0x10,
	PCI_HEADER_MULTI = 0x80, /* of PCI_HEADER_TYPE: function 0 is not the only one */
	PCI_CAPABILITY_MSIX = 0x11,
	PCI_CONFIG_BYTES = 4096,
};

#define PCI_BAR_CNT 6

struct pci_msix;

struct pci_device {
	struct device device; /* must be first */
	struct pci_bar {
		uint64_t address, bytes; /* bytes 0: there is none, or not in memory */
	} bar[PCI_BAR_CNT];
	struct pci_msix *msix; /* while its interrupts are in use; pci_msix.c */
};

static inline struct pci_device *pci_of(struct device *dev)
{
	return (struct pci_device *)dev;
}

extern struct bus pci_bus;

/* Once, in a thread, after device_model_init(). */
void pci_init(void);

/**
 * pci_read - a register of configuration space
 * @bytes: 1, 2 or 4
 * @off: a multiple of it, below PCI_CONFIG_BYTES
 *
 * Thread. Return: what is there; all ones if nothing is, or it cannot be reached.
 */
uint32_t pci_read(uint32_t at, unsigned off, unsigned bytes);
/* Change a register of 2 bytes: bits that are set, bits that are cleared. Thread. */
void pci_change(uint32_t at, unsigned off, uint16_t set, uint16_t clear);
/* The first capability of this kind; 0: none. Thread. */
unsigned pci_capability(uint32_t at, uint8_t kind);

/* ---- pci_msix.c: interrupts ---- */

struct irq;

/**
 * pci_msix_open - use MSI-X interrupt @index of a device (PCI 3.0, 6.8.2)
 *
 * The table stays out of the reach of everybody else. Thread.
 *
 * Return: 0, and the device's interrupts @index go to @irq; -TENON_ENODEV: it has no MSI-X or no such interrupt;
 * -TENON_EBUSY: it is in use; -TENON_EPROTO: its table is not where it could be; -TENON_ENOMEM.
 */
int pci_msix_open(struct device *dev, unsigned index, struct irq *irq);
void pci_msix_close(struct device *dev, unsigned index);
/* From where to where in a BAR its table and pending bits are; such pages are not for drivers. Both 0: not there. */
void pci_msix_barred(const struct pci_device *dev, unsigned bar, uint64_t *first, uint64_t *end);

#endif
