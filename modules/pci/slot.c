// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Slots that devices come to and leave while the machine runs (PCI Express Base 3.0, 6.7). A port's interrupt says that
 * something happened; its thread looks what, and does it: whoever presses the attention button wants the device out, and
 * one that is there when it was not before is looked at. What the firmware has done for others this does for those that
 * come: they get addresses in their bridge's window.
 */
#include "pci.h"

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
};

#define READY_NS 100000000ull /* from power to the first access, 6.6.1 */

struct slot {
	unsigned int capability;
	tenon_handle irq, thread;
	bool there;
};

static uint32_t read(const struct function *port, unsigned int off, unsigned int bytes)
{
	return config_read(port->host, port->at, port->slot->capability + off, bytes);
}

static void write(const struct function *port, unsigned int off, uint32_t value)
{
	config_write(port->host, port->at, port->slot->capability + off, 2, value);
}

static void control(const struct function *port, uint32_t value)
{
	write(port, SLOT_CONTROL, CONTROL_KEPT | value);
}

/* ---- addresses --------------------------------------------------------------------------------------------------- */

/* Places for the BARs of what is at @at from *@next on, up to @end. Those that do not fit have none. */
static void place_bars(const struct host *host, unsigned int at, uint64_t *next, uint64_t end)
{
	config_write(host, at, PCI_COMMAND, 2, 0);
	for (unsigned int i = 0; i < TENON_BUS_RESOURCES; i++) {
		unsigned int off = PCI_BAR_0 + 4 * i;
		uint32_t mask;
		uint64_t bytes;
		bool wide;

		config_write(host, at, off, 4, UINT32_MAX);
		mask = config_read(host, at, off, 4);
		wide = !(mask & 1) && (mask & 6) == 4;
		bytes = mask & 1 ? 0 : (uint32_t) - (mask & ~15u);
		if (bytes && bytes <= end && ((*next + bytes - 1) & ~(bytes - 1)) <= end - bytes) {
			*next = (*next + bytes - 1) & ~(bytes - 1);
			config_write(host, at, off, 4, (uint32_t)*next);
			*next += bytes;
		} else {
			config_write(host, at, off, 4, 0);
		}
		if (wide && i + 1 < TENON_BUS_RESOURCES)
			config_write(host, at, PCI_BAR_0 + 4 * ++i, 4, 0);
	}
}

/* The bridge's window in memory is what the firmware has left for the slot. */
static void place_devices(const struct function *port, unsigned int at)
{
	uint32_t window = config_read(port->host, port->at, PCI_BRIDGE_MEMORY, 4);
	uint64_t next = (uint64_t)(window & 0xfff0) << 16, end = (window & 0xfff00000ull) + 0x100000;

	for (uint32_t i = 0; i < PCI_FUNCTIONS; i++)
		if (config_read(port->host, at + i, PCI_VENDOR, 2) != 0xffff)
			place_bars(port->host, at + i, &next, end);
}

/* ---- coming and going -------------------------------------------------------------------------------------------- */

static void put_in(struct function *port)
{
	unsigned int at = (port->at & ~0xffffu) | (uint32_t)port->bus_below << 8;

	control(port, CONTROL_LAMP_ON);
	tenon_sleep_until(tenon_clock_ns() + READY_NS);
	if (config_open(port->host, at))
		place_devices(port, at);
	scan_bus(port->host, at, port);
	port->slot->there = true;
}

/*
 * What has happened is taken from the register first: what happens from then on raises another interrupt. If a driver does not
 * let go of its device the slot stays as it is until the button is pressed again.
 */
static void look(struct function *port)
{
	uint32_t status = read(port, SLOT_STATUS, 2);
	struct slot *s = port->slot;
	bool present = status & STATUS_PRESENT;

	write(port, SLOT_STATUS, status & (STATUS_BUTTON | STATUS_PRESENCE_CHANGED));
	if (s->there && (!present || status & STATUS_BUTTON)) {
		s->there = functions_remove(port->host, port);
		if (!s->there)
			control(port, CONTROL_LAMP_OFF | CONTROL_POWER_OFF);
	} else if (!s->there && present && status & (STATUS_BUTTON | STATUS_PRESENCE_CHANGED)) {
		put_in(port);
	}
}

static void work(void *arg)
{
	struct function *port = arg;

	while (tenon_irq_wait(port->slot->irq, UINT64_MAX) > 0 && !tenon_mutex_lock(pci_lock, UINT64_MAX)) {
		look(port);
		tenon_mutex_unlock(pci_lock);
	}
}

/* ---- beginning and end ------------------------------------------------------------------------------------------- */

static int watch(struct function *port)
{
	struct slot *s = port->slot;
	int err;

	s->irq = tenon_irq_open(THIS_MODULE, port->device, read(port, EXPRESS_FLAGS, 2) >> 9 & 31);
	err = tenon_handle_error(s->irq);
	if (err)
		return err;
	s->there = read(port, SLOT_STATUS, 2) & STATUS_PRESENT;
	write(port, SLOT_STATUS, STATUS_BUTTON | STATUS_PRESENCE_CHANGED);
	control(port, s->there ? CONTROL_LAMP_ON : CONTROL_LAMP_OFF | CONTROL_POWER_OFF);
	s->thread = tenon_thread_create(THIS_MODULE, work, port, "pci-slot");
	err = tenon_handle_error(s->thread);
	if (err)
		tenon_irq_close(s->irq);
	return err;
}

void slot_open(struct function *port)
{
	unsigned int capability = config_capability(port->host, port->at, PCI_CAPABILITY_EXPRESS);
	int err = -TENON_ENOMEM;

	if (port->header != PCI_HEADER_BRIDGE || !capability ||
	    !(config_read(port->host, port->at, capability + EXPRESS_FLAGS, 2) & FLAGS_SLOT) ||
	    !(config_read(port->host, port->at, capability + SLOT_CAPABILITIES, 4) & CAPABLE_HOTPLUG))
		return;
	port->slot = tenon_alloc(THIS_MODULE, sizeof(*port->slot));
	if (port->slot) {
		*port->slot = (struct slot){ .capability = capability };
		err = watch(port);
	}
	if (!err)
		return;
	pr_warn("%04x:%02x:%02x.%x: what happens at this slot is not noticed: error %d\n", port->at >> 16,
		port->at >> 8 & 0xff, port->at >> 3 & 31, port->at & 7, -err);
	tenon_free(port->slot);
	port->slot = NULL;
}

/* Its thread waits for an interrupt or for pci_lock, and ends for being asked to. */
void slot_close(struct function *port)
{
	if (!port->slot)
		return;
	tenon_thread_stop(port->slot->thread);
	tenon_thread_join(port->slot->thread, UINT64_MAX);
	tenon_irq_close(port->slot->irq);
	tenon_free(port->slot);
	port->slot = NULL;
}
