// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Slots that devices come to and leave while the machine runs (PCI Express Base 3.0, 6.7). A port's interrupt says that
 * something happened; one thread looks what, and does it: whoever presses the attention button wants the device out, and
 * one that is there when it was not before is looked at. What the firmware has done for others this does for those that
 * come: they get addresses in their bridge's window.
 */
#include "kernel/device/irq.h"
#include "kernel/device/pci.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "kernel/sched/wait.h"

enum {
	/* registers of the capability, 7.8 */
	EXPRESS_FLAGS = 2,
	SLOT_CAPABILITIES = 0x14,
	SLOT_CONTROL = 0x18,
	SLOT_STATUS = 0x1a,
	/* bits */
	FLAGS_SLOT = 0x100,
	CAPABLE_HOTPLUG = 0x40,
	STATUS_BUTTON = 1,
	STATUS_PRESENCE_CHANGED = 8,
	STATUS_PRESENT = 0x40,
	CONTROL_BUTTON = 1, /* an interrupt when ... */
	CONTROL_PRESENCE = 8,
	CONTROL_INTERRUPT = 0x20,
	CONTROL_LAMP_ON = 0x100,
	CONTROL_LAMP_OFF = 0x300,
	CONTROL_POWER_OFF = 0x400,
	CONTROL_KEPT = CONTROL_BUTTON | CONTROL_PRESENCE | CONTROL_INTERRUPT,
	/* of a bridge, PCI-to-PCI Bridge 1.2, 3.2 */
	BRIDGE_MEMORY = 0x20,
};

#define SLOT_MAX 32
#define READY_NS 100000000ull /* from power to the first access, 6.6.1 */

struct slot {
	struct pci_device *port;
	unsigned capability;
	struct irq irq;
	bool there;
};

static struct slot *slots[SLOT_MAX]; /* only the boot adds any */
static unsigned slot_cnt;
static _Atomic bool pending;
static struct wait_queue happened = WAIT_QUEUE_INIT;

static void interrupt(struct irq *irq)
{
	(void)irq;
	atomic_store(&pending, true);
	wait_wake_all(&happened);
}

static void control(const struct slot *s, uint32_t value)
{
	pci_write(s->port->at, s->capability + SLOT_CONTROL, 2, CONTROL_KEPT | value);
}

/* ---- addresses --------------------------------------------------------------------------------------------------- */

/* Places for the BARs of function @at from *@next on, up to @end. Those that do not fit have none. */
static void place_bars(struct pci_address at, uint64_t *next, uint64_t end)
{
	pci_write(at, PCI_COMMAND, 2, 0);
	for (unsigned i = 0; i < PCI_BAR_CNT; i++) {
		unsigned off = PCI_BAR_0 + 4 * i;
		uint32_t mask;
		uint64_t bytes;
		bool wide;

		pci_write(at, off, 4, UINT32_MAX);
		mask = pci_read(at, off, 4);
		wide = !(mask & 1) && (mask & 6) == 4;
		bytes = mask & 1 ? 0 : (uint32_t) - (mask & ~15u);
		if (bytes && bytes <= end && ((*next + bytes - 1) & ~(bytes - 1)) <= end - bytes) {
			*next = (*next + bytes - 1) & ~(bytes - 1);
			pci_write(at, off, 4, (uint32_t)*next);
			*next += bytes;
		} else {
			pci_write(at, off, 4, 0);
		}
		if (wide && i + 1 < PCI_BAR_CNT)
			pci_write(at, PCI_BAR_0 + 4 * ++i, 4, 0);
	}
}

/* The bridge's window in memory is what the firmware has left for the slot. */
static void place_devices(const struct slot *s)
{
	uint32_t window = pci_read(s->port->at, BRIDGE_MEMORY, 4);
	uint64_t next = (uint64_t)(window & 0xfff0) << 16, end = (window & 0xfff00000ull) + 0x100000;
	struct pci_address at = { .segment = s->port->at.segment, .bus = s->port->bus_below };

	if (!pci_config_open(at.segment, at.bus))
		return;
	for (at.function = 0; at.function < 8; at.function++)
		if (pci_read(at, PCI_VENDOR, 2) != 0xffff)
			place_bars(at, &next, end);
}

/* ---- coming and going -------------------------------------------------------------------------------------------- */

/* Return: 0; -TENON_EBUSY: the driver of one holds it, and the slot stays as it is until the button is pressed again. */
static int take_out(struct slot *s)
{
	struct device *dev, *below;
	int err = 0;

	while (!err && (dev = device_child(&s->port->device)) != NULL) {
		while ((below = device_child(dev)) != NULL) {
			device_put(dev);
			dev = below;
		}
		err = device_remove(dev);
		device_put(dev);
	}
	s->there = err;
	return err;
}

static void put_in(struct slot *s)
{
	control(s, CONTROL_LAMP_ON);
	sleep_until(clock_ns() + READY_NS, WAIT_DEADLINE);
	place_devices(s);
	pci_scan_bus(s->port->at.segment, s->port->bus_below, &s->port->device);
	s->there = true;
}

/* What has happened is taken from the register first: what happens from then on raises another interrupt. */
static void look(struct slot *s)
{
	uint32_t status = pci_read(s->port->at, s->capability + SLOT_STATUS, 2);
	bool present = status & STATUS_PRESENT;

	pci_write(s->port->at, s->capability + SLOT_STATUS, 2, status & (STATUS_BUTTON | STATUS_PRESENCE_CHANGED));
	if (s->there && (!present || status & STATUS_BUTTON)) {
		if (!take_out(s))
			control(s, CONTROL_LAMP_OFF | CONTROL_POWER_OFF);
	} else if (!s->there && present && status & (STATUS_BUTTON | STATUS_PRESENCE_CHANGED)) {
		put_in(s);
	}
}

static void work(void *arg)
{
	(void)arg;
	for (;;) {
		wait_event(&happened, atomic_exchange(&pending, false), DEADLINE_NONE, WAIT_DEADLINE);
		for (unsigned i = 0; i < slot_cnt; i++)
			look(slots[i]);
	}
}

/* ---- at boot ----------------------------------------------------------------------------------------------------- */

static void watch(struct slot *s)
{
	unsigned message = pci_read(s->port->at, s->capability + EXPRESS_FLAGS, 2) >> 9 & 31;
	int err = irq_open(&s->irq);

	if (!err) {
		err = pci_msix_open(&s->port->device, message, &s->irq);
		if (err)
			irq_close(&s->irq);
	}
	if (err) {
		log_warn("pci %s: what happens at this slot is not heard: error %d", s->port->device.name, -err);
		heap_free(s);
		return;
	}
	s->there = pci_read(s->port->at, s->capability + SLOT_STATUS, 2) & STATUS_PRESENT;
	slots[slot_cnt++] = s;
	pci_write(s->port->at, s->capability + SLOT_STATUS, 2, STATUS_BUTTON | STATUS_PRESENCE_CHANGED);
	control(s, s->there ? CONTROL_LAMP_ON : CONTROL_LAMP_OFF | CONTROL_POWER_OFF);
}

void __init pci_hotplug_port(struct pci_device *port)
{
	unsigned capability = pci_capability(port, PCI_CAPABILITY_EXPRESS);
	struct slot *s;

	if (!capability || slot_cnt == SLOT_MAX || !(pci_read(port->at, capability + EXPRESS_FLAGS, 2) & FLAGS_SLOT) ||
	    !(pci_read(port->at, capability + SLOT_CAPABILITIES, 4) & CAPABLE_HOTPLUG))
		return;
	s = heap_alloc_zeroed(sizeof(*s));
	if (!s) {
		log_warn("pci %s: no memory to watch this slot", port->device.name);
		return;
	}
	s->port = port;
	s->capability = capability;
	s->irq.fn = interrupt;
	watch(s);
}

void __init pci_hotplug_start(void)
{
	struct thread *t;

	if (!slot_cnt)
		return;
	if (thread_make("pci-slots", work, NULL, &t))
		panic("no memory for the thread that looks after slots");
	thread_start(t);
}
