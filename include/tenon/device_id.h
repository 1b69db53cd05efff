/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Device tables of native modules. An entry of zeros ends a table. With MODULE_DEVICE_TABLE(kind, table) modpost turns
 * each entry into an alias of the form that Linux uses, by which the right module is found when a device appears.
 * Fields have the same size and place on every CPU, so that one modpost reads them all.
 */
#ifndef TENON_DEVICE_ID_H
#define TENON_DEVICE_ID_H

#include <stdint.h>

#define PCI_ANY_ID 0xffffffffu

struct pci_device_id {
	uint32_t vendor, device;       /* or PCI_ANY_ID */
	uint32_t subvendor, subdevice; /* or PCI_ANY_ID */
	uint32_t class, class_mask;    /* 24 bits: class, subclass, interface; each of the mask's bytes is 0 or 0xff */
	uint64_t driver_data;          /* the driver's own */
};

#define PCI_DEVICE(v, d) .vendor = (v), .device = (d), .subvendor = PCI_ANY_ID, .subdevice = PCI_ANY_ID
#define PCI_DEVICE_CLASS(c, mask)                                                                                      \
	.vendor = PCI_ANY_ID, .device = PCI_ANY_ID, .subvendor = PCI_ANY_ID, .subdevice = PCI_ANY_ID, .class = (c),    \
	.class_mask = (mask)

/* Which fields of a usb_device_id count. */
enum {
	USB_MATCH_VENDOR = 0x0001,
	USB_MATCH_PRODUCT = 0x0002,
	USB_MATCH_DEV_CLASS = 0x0010,
	USB_MATCH_DEV_SUBCLASS = 0x0020,
	USB_MATCH_DEV_PROTOCOL = 0x0040,
	USB_MATCH_INT_CLASS = 0x0080,
	USB_MATCH_INT_SUBCLASS = 0x0100,
	USB_MATCH_INT_PROTOCOL = 0x0200,
};

struct usb_device_id {
	uint16_t match_flags; /* USB_MATCH_* */
	uint16_t vendor, product;
	uint8_t dev_class, dev_subclass, dev_protocol;
	uint8_t int_class, int_subclass, int_protocol;
	uint8_t pad[4];
	uint64_t driver_data; /* the driver's own */
};

#define USB_DEVICE(v, p) .match_flags = USB_MATCH_VENDOR | USB_MATCH_PRODUCT, .vendor = (v), .product = (p)
#define USB_INTERFACE_INFO(c, s, p)                                                                                    \
	.match_flags = USB_MATCH_INT_CLASS | USB_MATCH_INT_SUBCLASS | USB_MATCH_INT_PROTOCOL, .int_class = (c),        \
	.int_subclass = (s), .int_protocol = (p)

struct platform_device_id {
	char name[24];        /* with its NUL */
	uint64_t driver_data; /* the driver's own */
};

#define PLATFORM_DEVICE(text) .name = (text)

/* Of buses that are modules (kpi/bus.def): the devices whose alias this fits, in which '*' stands for any characters. */
struct bus_device_id {
	char alias[80];       /* "usb:v0627p*ic03*", with its NUL */
	uint64_t driver_data; /* the driver's own */
};

_Static_assert(sizeof(struct pci_device_id) == 32, "one layout on every CPU");
_Static_assert(sizeof(struct usb_device_id) == 24, "one layout on every CPU");
_Static_assert(sizeof(struct platform_device_id) == 32, "one layout on every CPU");
_Static_assert(sizeof(struct bus_device_id) == 88, "one layout on every CPU");

#endif
