/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * PCI Express: which functions there are, behind the bridges of the machine, and which come and go at slots. It has all of
 * configuration space, so it is in the kernel's own domain; what drivers have of a function the kernel gives them. Sections are
 * those of PCI Local Bus 3.0 and PCI Express Base 3.0.
 *
 * An address is segment << 16 | bus << 8 | slot << 3 | function. `pci_lock` is held by whoever adds or removes functions, also
 * while drivers are called: none of them calls this module.
 */
#ifndef MODULES_PCI_H
#define MODULES_PCI_H

#include "tenon/module.h"

enum {
	/* registers, 6.1 */
	PCI_VENDOR = 0x00, /* and the device above it */
	PCI_COMMAND = 0x04,
	PCI_STATUS = 0x06,
	PCI_REVISION = 0x08, /* and the class above it */
	PCI_HEADER_TYPE = 0x0e,
	PCI_BAR_0 = 0x10,
	PCI_BUS_SECONDARY = 0x19,
	PCI_BRIDGE_MEMORY = 0x20,    /* of a bridge, PCI-to-PCI Bridge 1.2, 3.2 */
	PCI_SUBSYSTEM_VENDOR = 0x2c, /* and the subsystem above it */
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
	PCI_CAPABILITY_EXPRESS = 0x10,
};

#define PCI_FUNCTIONS 8 /* of a slot */
#define PCI_BUS_BYTES (1u << 20)

/* A bridge from the machine to the first of its buses. */
struct host {
	tenon_handle device;
	unsigned int first; /* the address where that bus begins */
	struct {
		tenon_handle mmio;
		volatile uint8_t *registers; /* NULL: not looked at yet, or out of reach */
	} bus[256];                          /* by number */
};

struct bar {
	uint64_t address, bytes; /* bytes 0: there is none, or the firmware gave it no address */
	bool io, wide, prefetchable;
};

struct function {
	struct function *next; /* an older one: a bridge is after what is behind it */
	struct host *host;
	struct function *parent; /* the bridge that it is behind; NULL: only the host's */
	unsigned int at;
	tenon_handle device;
	uint16_t vendor, id, subvendor, subid;
	unsigned int class; /* 24 bits */
	uint8_t revision, header;
	uint8_t bus_below; /* of a bridge; 0: there is none */
	struct bar bar[TENON_BUS_RESOURCES];
	struct slot *slot; /* NULL: nothing can come or go behind it */
};

extern tenon_handle pci_bus, pci_lock;

/* ---- config.c ---- */

/* Can configuration space of the bus of @at be reached? Before the first access to it. */
bool config_open(struct host *host, unsigned int at);
void config_close(struct host *host);
/* A register of @bytes 1, 2 or 4, at a multiple of it. Return: what is there; all ones if nothing is. */
uint32_t config_read(const struct host *host, unsigned int at, unsigned int off, unsigned int bytes);
void config_write(const struct host *host, unsigned int at, unsigned int off, unsigned int bytes, uint32_t value);
/* The first capability of this kind; 0: none. */
unsigned int config_capability(const struct host *host, unsigned int at, uint8_t kind);

/* ---- scan.c, with pci_lock ---- */

/* All that is on the bus of @at and below it, in order; @parent: the bridge to it, or NULL. */
void scan_bus(struct host *host, unsigned int at, struct function *parent);

/* ---- function.c, with pci_lock ---- */

/* What is at @at is added to the bus, which has its driver called. Return: NULL: nothing is there, or the log says why not. */
struct function *function_add(struct host *host, unsigned int at, struct function *parent);
/* Those behind @bridge, or all of @host if it is NULL. Return: 0, -TENON_EBUSY: the driver of one does not let go of it. */
int functions_remove(const struct host *host, const struct function *bridge);

/* ---- slot.c, with pci_lock ---- */

/* Watch what happens behind a bridge, if it has a slot for that. Failures are in the log. */
void slot_open(struct function *port);
void slot_close(struct function *port);

#endif
