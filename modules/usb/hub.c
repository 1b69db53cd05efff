// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Hubs (11.24). One says by its interrupt endpoint that some port has changed; then all of its ports are looked at. */
#include "usbcore.h"

enum {
	HUB_DESCRIPTOR_BYTES = 7, /* of it: what comes after that depends on how many ports there are */
	PORT_RESET = 4,           /* features, table 11-17 */
	PORT_POWER = 8,
	CHANGE_FIRST = 16,
	CHANGE_CNT = 5,
	STATUS_CONNECTED = 1, /* 11.24.2.7 */
	STATUS_ENABLED = 2,
	STATUS_RESET = 1 << 4,
	STATUS_LOW = 1 << 9,
	STATUS_HIGH = 1 << 10,
	CHANGED_CONNECTED = 1,
	CHANGE_BYTES = 8,
};

#define RESET_NS 500000000u
#define RESET_LOOK_NS 10000000u
#define POWER_NS 100000000u

static int port_feature(struct usb_device *hub, uint8_t request, unsigned int feature, unsigned int port)
{
	const struct usb_setup setup = { .type = USB_CLASS | USB_TO_OTHER,
					 .request = request,
					 .value = (uint16_t)feature,
					 .index = (uint16_t)port };
	int err = usb_control(hub, &setup, NULL);

	return err < 0 ? err : 0;
}

/* What a port says: its status, then what has changed of it. */
static int port_status(struct usb_device *hub, unsigned int port, uint16_t status[2])
{
	const struct usb_setup setup = { .type = USB_IN | USB_CLASS | USB_TO_OTHER,
					 .request = USB_GET_STATUS,
					 .index = (uint16_t)port,
					 .length = 4 };
	int got = usb_control(hub, &setup, status);

	return got < 0 ? got : got < 4 ? -TENON_EPROTO : 0;
}

int hub_port_get(struct usb_device *hub, unsigned int port, struct usb_port *p)
{
	uint16_t status[2];
	int err = port_status(hub, port, status);

	for (unsigned int i = 0; i < CHANGE_CNT && !err; i++)
		if (status[1] & 1u << i)
			err = port_feature(hub, USB_CLEAR_FEATURE, CHANGE_FIRST + i, port);
	if (err)
		return err;
	*p = (struct usb_port){ .connected = status[0] & STATUS_CONNECTED,
				.enabled = status[0] & STATUS_ENABLED,
				.changed = status[1] & CHANGED_CONNECTED,
				.speed = status[0] & STATUS_LOW  ? USB_LOW :
					 status[0] & STATUS_HIGH ? USB_HIGH :
								   USB_FULL };
	return 0;
}

int hub_port_reset(struct usb_device *hub, unsigned int port)
{
	uint64_t until = tenon_clock_ns() + RESET_NS;
	uint16_t status[2] = { STATUS_RESET };
	int err = port_feature(hub, USB_SET_FEATURE, PORT_RESET, port);

	while (!err && status[0] & STATUS_RESET && tenon_clock_ns() < until) {
		tenon_sleep_until(tenon_clock_ns() + RESET_LOOK_NS);
		err = port_status(hub, port, status);
	}
	return err ? err : status[0] & STATUS_ENABLED ? 0 : -TENON_EIO;
}

/* ---- what it says by itself ---- */

static void said(struct usb_transfer *t)
{
	struct usb_device *dev = t->context;

	__atomic_store_n(&dev->as_hub->asked, 0, __ATOMIC_RELEASE);
	if (t->status)
		return; /* it stalls, or has gone, which its own port says */
	__atomic_store_n(&dev->as_hub->changed, 1, __ATOMIC_RELEASE);
	usb_host_changed(dev->host);
}

static void ask(struct usb_device *dev)
{
	struct usb_hub *hub = dev->as_hub;

	if (__atomic_exchange_n(&hub->asked, 1, __ATOMIC_ACQ_REL))
		return;
	if (usb_submit(&hub->change))
		__atomic_store_n(&hub->asked, 0, __ATOMIC_RELEASE);
}

void hubs_look(struct usb_host *host)
{
	struct usb_device *dev = host->devices;

	while (dev) {
		struct usb_hub *hub = dev->as_hub;

		if (!hub || !__atomic_exchange_n(&hub->changed, 0, __ATOMIC_ACQ_REL)) {
			dev = dev->next;
			continue;
		}
		ports_look(host, dev, !hub->looked);
		hub->looked = true;
		ask(dev);
		dev = host->devices; /* what was there may be gone */
	}
}

/* ---- coming and going ---- */

static const struct usb_endpoint_info *interrupt_of(const struct usb_device *dev)
{
	const struct usb_endpoint_info *e = dev->config.interface[0].endpoint;

	return dev->config.interface[0].endpoint_cnt && e->type == USB_INTERRUPT && e->address & USB_IN &&
		       e->packet_bytes <= CHANGE_BYTES ?
		   e :
		   NULL;
}

static int read_hub(struct usb_device *dev)
{
	const struct usb_setup setup = { .type = USB_IN | USB_CLASS,
					 .request = USB_GET_DESCRIPTOR,
					 .value = USB_DESCRIPTOR_HUB << 8,
					 .length = HUB_DESCRIPTOR_BYTES };
	uint8_t data[HUB_DESCRIPTOR_BYTES];
	const char *why = NULL;
	int got = usb_control(dev, &setup, data);

	if (got < 0)
		return got;
	got = usb_parse_hub(data, (size_t)got, &why);
	if (got < 0)
		pr_err("usb %s: refused: %s\n", dev->name, why);
	return got;
}

static int configure(struct usb_device *dev, unsigned int port_cnt)
{
	const struct usb_setup setup = { .request = USB_SET_CONFIGURATION, .value = dev->config.value };
	int err = dev->host->ops->configure(dev, port_cnt);

	if (!err)
		err = usb_control(dev, &setup, NULL);
	for (unsigned int port = 1; port <= port_cnt && !err; port++)
		err = port_feature(dev, USB_SET_FEATURE, PORT_POWER, port);
	return err;
}

int hub_open(struct usb_device *dev)
{
	const struct usb_endpoint_info *e = interrupt_of(dev);
	struct usb_hub *hub;
	int port_cnt, err;

	if (!e || dev->speed == USB_SUPER) {
		pr_err("usb %s: unsupported hub: %s\n", dev->name, e ? "of USB 3" : "no interrupt endpoint of 8 bytes");
		return -TENON_EPROTO;
	}
	port_cnt = read_hub(dev);
	if (port_cnt < 0)
		return port_cnt;
	err = configure(dev, (unsigned int)port_cnt);
	if (err)
		return err;
	hub = tenon_alloc(THIS_MODULE, sizeof(*hub));
	if (!hub)
		return -TENON_ENOMEM;
	*hub = (struct usb_hub){ .port_cnt = (unsigned int)port_cnt, .changed = 1 };
	hub->segment = (struct usb_segment){ dev->page_bus + USB_CONTROL_BYTES, CHANGE_BYTES };
	hub->change = (struct usb_transfer){
		.device = dev,
		.endpoint = e->address,
		.segment_cnt = 1,
		.segment = &hub->segment,
		.complete = said,
		.context = dev,
	};
	dev->as_hub = hub;
	tenon_sleep_until(tenon_clock_ns() + POWER_NS);
	usb_host_changed(dev->host);
	return 0;
}

/* Stopped before. */
void hub_close(struct usb_device *dev)
{
	tenon_free(dev->as_hub);
	dev->as_hub = NULL;
}
