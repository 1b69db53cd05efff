// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Devices, as the controller has them (4.3, 6.2): a slot with contexts, and rings of endpoints. */
#include "xhci.h"

enum {
	PAGE_CONTEXT, /* the controller's */
	PAGE_INPUT,
	PAGE_SHARED, /* usb_device.page */
	SLOT_PAGES,
	/* words of contexts, and their fields */
	ADD_FLAGS = 1, /* of the input control context, 6.2.5.1 */
	SLOT_SPEED_SHIFT = 20,
	SLOT_HUB = 1 << 26,
	SLOT_ENTRIES_SHIFT = 27,
	SLOT_PORT_SHIFT = 16,
	SLOT_PORT_CNT_SHIFT = 24,
	SLOT_TT_PORT_SHIFT = 8,
	ENDPOINT_INTERVAL_SHIFT = 16,
	ENDPOINT_RETRIES = 3 << 1,
	ENDPOINT_TYPE_SHIFT = 3,
	ENDPOINT_TYPE_IN = 4, /* added to that of the descriptor; control endpoints are both */
	ENDPOINT_BURST_SHIFT = 8,
	ENDPOINT_PACKET_SHIFT = 16,
	ENDPOINT_ESIT_SHIFT = 16,
	CONTROL_AVERAGE = 8, /* bytes of a TRB: 4.14.1.1 */
	BULK_AVERAGE = 3072,
};

static uint32_t *input(const struct slot *s, unsigned int index)
{
	return context_at(s->x, s->input, index + 1);
}

static void input_begin(struct slot *s, uint32_t flags)
{
	memset(s->input, 0, XHCI_PAGE_BYTES);
	context_at(s->x, s->input, 0)[ADD_FLAGS] = flags;
}

/* Give a command about the input context. Return: 0, -TENON_EIO, -TENON_ENODEV. */
static int input_command(struct slot *s, uint32_t type)
{
	uint8_t id = s->id;
	int code = xhci_command(s->x, s->input_bus, type << TRB_TYPE_SHIFT, &id);

	if (code > 0)
		pr_err("usb %s: the controller refuses command %u: code %d\n", s->device->name, (unsigned int)type,
		       code);
	return code > 0 ? -TENON_EIO : code;
}

/* The hub between a slow device and a fast bus (4.3.3), if there is one. */
static uint32_t translator(const struct usb_device *dev)
{
	if (dev->speed != USB_LOW && dev->speed != USB_FULL)
		return 0;
	for (; dev->hub; dev = dev->hub)
		if (dev->hub->speed == USB_HIGH)
			return ((struct slot *)dev->hub->slot)->id | (uint32_t)dev->port << SLOT_TT_PORT_SHIFT;
	return 0;
}

static void fill_slot(struct slot *s, unsigned int last, unsigned int port_cnt)
{
	const struct usb_device *dev = s->device;
	uint32_t *c = input(s, 0);

	c[0] = dev->route | (uint32_t)dev->speed << SLOT_SPEED_SHIFT | (port_cnt ? SLOT_HUB : 0) |
	       (uint32_t)last << SLOT_ENTRIES_SHIFT;
	c[1] = (uint32_t)dev->root_port << SLOT_PORT_SHIFT | (uint32_t)port_cnt << SLOT_PORT_CNT_SHIFT;
	c[2] = translator(dev);
}

/* How often an interrupt endpoint is asked: 125 us times a power of two (6.2.3.6). */
static uint32_t interval(const struct usb_device *dev, const struct usb_endpoint_info *e)
{
	uint32_t exponent = 0;

	if (e->type != USB_INTERRUPT)
		return 0;
	if (dev->speed == USB_HIGH || dev->speed == USB_SUPER)
		return e->interval <= 16 ? e->interval - 1u : 15;
	while (exponent < 10 && 2u << exponent <= e->interval * 8u)
		exponent++;
	return exponent;
}

static void fill_endpoint(struct slot *s, unsigned int index, const struct usb_endpoint_info *e)
{
	uint32_t *c = input(s, index), type = e->type;
	uint64_t at = ring_position(s->ring[index]);

	if (type == USB_CONTROL || e->address & USB_IN)
		type += ENDPOINT_TYPE_IN;
	c[0] = interval(s->device, e) << ENDPOINT_INTERVAL_SHIFT;
	c[1] = ENDPOINT_RETRIES | type << ENDPOINT_TYPE_SHIFT | (uint32_t)e->burst << ENDPOINT_BURST_SHIFT |
	       (uint32_t)e->packet_bytes << ENDPOINT_PACKET_SHIFT;
	c[2] = (uint32_t)at;
	c[3] = (uint32_t)(at >> 32);
	c[4] = e->type == USB_CONTROL ? CONTROL_AVERAGE : e->type == USB_BULK ? BULK_AVERAGE : e->packet_bytes;
	if (e->type == USB_INTERRUPT)
		c[4] |= e->packet_bytes * (e->burst + 1u) << ENDPOINT_ESIT_SHIFT;
}

static int open_ring(struct slot *s, unsigned int index, uint32_t packet_bytes)
{
	struct ring *r = tenon_alloc(THIS_MODULE, sizeof(*r));
	int err;

	if (!r)
		return -TENON_ENOMEM;
	err = ring_open(r, s->x->device);
	if (err) {
		tenon_free(r);
		return err;
	}
	r->packet_bytes = packet_bytes;
	s->ring[index] = r;
	return 0;
}

/* The control endpoint, before the device has said anything: 4.3.3. */
static const struct usb_endpoint_info *first_endpoint(enum usb_speed speed)
{
	static const struct usb_endpoint_info info[] = {
		[USB_FULL] = { .packet_bytes = 8 },
		[USB_LOW] = { .packet_bytes = 8 },
		[USB_HIGH] = { .packet_bytes = 64 },
		[USB_SUPER] = { .packet_bytes = 512 },
	};

	return &info[speed];
}

static int set_up(struct slot *s)
{
	const struct usb_endpoint_info *e = first_endpoint(s->device->speed);
	uint64_t bus[SLOT_PAGES];
	int err = memory_open(&s->memory, s->x->device, SLOT_PAGES, bus);

	if (!err)
		err = open_ring(s, 1, e->packet_bytes);
	if (err)
		return err;
	s->context = s->memory.at + PAGE_CONTEXT * XHCI_PAGE_BYTES;
	s->input = s->memory.at + PAGE_INPUT * XHCI_PAGE_BYTES;
	s->input_bus = bus[PAGE_INPUT];
	s->device->page = s->memory.at + PAGE_SHARED * XHCI_PAGE_BYTES;
	s->device->page_bus = bus[PAGE_SHARED];
	s->x->contexts[s->id] = bus[PAGE_CONTEXT];
	input_begin(s, 3);
	fill_slot(s, 1, 0);
	fill_endpoint(s, 1, e);
	return input_command(s, TRB_ADDRESS_DEVICE);
}

static void disable(struct xhci *x, uint8_t id)
{
	xhci_command(x, 0, TRB_DISABLE_SLOT << TRB_TYPE_SHIFT, &id);
}

int slot_open(void *hc, struct usb_device *dev)
{
	struct slot *s = tenon_alloc(THIS_MODULE, sizeof(*s));
	struct xhci *x = hc;
	int err;

	if (!s)
		return -TENON_ENOMEM;
	*s = (struct slot){ .x = x, .device = dev };
	err = xhci_command(x, 0, TRB_ENABLE_SLOT << TRB_TYPE_SHIFT, &s->id);
	if (!err && (!s->id || s->id > x->slot_cnt || x->slot[s->id])) {
		pr_err("the controller gives slot %u, which cannot be\n", s->id);
		err = -TENON_EIO;
	}
	if (err) {
		tenon_free(s);
		return err > 0 ? -TENON_EIO : err;
	}
	dev->slot = s;
	x->slot[s->id] = s;
	err = set_up(s);
	if (err) {
		slot_stop(dev);
		slot_close(dev);
	}
	return err;
}

int slot_set_packet_bytes(struct usb_device *dev, unsigned int bytes)
{
	const struct usb_endpoint_info e = { .packet_bytes = (uint16_t)bytes };
	struct slot *s = dev->slot;

	s->ring[1]->packet_bytes = bytes;
	input_begin(s, 2);
	fill_endpoint(s, 1, &e);
	return input_command(s, TRB_EVALUATE);
}

int slot_configure(struct usb_device *dev, unsigned int port_cnt)
{
	struct slot *s = dev->slot;
	unsigned int last = 1;
	uint32_t flags = 1;
	int err;

	input_begin(s, 0);
	for (unsigned int i = 0; i < dev->config.interface_cnt; i++)
		for (unsigned int k = 0; k < dev->config.interface[i].endpoint_cnt; k++) {
			const struct usb_endpoint_info *e = &dev->config.interface[i].endpoint[k];
			unsigned int index = context_index(e->address);

			err = open_ring(s, index, e->packet_bytes);
			if (err)
				return err;
			fill_endpoint(s, index, e);
			flags |= 1u << index;
			last = index > last ? index : last;
		}
	fill_slot(s, last, port_cnt);
	context_at(s->x, s->input, 0)[ADD_FLAGS] = flags;
	return input_command(s, TRB_CONFIGURE);
}

/* Once the slot is disabled, or the controller has gone, nothing more comes for it. */
void slot_stop(struct usb_device *dev)
{
	struct slot *s = dev->slot;

	if (__atomic_exchange_n(&s->stopped, 1, __ATOMIC_SEQ_CST))
		return;
	disable(s->x, s->id);
	for (unsigned int i = 0; i < XHCI_ENDPOINTS; i++)
		if (s->ring[i])
			transfer_end(s->x, s->ring[i], -TENON_ENODEV);
}

void slot_close(struct usb_device *dev)
{
	struct slot *s = dev->slot;
	struct xhci *x = s->x;

	tenon_mutex_lock(x->lock, UINT64_MAX);
	x->slot[s->id] = NULL;
	tenon_mutex_unlock(x->lock);
	x->contexts[s->id] = 0;
	for (unsigned int i = 0; i < XHCI_ENDPOINTS; i++)
		if (s->ring[i]) {
			ring_close(s->ring[i]);
			tenon_free(s->ring[i]);
		}
	memory_close(&s->memory);
	tenon_free(s);
	dev->slot = NULL;
}
