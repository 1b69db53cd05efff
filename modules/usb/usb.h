/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What usbcore offers to drivers of USB devices, and to those of host controllers (USB 2.0 and 3.2; sections are those of
 * 2.0). All of these modules are in one domain, since they import from each other.
 *
 * A device is a usb_device from when it has an address until its port has lost it. Each interface that it has is a device
 * of the bus "usb", which a driver may serve. Nothing that a device says is believed: descriptor.c.
 */
#ifndef MODULES_USB_USB_H
#define MODULES_USB_USB_H

#include "tenon/module.h"

#include "descriptor.h"

struct usb_device;
struct usb_host;

/* As xHCI numbers them (7.2.2.1.1). */
enum usb_speed { USB_FULL = 1, USB_LOW = 2, USB_HIGH = 3, USB_SUPER = 4 };

/* ---- transfers --------------------------------------------------------------------------------------------------- */

enum {
	USB_IN = 0x80, /* in the address of an endpoint, and of bmRequestType: to the host */
	/* of bmRequestType, 9.3.1 */
	USB_CLASS = 0x20,
	USB_TO_INTERFACE = 1,
	USB_TO_ENDPOINT = 2,
	USB_TO_OTHER = 3,
	/* bRequest, 9.4 */
	USB_GET_STATUS = 0,
	USB_CLEAR_FEATURE = 1,
	USB_SET_FEATURE = 3,
	USB_GET_DESCRIPTOR = 6,
	USB_SET_CONFIGURATION = 9,
};

/* A piece of memory that the controller reaches; pieces do not cross pages. */
struct usb_segment {
	uint64_t bus;
	uint32_t bytes;
};

struct usb_setup { /* 9.3 */
	uint8_t type, request;
	uint16_t value, index, length;
};

/*
 * One transfer of one endpoint. Who submits it leaves it alone until it has been completed, which happens exactly once,
 * whatever becomes of the device.
 */
struct usb_transfer {
	struct usb_device *device;
	uint8_t endpoint; /* its address with USB_IN; 0: the control endpoint */
	uint8_t segment_cnt;
	struct usb_setup setup; /* of control transfers */
	const struct usb_segment *segment;
	/*
	 * Called in the controller's thread or in one that cancels, and does not wait. @status and @done_bytes are set.
	 */
	void (*complete)(struct usb_transfer *t);
	void *context;
	/*
	 * 0; -TENON_EPIPE: the endpoint has stalled; -TENON_ENODEV: the device has gone; -TENON_EINTR: it was cancelled; -TENON_EIO: the bus
	 * or the controller failed.
	 */
	int status;
	uint32_t done_bytes;
};

/* ---- for drivers of devices -------------------------------------------------------------------------------------- */

/* The part of a device's page that each interface's driver has for what it exchanges with the device. */
#define USB_PART_BYTES 768u

struct usb_interface {
	struct usb_device *device;
	const struct usb_interface_info *info;
	uint8_t *part; /* USB_PART_BYTES of memory that the controller reaches */
	uint64_t part_bus;
	tenon_handle handle; /* on the bus "usb" */
};

/* The interface that a driver's probe was given the identity of; it is valid until remove has returned. */
struct usb_interface *usb_interface_of(uint32_t identity);
/* Its first endpoint of this kind, in this direction: 0 or USB_IN. NULL: it has none. */
const struct usb_endpoint_info *usb_endpoint_of(const struct usb_interface *i, uint8_t type, uint8_t direction);
/*
 * usb_run - have a transfer done, and wait for it
 * @event: the caller's own, not set
 * @deadline_ns: then it is cancelled
 *
 * Not in a thread that may be asked to end. Return: its status; -TENON_ETIMEDOUT.
 */
int usb_run(struct usb_transfer *t, tenon_handle event, uint64_t deadline_ns);
/* Begin with a transfer. Return: 0: it will be completed; -TENON_EBUSY: the endpoint has one; else as its status. */
int usb_submit(struct usb_transfer *t);
/* Whatever the endpoint has under way has been completed when this returns. */
void usb_cancel(struct usb_device *dev, uint8_t endpoint);
/*
 * usb_control - a control transfer; its data is in @data, at most USB_CONTROL_BYTES
 * Return: how many bytes were exchanged, or as usb_run().
 */
#define USB_CONTROL_BYTES 1024u
int usb_control(struct usb_device *dev, const struct usb_setup *setup, void *data);
/* End the halt of an endpoint (9.4.5). Return: 0, or as usb_control(). */
int usb_clear_halt(struct usb_device *dev, uint8_t endpoint);
/* The same device by a name for the log: "1-2.1". */
const char *usb_name(const struct usb_device *dev);

/* ---- for drivers of host controllers ----------------------------------------------------------------------------- */

struct usb_device {
	struct usb_host *host;
	struct usb_device *hub; /* that it is behind; NULL: at a port of the controller */
	struct usb_device *next;
	uint8_t port, root_port, depth; /* depth 0: at the controller */
	uint32_t route; /* the ports of hubs on the way, four bits each, the nearest to the controller lowest */
	enum usb_speed speed;
	bool gone;
	char name[24];
	tenon_handle control_mutex, control_event;
	struct usb_device_info info;
	struct usb_config config;
	struct usb_interface interface[USB_INTERFACES];
	struct usb_hub *as_hub; /* NULL: it is none */
	/* The controller's driver sets these. */
	void *slot;
	uint8_t *page; /* what is exchanged by control transfers, then a part of each interface */
	uint64_t page_bus;
};

struct usb_port {
	bool connected, enabled, changed; /* changed: what is connected, since this was last asked */
	enum usb_speed speed;             /* if it is enabled */
};

/* What a controller does; calls for one device come one after the other, but submit and cancel. @hc: of usb_host. */
struct usb_host_ops {
	/* Ports are counted from 1. Asking forgets that it has changed. */
	int (*port_get)(void *hc, unsigned int port, struct usb_port *p);
	/* Reset what is there, which enables the port. Waits. Return: 0; -TENON_EIO: it is not enabled. */
	int (*port_reset)(void *hc, unsigned int port);
	/* Give a device an address; port, speed and hub are set. Return: 0, then close() is due. */
	int (*open)(void *hc, struct usb_device *dev);
	/* The packets of its control endpoint are this large. */
	int (*set_packet_bytes)(struct usb_device *dev, unsigned int bytes);
	/* All endpoints of its configuration, and that it is a hub with @port_cnt ports, 0: it is none. */
	int (*configure)(struct usb_device *dev, unsigned int port_cnt);
	int (*submit)(struct usb_transfer *t);
	void (*cancel)(struct usb_device *dev, uint8_t endpoint);
	/* It is gone: all that was under way has been completed when this returns, and nothing else is begun. */
	void (*stop)(struct usb_device *dev);
	/* Stopped before. Its memory is given back. */
	void (*close)(struct usb_device *dev);
};

/*
 * usb_host_register - a controller works
 * @device: the controller as a device
 * Return: 0 and the host; -TENON_ENOMEM.
 */
int usb_host_register(const struct usb_host_ops *ops, void *hc, tenon_handle device, unsigned int port_cnt,
		      struct usb_host **out);
/* Ports may have changed. Any context. */
void usb_host_changed(struct usb_host *host);
/* No op is called any more when this returns, for which drivers leave all devices. The controller may have gone already. */
void usb_host_unregister(struct usb_host *host);

#endif
