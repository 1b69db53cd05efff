/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What a USB device says of itself (USB 2.0, 9.6), which may be anything. What contradicts itself or the standard is
 * refused as a whole; what is more than we have use for is left out. Pure: also tested on the host.
 */
#ifndef MODULES_USB_DESCRIPTOR_H
#define MODULES_USB_DESCRIPTOR_H

#include <stddef.h>
#include <stdint.h>

#define USB_INTERFACES 4
#define USB_ENDPOINTS 4 /* of an interface */
#define USB_DEVICE_DESCRIPTOR_BYTES 18u
#define USB_CONFIG_DESCRIPTOR_BYTES 9u
#define USB_HUB_PORTS 15 /* what a route can express */

enum {
	USB_DESCRIPTOR_DEVICE = 1,
	USB_DESCRIPTOR_CONFIG = 2,
	USB_DESCRIPTOR_HUB = 0x29,
	USB_DESCRIPTOR_HUB_SUPER = 0x2a
};
enum { USB_CONTROL = 0, USB_ISOCHRONOUS = 1, USB_BULK = 2, USB_INTERRUPT = 3 };
enum { USB_CLASS_HUB = 9 };

struct usb_device_info {
	uint16_t vendor, product, release;
	uint8_t class, subclass, protocol;
	uint16_t packet_bytes; /* of the control endpoint */
};

struct usb_endpoint_info {
	uint8_t address; /* with USB_IN */
	uint8_t type, interval, burst;
	uint16_t packet_bytes;
};

struct usb_interface_info {
	uint8_t number, class, subclass, protocol;
	uint8_t endpoint_cnt;
	struct usb_endpoint_info endpoint[USB_ENDPOINTS]; /* none is isochronous */
};

struct usb_config {
	uint8_t value;
	uint8_t interface_cnt;
	struct usb_interface_info interface[USB_INTERFACES]; /* each in its first setting */
};

/*
 * usb_parse_device, usb_parse_config - what descriptors say
 * @len: bytes of @data, which was read from the device
 * @why: set on errors, to what is wrong
 *
 * Return: 0; -TENON_EPROTO.
 */
int usb_parse_device(const uint8_t *data, size_t len, struct usb_device_info *info, const char **why);
int usb_parse_config(const uint8_t *data, size_t len, struct usb_config *config, const char **why);
/* How many bytes the whole of a configuration has, of which the first are here. Return: that; -TENON_EPROTO. */
int usb_config_bytes(const uint8_t data[USB_CONFIG_DESCRIPTOR_BYTES]);
/* How many ports a hub has (11.23.2.1). Return: that; -TENON_EPROTO. */
int usb_parse_hub(const uint8_t *data, size_t len, const char **why);

#endif
