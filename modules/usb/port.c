// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Ports, of the controller or of a hub, which are looked at when something may have changed there. */
#include "usbcore.h"

#define SETTLE_NS 100000000u /* after something was connected: 7.1.7.3 */
#define RECOVER_NS 10000000u /* after a reset: 7.1.7.5 */

enum { TRIES = 3 };

static int port_get(struct usb_host *host, struct usb_device *hub, unsigned int port, struct usb_port *p)
{
	return hub ? hub_port_get(hub, port, p) : host->ops->port_get(host->hc, port, p);
}

static int port_reset(struct usb_host *host, struct usb_device *hub, unsigned int port)
{
	return hub ? hub_port_reset(hub, port) : host->ops->port_reset(host->hc, port);
}

static struct usb_device *device_at(const struct usb_host *host, const struct usb_device *hub, unsigned int port)
{
	struct usb_device *dev = host->devices;

	while (dev && (dev->hub != hub || dev->port != port))
		dev = dev->next;
	return dev;
}

/* Return: 0, also if nothing is there any more; else it may be tried again. */
static int attach(struct usb_host *host, struct usb_device *hub, unsigned int port)
{
	struct usb_port p;
	int err;

	tenon_sleep_until(tenon_clock_ns() + SETTLE_NS);
	if (port_get(host, hub, port, &p) || !p.connected)
		return 0;
	err = port_reset(host, hub, port);
	if (err)
		return err;
	tenon_sleep_until(tenon_clock_ns() + RECOVER_NS);
	if (port_get(host, hub, port, &p) || !p.connected)
		return 0;
	if (!p.enabled || !p.speed)
		return -TENON_EIO;
	return device_new(host, hub, port, p.speed);
}

static void attach_repeatedly(struct usb_host *host, struct usb_device *hub, unsigned int port)
{
	int err = -TENON_EIO;

	if (hub && hub->depth + 1 > USB_DEPTH_MAX) {
		pr_err("usb %s.%u: too many hubs one behind the other\n", hub->name, port);
		return;
	}
	for (int i = 0; i < TRIES && err && err != -TENON_EPROTO; i++) {
		if (__atomic_load_n(&host->leaving, __ATOMIC_ACQUIRE))
			return;
		err = attach(host, hub, port);
	}
	if (err)
		pr_err("usb %s port %u: the device cannot be used: error %d\n", hub ? hub->name : "controller", port,
		       -err);
}

static void look(struct usb_host *host, struct usb_device *hub, unsigned int port, bool first)
{
	struct usb_device *dev = device_at(host, hub, port);
	struct usb_port p;

	if (port_get(host, hub, port, &p))
		return;
	if (dev && (p.changed || !p.connected)) {
		device_drop(dev);
		dev = NULL;
	}
	if (!dev && p.connected && (p.changed || first))
		attach_repeatedly(host, hub, port);
}

void ports_look(struct usb_host *host, struct usb_device *hub, bool first)
{
	unsigned int cnt = hub ? hub->as_hub->port_cnt : host->port_cnt;

	for (unsigned int port = 1; port <= cnt && !__atomic_load_n(&host->leaving, __ATOMIC_ACQUIRE); port++)
		look(host, hub, port, first);
}
