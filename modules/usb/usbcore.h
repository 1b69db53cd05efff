/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Between the files of usbcore. Each controller has a thread that finds devices and lets go of them; nobody else changes
 * its list of devices or talks to hubs, so neither has a lock.
 */
#ifndef MODULES_USB_USBCORE_H
#define MODULES_USB_USBCORE_H

#include "usb.h"

#define USB_DEPTH_MAX 5 /* hubs one behind the other: 4.1.1 */

struct usb_host {
	const struct usb_host_ops *ops;
	void *hc;
	tenon_handle device, thread, event;
	unsigned int number, port_cnt;
	bool leaving; /* atomic */
	struct usb_device *devices;
};

struct usb_hub {
	unsigned int port_cnt;
	struct usb_transfer change; /* of its interrupt endpoint */
	struct usb_segment segment;
	bool looked; /* its ports have been looked at */
	/* Atomic, and as wide as every CPU can exchange: */
	uint32_t changed; /* it has something to say */
	uint32_t asked;   /* change is under way */
};

/* ---- port.c: what comes to ports and leaves them ---- */

/* Look at each port of @hub, NULL: of the controller. @first: what is there may have been there all the time. */
void ports_look(struct usb_host *host, struct usb_device *hub, bool first);

/* ---- device.c ---- */

/*
 * device_new - a device is at a port, which has been reset
 * Return: 0; -TENON_ENODEV: it has gone again; -TENON_EPROTO: what it says cannot be; -TENON_ENOMEM; -TENON_EIO.
 */
int device_new(struct usb_host *host, struct usb_device *hub, unsigned int port, enum usb_speed speed);
/* It has gone, or is to; so are those behind it. */
void device_drop(struct usb_device *dev);

/* ---- interface.c: the bus "usb" ---- */

int interfaces_init(void);
void interfaces_exit(void);
/* Show each interface of a device, which gives them to their drivers. Those that cannot be shown are in the log. */
void interfaces_add(struct usb_device *dev);
/* Return: 0; -TENON_EBUSY: a driver does not come back, and keeps the device for ever. */
int interfaces_remove(struct usb_device *dev);

/* ---- hub.c ---- */

/* Make a device a hub, whose ports have power then. Return: 0, or why not. */
int hub_open(struct usb_device *dev);
void hub_close(struct usb_device *dev);
int hub_port_get(struct usb_device *hub, unsigned int port, struct usb_port *p);
int hub_port_reset(struct usb_device *hub, unsigned int port);
/* Look at the ports of each hub that has something to say, and let it say more. */
void hubs_look(struct usb_host *host);

#endif
