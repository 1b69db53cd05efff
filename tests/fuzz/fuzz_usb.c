/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Any bytes as a configuration of a USB device: what is not refused is within what its drivers rely on. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "modules/usb/descriptor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void promise(int kept)
{
	if (!kept)
		abort();
}

static void check(const struct usb_config *c)
{
	uint32_t addresses = 0;

	promise(c->value && c->interface_cnt && c->interface_cnt <= USB_INTERFACES);
	for (unsigned i = 0; i < c->interface_cnt; i++) {
		promise(c->interface[i].endpoint_cnt <= USB_ENDPOINTS);
		for (unsigned k = 0; k < c->interface[i].endpoint_cnt; k++) {
			const struct usb_endpoint_info *e = &c->interface[i].endpoint[k];
			uint32_t bit = 1u << ((e->address & 15) + (e->address & 0x80 ? 16 : 0));

			promise(e->address & 15 && !(e->address & 0x70) && !(addresses & bit));
			promise(e->type == USB_BULK || (e->type == USB_INTERRUPT && e->interval));
			promise(e->packet_bytes && e->packet_bytes <= 1024 && e->burst <= 15);
			addresses |= bit;
		}
	}
}

/* The length in the first descriptor is made right: most inputs would be refused for it alone. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct usb_device_info info;
	struct usb_config config;
	const char *why;

	promise(copy != NULL);
	memcpy(copy, data, size);
	usb_parse_device(copy, size, &info, &why);
	usb_parse_hub(copy, size, &why);
	if (size >= USB_CONFIG_DESCRIPTOR_BYTES && size <= UINT16_MAX) {
		copy[0] = USB_CONFIG_DESCRIPTOR_BYTES;
		copy[1] = USB_DESCRIPTOR_CONFIG;
		copy[2] = (uint8_t)size;
		copy[3] = (uint8_t)(size >> 8);
	}
	if (!usb_parse_config(copy, size, &config, &why))
		check(&config);
	free(copy);
	return 0;
}
