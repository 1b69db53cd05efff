// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The controller: its registers, its beginning and end (4.2), commands (4.6), and ports (5.4.8). */
#include "xhci.h"

#include "tenon/device_id.h"

enum {
	/* capability registers, 5.3 */
	CAP_LENGTH = 0,
	CAP_STRUCTURE_1 = 4,
	CAP_STRUCTURE_2 = 8,
	CAP_PARAMETERS = 0x10,
	CAP_PARAMETERS_WIDE = 1,  /* it uses addresses of 64 bits */
	CAP_PARAMETERS_LARGE = 4, /* contexts are of 64 bytes */
	CAP_DOORBELL = 0x14,
	CAP_RUNTIME = 0x18,
	/* operational registers, 5.4 */
	COMMAND = 0,
	COMMAND_RUN = 1,
	COMMAND_RESET = 2,
	COMMAND_INTERRUPTS = 4,
	STATUS = 4,
	STATUS_HALTED = 1,
	STATUS_SYSTEM_ERROR = 4,
	STATUS_NOT_READY = 1 << 11,
	STATUS_ERROR = 1 << 12,
	PAGE_SIZE = 8,
	COMMAND_RING = 0x18,
	CONTEXTS = 0x30,
	CONFIGURE = 0x38,
	/* of the first interrupter, 5.5.2 */
	MANAGEMENT = 0x20,
	MANAGEMENT_ENABLE = 2,
	SEGMENT_CNT = 0x28,
	SEGMENTS = 0x30,
	DEQUEUE = 0x38,
	/* of a port, 5.4.8 */
	PORT_CONNECTED = 1,
	PORT_ENABLED = 2,
	PORT_RESET = 1 << 4,
	PORT_SPEED_SHIFT = 10,
	PORT_KEPT = 0xe00c200, /* what is written as it was read: power, and what wakes */
	PORT_CHANGES = 0xfe0000,
	PORT_CONNECTED_CHANGED = 1 << 17,
	/* PCI */
	PCI_CAPABILITIES = 0x34,
	PCI_MSIX = 0x11,
	PCI_CAPABILITIES_MAX = 48,
	PAGE_CONTEXTS = 0,
	PAGE_SEGMENTS,
	PAGE_EVENTS,
	PAGES,
	SCRATCHPADS_MAX = 256,
};

#define READY_NS 1000000000u /* it resets and halts within a fraction of that */
#define PORT_NS 500000000u
#define LOOK_NS 1000000u
#define COMMAND_NS 5000000000u
#define STEP_NS 200000000u

/* Wait until some bits of a register are as they should be. Return: 0, -TENON_ETIMEDOUT; -TENON_EINTR. */
static int wait_for(const volatile uint8_t *at, uint32_t mask, uint32_t value, uint64_t ns)
{
	uint64_t until = tenon_clock_ns() + ns;
	int err = 0;

	while ((read32(at) & mask) != value && !err)
		err = tenon_clock_ns() > until ? -TENON_ETIMEDOUT : tenon_sleep_until(tenon_clock_ns() + LOOK_NS);
	return err;
}

bool xhci_works(struct xhci *x)
{
	uint32_t status = read32(x->operation + STATUS);

	if (__atomic_load_n(&x->broken, __ATOMIC_RELAXED))
		return false;
	if (status != UINT32_MAX && !(status & (STATUS_SYSTEM_ERROR | STATUS_ERROR)))
		return true;
	if (!__atomic_exchange_n(&x->broken, 1, __ATOMIC_RELAXED))
		pr_warn("the controller has %s\n", status == UINT32_MAX ? "gone" : "failed");
	return false;
}

/* ---- commands ---------------------------------------------------------------------------------------------------- */

/* The command_mutex is held. */
static int command(struct xhci *x, uint64_t parameter, uint32_t control, uint8_t *slot)
{
	uint64_t until = tenon_clock_ns() + COMMAND_NS;
	int err = -TENON_ETIMEDOUT;

	if (!xhci_works(x))
		return -TENON_ENODEV;
	tenon_event_wait(x->command_event, 0); /* of one that was given up */
	__atomic_store_n(&x->asked, x->command.enqueue, __ATOMIC_RELEASE);
	ring_push(&x->command, parameter, 0, control | (uint32_t)*slot << TRB_SLOT_SHIFT, false);
	x->doorbell[0] = 0;
	while (err == -TENON_ETIMEDOUT && tenon_clock_ns() < until && xhci_works(x))
		err = tenon_event_wait(x->command_event, tenon_clock_ns() + STEP_NS);
	if (err) {
		if (!__atomic_exchange_n(&x->broken, 1, __ATOMIC_RELAXED))
			pr_err("the controller does not answer\n");
		return -TENON_ENODEV;
	}
	*slot = (uint8_t)(x->answer.control >> TRB_SLOT_SHIFT);
	err = (int)(x->answer.status >> 24);
	return err == DONE_SUCCESS ? 0 : err ? err : -TENON_EIO;
}

int xhci_command(struct xhci *x, uint64_t parameter, uint32_t control, uint8_t *slot)
{
	int err = tenon_mutex_lock(x->command_mutex, UINT64_MAX);

	if (err)
		return err;
	err = command(x, parameter, control, slot);
	tenon_mutex_unlock(x->command_mutex);
	return err;
}

/* ---- ports ------------------------------------------------------------------------------------------------------- */

static volatile uint8_t *port_at(struct xhci *x, unsigned int port)
{
	return x->operation + PORT_FIRST + (port - 1) * PORT_BYTES;
}

static int port_get(void *hc, unsigned int port, struct usb_port *p)
{
	struct xhci *x = hc;
	uint32_t status = read32(port_at(x, port));

	if (!xhci_works(x) || status == UINT32_MAX)
		return -TENON_ENODEV;
	*p = (struct usb_port){ .connected = status & PORT_CONNECTED,
				.enabled = status & PORT_ENABLED,
				.changed = status & PORT_CONNECTED_CHANGED,
				.speed = (status >> PORT_SPEED_SHIFT) & 15 };
	if (status & PORT_CHANGES)
		write32(port_at(x, port), status & (PORT_KEPT | PORT_CHANGES));
	if (p->speed > USB_SUPER)
		p->speed = USB_SUPER; /* faster ones differ in nothing else */
	return 0;
}

static int port_reset(void *hc, unsigned int port)
{
	struct xhci *x = hc;
	volatile uint8_t *at = port_at(x, port);
	int err;

	if (read32(at) & PORT_ENABLED)
		return 0; /* of USB 3: it came up by itself */
	write32(at, (read32(at) & PORT_KEPT) | PORT_RESET);
	err = wait_for(at, PORT_RESET, 0, PORT_NS);
	return !err && !(read32(at) & PORT_ENABLED) ? -TENON_EIO : err;
}

const struct usb_host_ops xhci_ops = {
	.port_get = port_get,
	.port_reset = port_reset,
	.open = slot_open,
	.set_packet_bytes = slot_set_packet_bytes,
	.configure = slot_configure,
	.submit = transfer_submit,
	.cancel = transfer_cancel,
	.stop = slot_stop,
	.close = slot_close,
};

/* ---- beginning and end ------------------------------------------------------------------------------------------- */

/* The first byte of its first resource that has to do with interrupts: those pages are not for us. 0: there is none. */
static uint32_t barred_from(tenon_handle device)
{
	uint32_t first = 0, place;
	uint8_t at, head[2];

	if (tenon_pci_config_read(device, PCI_CAPABILITIES, &at, 1) != 1)
		return 0;
	for (int i = 0; at && i < PCI_CAPABILITIES_MAX; i++, at = head[1]) {
		if (tenon_pci_config_read(device, at & 0xfc, head, sizeof(head)) != sizeof(head))
			return 0;
		for (uint32_t off = 4; head[0] == PCI_MSIX && off <= 8; off += 4) {
			tenon_pci_config_read(device, (at & 0xfcu) + off, &place, sizeof(place));
			if (!(place & 7) && (!first || (place & ~7u) < first))
				first = place & ~7u;
		}
	}
	return first & ~(XHCI_PAGE_BYTES - 1);
}

/* Registers, and whether all of them are there. */
static int map(struct xhci *x)
{
	struct tenon_mmio m;
	uint32_t operation, runtime, doorbell;
	int err;

	x->mmio = tenon_mmio_map(THIS_MODULE, x->device, 0, 0, barred_from(x->device), &m);
	err = tenon_handle_error(x->mmio);
	if (err) {
		x->mmio = 0;
		return err;
	}
	x->capability = m.address;
	operation = read32(x->capability + CAP_LENGTH) & 0xff;
	runtime = read32(x->capability + CAP_RUNTIME) & ~31u;
	doorbell = read32(x->capability + CAP_DOORBELL) & ~3u;
	x->port_cnt = read32(x->capability + CAP_STRUCTURE_1) >> 24;
	x->slot_cnt = read32(x->capability + CAP_STRUCTURE_1) & 0xff;
	if (m.bytes < XHCI_PAGE_BYTES || PORT_FIRST + operation + x->port_cnt * PORT_BYTES > m.bytes ||
	    runtime > m.bytes - DEQUEUE - 8 || doorbell > m.bytes - 4 * 256 || operation % 4 || !x->port_cnt ||
	    !x->slot_cnt) {
		pr_err("registers are not where they can be\n");
		return -TENON_EPROTO;
	}
	x->operation = x->capability + operation;
	x->runtime = x->capability + runtime;
	x->doorbell = (volatile uint32_t *)(volatile void *)(x->capability + doorbell);
	x->slot_cnt = x->slot_cnt < XHCI_SLOTS ? x->slot_cnt : XHCI_SLOTS;
	x->context_bytes = read32(x->capability + CAP_PARAMETERS) & CAP_PARAMETERS_LARGE ? 64 : 32;
	return 0;
}

static int reset(struct xhci *x)
{
	int err;

	write32(x->operation + COMMAND, 0);
	err = wait_for(x->operation + STATUS, STATUS_HALTED, STATUS_HALTED, READY_NS);
	if (!err) {
		write32(x->operation + COMMAND, COMMAND_RESET);
		err = wait_for(x->operation + COMMAND, COMMAND_RESET, 0, READY_NS);
	}
	return err ? err : wait_for(x->operation + STATUS, STATUS_NOT_READY, 0, READY_NS);
}

/* How many pages the controller needs for itself (4.20). */
static uint32_t scratchpad_cnt(const struct xhci *x)
{
	uint32_t value = read32(x->capability + CAP_STRUCTURE_2);

	return (value >> 21 & 31) << 5 | value >> 27;
}

/* What it uses in memory: contexts' addresses, the ring of events, that of commands, and pages of its own. */
static int make_memory(struct xhci *x)
{
	uint32_t own = scratchpad_cnt(x), pages = PAGES + own;
	uint64_t bus[PAGES + SCRATCHPADS_MAX], *segments, *scratchpads;
	int err;

	if (own > SCRATCHPADS_MAX || read32(x->operation + PAGE_SIZE) != 1) {
		pr_err("unsupported: %u pages of its own, size of pages %u\n", (unsigned int)own,
		       (unsigned int)read32(x->operation + PAGE_SIZE));
		return -TENON_EOPNOTSUPP;
	}
	err = memory_open(&x->memory, x->device, pages, bus);
	if (!err)
		err = ring_open(&x->command, x->device);
	if (err)
		return err;
	x->contexts = (uint64_t *)(void *)x->memory.at;
	segments = (uint64_t *)(void *)(x->memory.at + PAGE_SEGMENTS * XHCI_PAGE_BYTES);
	x->event = (struct trb *)(void *)(x->memory.at + PAGE_EVENTS * XHCI_PAGE_BYTES);
	x->event_bus = segments[0] = bus[PAGE_EVENTS];
	segments[1] = XHCI_RING_TRBS;
	x->event_cycle = TRB_CYCLE;
	/* The rest of the page of segments, of which there is one. */
	scratchpads = segments + XHCI_PAGE_BYTES / sizeof(*segments) - SCRATCHPADS_MAX;
	memcpy(scratchpads, bus + PAGES, own * sizeof(*bus));
	if (own)
		x->contexts[0] = bus[PAGE_SEGMENTS] + XHCI_PAGE_BYTES - SCRATCHPADS_MAX * sizeof(*segments);
	write32(x->operation + CONFIGURE, x->slot_cnt);
	write64(x->operation + CONTEXTS, bus[PAGE_CONTEXTS]);
	write64(x->operation + COMMAND_RING, ring_position(&x->command));
	write32(x->runtime + SEGMENT_CNT, 1);
	write64(x->runtime + DEQUEUE, x->event_bus);
	write64(x->runtime + SEGMENTS, bus[PAGE_SEGMENTS]);
	return 0;
}

static int make_objects(struct xhci *x)
{
	int err;

	x->lock = tenon_mutex_create(THIS_MODULE);
	x->command_mutex = tenon_mutex_create(THIS_MODULE);
	x->command_event = tenon_event_create(THIS_MODULE);
	err = tenon_handle_error(x->lock);
	if (!err)
		err = tenon_handle_error(x->command_mutex);
	return err ? err : tenon_handle_error(x->command_event);
}

static int start(struct xhci *x)
{
	int err;

	x->irq = tenon_irq_open(THIS_MODULE, x->device, 0);
	err = tenon_handle_error(x->irq);
	if (err)
		return err;
	write32(x->runtime + MANAGEMENT, MANAGEMENT_ENABLE);
	write32(x->operation + COMMAND, COMMAND_RUN | COMMAND_INTERRUPTS);
	x->thread = tenon_thread_create(THIS_MODULE, xhci_work, x, "xhci");
	err = tenon_handle_error(x->thread);
	if (err)
		return err;
	pr_info("%u ports, %u devices\n", x->port_cnt, x->slot_cnt);
	return usb_host_register(&xhci_ops, x, x->device, x->port_cnt, &x->host);
}

static void halt(struct xhci *x)
{
	write32(x->operation + COMMAND, 0);
	if (xhci_works(x))
		wait_for(x->operation + STATUS, STATUS_HALTED, STATUS_HALTED, READY_NS);
}

/* Whatever of it there is. */
static void close(struct xhci *x)
{
	struct usb_host *host = __atomic_exchange_n(&x->host, NULL, __ATOMIC_ACQ_REL);

	if (host)
		usb_host_unregister(host);
	if ((long)x->thread > 0) {
		tenon_thread_stop(x->thread);
		tenon_thread_join(x->thread, UINT64_MAX);
	}
	if (x->operation)
		halt(x);
	if ((long)x->irq > 0)
		tenon_irq_close(x->irq);
	ring_close(&x->command);
	memory_close(&x->memory);
	if ((long)x->command_event > 0)
		tenon_event_destroy(x->command_event);
	if ((long)x->command_mutex > 0)
		tenon_mutex_destroy(x->command_mutex);
	if ((long)x->lock > 0)
		tenon_mutex_destroy(x->lock);
	if (x->mmio)
		tenon_mmio_unmap(x->mmio);
	tenon_free(x);
}

static int probe(tenon_handle device, struct tenon_driver_probe *p)
{
	struct xhci *x = tenon_alloc(THIS_MODULE, sizeof(*x));
	int err;

	if (!x)
		return -TENON_ENOMEM;
	*x = (struct xhci){ .device = device };
	err = map(x);
	if (!err)
		err = reset(x);
	if (!err)
		err = make_objects(x);
	if (!err)
		err = make_memory(x);
	if (!err)
		err = start(x);
	if (err) {
		pr_err("a controller cannot be used: error %d\n", -err);
		close(x);
	}
	p->data = x;
	return err;
}

static void remove(tenon_handle device, void *data)
{
	(void)device;
	close(data);
}

static const struct pci_device_id ids[] = { { PCI_DEVICE_CLASS(0x0c0330, 0xffffff) }, { 0 } };
MODULE_DEVICE_TABLE(pci, ids);

static tenon_handle driver;

static int __init xhci_init(void)
{
	static const struct tenon_driver_ops ops = { .probe = probe, .remove = remove };

	driver = tenon_driver_register(THIS_MODULE, "xhci_hcd", "pci", ids, sizeof(ids) - sizeof(ids[0]), &ops);
	return tenon_handle_error(driver);
}

static void __exit xhci_exit(void)
{
	tenon_driver_unregister(driver);
}

module_init(xhci_init);
module_exit(xhci_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Host controllers for USB");
MODULE_AUTHOR("The Tenon authors");
