/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * PCI Express, of which drivers get the parts of their device and nothing else: configuration space, base addresses, bus
 * mastering and MSI-X tables are the base's. Sections are those of PCI Local Bus 3.0 and PCI Express Base 3.0.
 *
 * Locks: `config_lock` in pci_config.c makes each access whole; what a function is and has never changes while it is
 * there.
 */
#ifndef KERNEL_DEVICE_PCI_H
#define KERNEL_DEVICE_PCI_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/device/device.h"

enum {
	/* registers, 6.1 */
	PCI_VENDOR = 0x00,
	PCI_DEVICE = 0x02,
	PCI_COMMAND = 0x04,
	PCI_STATUS = 0x06,
	PCI_REVISION = 0x08, /* and the class above it */
	PCI_HEADER_TYPE = 0x0e,
	PCI_BAR_0 = 0x10,
	PCI_BUS_SECONDARY = 0x19,
	PCI_SUBSYSTEM_VENDOR = 0x2c,
	PCI_SUBSYSTEM = 0x2e,
	PCI_CAPABILITIES = 0x34,
	PCI_INTERRUPT_LINE = 0x3c,
	/* of PCI_COMMAND */
	PCI_COMMAND_IO = 1,
	PCI_COMMAND_MEMORY = 2,
	PCI_COMMAND_MASTER = 4,
	PCI_COMMAND_NO_INTX = 0x400,
	PCI_STATUS_CAPABILITIES = 0x10,
	/* of PCI_HEADER_TYPE */
	PCI_HEADER_BRIDGE = 1,
	PCI_HEADER_MULTI = 0x80,
	/* capabilities */
	PCI_CAPABILITY_EXPRESS = 0x10,
	PCI_CAPABILITY_MSIX = 0x11,
	PCI_CONFIG_BYTES = 4096,
};

#define PCI_BAR_CNT 6

struct pci_bar {
	uint64_t address, bytes; /* bytes 0: there is none, or the firmware gave it no address */
	bool io, wide, prefetchable;
};

struct pci_address {
	uint16_t segment;
	uint8_t bus, slot, function;
};

/* What it is to an IOMMU. */
static inline uint16_t pci_source(struct pci_address at)
{
	return (uint16_t)(at.bus << 8 | at.slot << 3 | at.function);
}

struct pci_msix;

struct pci_device {
	struct device device; /* must be first */
	struct pci_address at;
	uint16_t vendor, id, subvendor, subid;
	uint32_t class; /* 24 bits */
	uint8_t revision, header;
	uint8_t bus_below; /* of a bridge */
	struct pci_bar bar[PCI_BAR_CNT];
	struct pci_msix *msix; /* while its interrupts are in use; pci_msix.c */
};

static inline struct pci_device *pci_of(struct device *dev)
{
	return (struct pci_device *)dev;
}

extern struct bus pci_bus;

/* Finds what is there. Once, in a thread, after device_model_init(). A machine without MCFG has no PCI. */
void pci_init(void);

/**
 * pci_read, pci_write - a register of configuration space
 * @bytes: 1, 2 or 4
 * @off: a multiple of it, below PCI_CONFIG_BYTES
 *
 * Any context. Return: what is there; all ones if nothing is.
 */
uint32_t pci_read(struct pci_address at, unsigned off, unsigned bytes);
void pci_write(struct pci_address at, unsigned off, unsigned bytes, uint32_t value);
/* Change the command register: bits that are set, bits that are cleared. */
void pci_command(const struct pci_device *dev, uint16_t set, uint16_t clear);
/* The first capability of this kind; 0: none. */
unsigned pci_capability(const struct pci_device *dev, uint8_t kind);

/* ---- pci_config.c: the machine's side ---- */

/* Is there a configuration space for this bus, and can it be reached? Called once a bus, before pci_read(). */
bool pci_config_open(uint16_t segment, uint8_t bus);
/* The first bus of the @index'th host bridge; false: there are not so many. */
bool pci_config_root(unsigned index, uint16_t *segment, uint8_t *bus);

/* ---- pci_scan.c ---- */

/* Look at what is at @at. Return: a device that is not added yet; NULL: nothing is there, or no memory (logged). */
struct pci_device *pci_probe(struct pci_address at);
/* All that is on a bus and below it, in order; @parent: the bridge, or the root's device. */
void pci_scan_bus(uint16_t segment, uint8_t bus, struct device *parent);
/* Does a driver's table of struct pci_device_id have it in this entry? */
bool pci_match(const struct device *dev, const void *id);

/* ---- pci_files.c ---- */
extern const struct attr *const pci_attrs[];
void pci_describe(struct device *dev, struct text *t);

/* ---- pci_hotplug.c: at boot, each port that may have a slot; then what happens there is looked at ---- */
void pci_hotplug_port(struct pci_device *port);
void pci_hotplug_start(void);

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
