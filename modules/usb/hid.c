// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Keyboards and mice on USB, by the boot protocol (HID 1.11, appendix B). One transfer waits for the next report; its end
 * reports what has changed, and begins with the next, in the controller's thread.
 */
#include "hid.h"
#include "usb.h"

#include "tenon/device_id.h"

enum {
	SET_IDLE = 0x0a, /* 7.2.4: reports come when something has changed */
	SET_PROTOCOL = 0x0b,
	PROTOCOL_BOOT = 0,
	PROTOCOL_KEYBOARD = 1, /* of the interface: 4.3 */
};

#define STOP_LOOK_NS 50000000u

struct hid {
	struct usb_interface *interface;
	struct usb_transfer transfer;
	struct usb_segment segment;
	tenon_handle input, ended;
	bool leaving, pending; /* atomic */
	uint8_t last[HID_REPORT_BYTES];
};

static void report(struct hid *h, uint32_t bytes)
{
	bool keyboard = h->interface->info->protocol == PROTOCOL_KEYBOARD;
	struct tenon_input_event events[HID_EVENTS];
	uint8_t now[HID_REPORT_BYTES] = { 0 };
	unsigned int cnt;

	memcpy(now, h->interface->part, bytes < sizeof(now) ? bytes : sizeof(now));
	cnt = keyboard ? keyboard_events(h->last, now, bytes, events) : mouse_events(h->last, now, bytes, events);
	memcpy(h->last, now, sizeof(now));
	if (cnt)
		tenon_input_report(h->input, events, cnt * sizeof(*events));
}

/* When it is not pending any more @h may be gone. */
static int next(struct hid *h)
{
	tenon_handle ended = h->ended;
	int err;

	__atomic_store_n(&h->pending, true, __ATOMIC_SEQ_CST);
	err = __atomic_load_n(&h->leaving, __ATOMIC_SEQ_CST) ? -TENON_ENODEV : usb_submit(&h->transfer);
	if (err) {
		__atomic_store_n(&h->pending, false, __ATOMIC_RELEASE);
		tenon_event_set(ended);
	}
	return err;
}

/* After an error nothing more is asked: the device has gone, or must be plugged anew. */
static void complete(struct usb_transfer *t)
{
	struct hid *h = t->context;
	tenon_handle ended = h->ended;

	if (!t->status) {
		report(h, t->done_bytes);
		next(h);
		return;
	}
	__atomic_store_n(&h->pending, false, __ATOMIC_RELEASE);
	tenon_event_set(ended);
}

static int set(struct hid *h, uint8_t request, uint16_t value)
{
	const struct usb_setup setup = { .type = USB_CLASS | USB_TO_INTERFACE,
					 .request = request,
					 .value = value,
					 .index = h->interface->info->number };
	int err = usb_control(h->interface->device, &setup, NULL);

	return err < 0 ? err : 0;
}

static int begin(struct hid *h)
{
	const struct usb_endpoint_info *e = usb_endpoint_of(h->interface, USB_INTERRUPT, USB_IN);
	int err;

	if (!e || e->packet_bytes > USB_PART_BYTES)
		return -TENON_EPROTO;
	h->segment = (struct usb_segment){ h->interface->part_bus, e->packet_bytes };
	h->transfer = (struct usb_transfer){ .device = h->interface->device,
					     .endpoint = e->address,
					     .segment = &h->segment,
					     .segment_cnt = 1,
					     .complete = complete,
					     .context = h };
	err = set(h, SET_PROTOCOL, PROTOCOL_BOOT);
	if (!err)
		err = set(h, SET_IDLE, 0);
	return err == -TENON_EPIPE ? 0 : err; /* mice need not know the latter */
}

static int open(struct hid *h)
{
	int err = begin(h);

	if (err)
		return err;
	h->ended = tenon_event_create(THIS_MODULE);
	err = tenon_handle_error(h->ended);
	if (err)
		return err;
	h->input = tenon_input_register(THIS_MODULE);
	err = tenon_handle_error(h->input);
	if (!err) {
		err = next(h);
		if (err)
			tenon_input_unregister(h->input);
	}
	if (err)
		tenon_event_destroy(h->ended);
	return err;
}

static int probe(tenon_handle device, struct tenon_driver_probe *p)
{
	struct hid *h = tenon_alloc(THIS_MODULE, sizeof(*h));
	int err;

	(void)device;
	if (!h)
		return -TENON_ENOMEM;
	*h = (struct hid){ .interface = usb_interface_of(p->identity) };
	err = h->interface ? open(h) : -TENON_ENODEV;
	if (err)
		tenon_free(h);
	else
		pr_info("a %s on usb %s\n", h->interface->info->protocol == PROTOCOL_KEYBOARD ? "keyboard" : "mouse",
			usb_name(h->interface->device));
	p->data = h;
	return err;
}

static void remove(tenon_handle device, void *data)
{
	struct hid *h = data;

	(void)device;
	__atomic_store_n(&h->leaving, true, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&h->pending, __ATOMIC_ACQUIRE)) {
		usb_cancel(h->interface->device, h->transfer.endpoint);
		tenon_event_wait(h->ended, tenon_clock_ns() + STOP_LOOK_NS);
	}
	tenon_input_unregister(h->input);
	tenon_event_destroy(h->ended);
	tenon_free(h);
}

static const struct bus_device_id ids[] = {
	{ .alias = "usb:v*p*d*dc*dsc*dp*ic03isc01ip01in*" },
	{ .alias = "usb:v*p*d*dc*dsc*dp*ic03isc01ip02in*" },
	{},
};
MODULE_DEVICE_TABLE(bus, ids);

static tenon_handle driver;

static int __init hid_init(void)
{
	static const struct tenon_driver_ops ops = { .probe = probe, .remove = remove };

	driver = tenon_driver_register(THIS_MODULE, "usb-hid", "usb", ids, sizeof(ids) - sizeof(ids[0]), &ops);
	return tenon_handle_error(driver);
}

static void __exit hid_exit(void)
{
	tenon_driver_unregister(driver);
}

module_init(hid_init);
module_exit(hid_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Keyboards and mice on USB");
MODULE_AUTHOR("The Tenon authors");
