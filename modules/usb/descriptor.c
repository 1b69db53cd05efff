// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "descriptor.h"

#include <stdbool.h>

#include "tenon/errno.h"

enum {
	LENGTH = 0, /* of every descriptor */
	TYPE = 1,
	TYPE_INTERFACE = 4,
	TYPE_ENDPOINT = 5,
	TYPE_COMPANION = 0x30, /* of an endpoint: USB 3.2, 9.6.7 */
	INTERFACE_BYTES = 9,
	ENDPOINT_BYTES = 7,
	COMPANION_BYTES = 6,
	HUB_BYTES = 7,
	PACKET_BYTES_MAX = 1024,
	BURST_MAX = 15,
};

static uint16_t word(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static int refuse(const char **why, const char *text)
{
	*why = text;
	return -TENON_EPROTO;
}

int usb_parse_device(const uint8_t *data, size_t len, struct usb_device_info *info, const char **why)
{
	uint8_t size;

	if (len < USB_DEVICE_DESCRIPTOR_BYTES || data[LENGTH] < USB_DEVICE_DESCRIPTOR_BYTES ||
	    data[TYPE] != USB_DESCRIPTOR_DEVICE)
		return refuse(why, "no device descriptor");
	size = data[7];
	*info = (struct usb_device_info){ .class = data[4],
					  .subclass = data[5],
					  .protocol = data[6],
					  .vendor = word(data + 8),
					  .product = word(data + 10),
					  .release = word(data + 12) };
	/* From USB 3 on it is an exponent, and always 9. */
	if (word(data + 2) >= 0x300 && size == 9)
		info->packet_bytes = 512;
	else if (size == 8 || size == 16 || size == 32 || size == 64)
		info->packet_bytes = size;
	else
		return refuse(why, "impossible size of control packets");
	return data[17] ? 0 : refuse(why, "no configuration");
}

int usb_config_bytes(const uint8_t data[USB_CONFIG_DESCRIPTOR_BYTES])
{
	int bytes = word(data + 2);

	if (data[LENGTH] < USB_CONFIG_DESCRIPTOR_BYTES || data[TYPE] != USB_DESCRIPTOR_CONFIG ||
	    bytes < (int)USB_CONFIG_DESCRIPTOR_BYTES)
		return -TENON_EPROTO;
	return bytes;
}

int usb_parse_hub(const uint8_t *data, size_t len, const char **why)
{
	if (len < HUB_BYTES || data[LENGTH] < HUB_BYTES ||
	    (data[TYPE] != USB_DESCRIPTOR_HUB && data[TYPE] != USB_DESCRIPTOR_HUB_SUPER))
		return refuse(why, "no hub descriptor");
	if (!data[2] || data[2] > USB_HUB_PORTS)
		return refuse(why, "a hub with no port, or more than 15");
	return data[2];
}

/* ---- a configuration: interfaces, and the endpoints of each -------------------------------------------------------- */

struct parser {
	struct usb_config *config;
	struct usb_interface_info *interface; /* that endpoints belong to; NULL: to one that is left out */
	struct usb_endpoint_info *endpoint;   /* that a companion belongs to */
	unsigned declared, found;             /* endpoints of the setting that is being read */
	unsigned interface_cnt;               /* all there are */
	uint32_t addresses;                   /* of endpoints: a bit for each, those to the host from bit 16 on */
	uint32_t numbers[8];                  /* of interfaces */
	bool first;                           /* the setting that is being read is its interface's first */
};

static int end_setting(const struct parser *p, const char **why)
{
	return p->found == p->declared ? 0 : refuse(why, "not as many endpoints as an interface says");
}

static int interface_begins(struct parser *p, const uint8_t *d, const char **why)
{
	int err = end_setting(p, why);
	uint32_t *seen, bit;

	if (err)
		return err;
	if (d[LENGTH] < INTERFACE_BYTES)
		return refuse(why, "an interface descriptor is too short");
	seen = &p->numbers[d[2] / 32];
	bit = 1u << d[2] % 32;
	p->first = !d[3];
	p->interface = NULL;
	p->endpoint = NULL;
	p->declared = d[4];
	p->found = 0;
	if (!p->first)
		return *seen & bit ? 0 : refuse(why, "another setting of an interface that is not there");
	if (*seen & bit)
		return refuse(why, "two interfaces of one number");
	*seen |= bit;
	p->interface_cnt++;
	if (p->config->interface_cnt == USB_INTERFACES)
		return 0;
	p->interface = &p->config->interface[p->config->interface_cnt++];
	*p->interface =
	    (struct usb_interface_info){ .number = d[2], .class = d[5], .subclass = d[6], .protocol = d[7] };
	return 0;
}

static int take_endpoint(struct parser *p, const uint8_t *d, const char **why)
{
	struct usb_endpoint_info e = {
		.address = d[2], .type = d[3] & 3, .packet_bytes = word(d + 4) & 0x7ff, .interval = d[6]
	};
	uint32_t bit = 1u << (e.address & 15) << (e.address & 0x80 ? 16 : 0);

	if (!(e.address & 15) || e.address & 0x70 || e.type == USB_CONTROL)
		return refuse(why, "an impossible endpoint");
	if (!e.packet_bytes || e.packet_bytes > PACKET_BYTES_MAX)
		return refuse(why, "impossible size of an endpoint's packets");
	if (e.type == USB_INTERRUPT && !e.interval)
		return refuse(why, "an interrupt endpoint without interval");
	if (p->addresses & bit)
		return refuse(why, "two endpoints of one address");
	p->addresses |= bit;
	if (!p->interface || e.type == USB_ISOCHRONOUS || p->interface->endpoint_cnt == USB_ENDPOINTS)
		return 0;
	p->endpoint = &p->interface->endpoint[p->interface->endpoint_cnt++];
	*p->endpoint = e;
	return 0;
}

static int endpoint_begins(struct parser *p, const uint8_t *d, const char **why)
{
	p->endpoint = NULL;
	if (d[LENGTH] < ENDPOINT_BYTES)
		return refuse(why, "an endpoint descriptor is too short");
	if (!p->interface_cnt)
		return refuse(why, "an endpoint without interface");
	if (++p->found > p->declared)
		return refuse(why, "more endpoints than an interface says");
	return p->first ? take_endpoint(p, d, why) : 0;
}

static int companion(struct parser *p, const uint8_t *d, const char **why)
{
	if (d[LENGTH] < COMPANION_BYTES || d[2] > BURST_MAX)
		return refuse(why, "an impossible companion of an endpoint");
	if (p->endpoint)
		p->endpoint->burst = d[2];
	return 0;
}

static int one(struct parser *p, const uint8_t *d, const char **why)
{
	switch (d[TYPE]) {
	case TYPE_INTERFACE:
		return interface_begins(p, d, why);
	case TYPE_ENDPOINT:
		return endpoint_begins(p, d, why);
	case TYPE_COMPANION:
		return companion(p, d, why);
	case USB_DESCRIPTOR_CONFIG:
		return refuse(why, "a configuration in a configuration");
	default:
		return 0; /* a class's own */
	}
}

int usb_parse_config(const uint8_t *data, size_t len, struct usb_config *config, const char **why)
{
	struct parser p = { .config = config };
	size_t at;
	int err = 0;

	*config = (struct usb_config){ 0 };
	if (len < USB_CONFIG_DESCRIPTOR_BYTES || usb_config_bytes(data) != (int)len)
		return refuse(why, "no configuration descriptor, or not all of it");
	config->value = data[5];
	if (!config->value)
		return refuse(why, "a configuration of number 0");
	for (at = data[LENGTH]; at < len && !err; at += data[at + LENGTH]) {
		if (len - at < 2 || data[at + LENGTH] < 2 || data[at + LENGTH] > len - at)
			return refuse(why, "a descriptor is longer than what there is of it");
		err = one(&p, data + at, why);
	}
	if (!err)
		err = end_setting(&p, why);
	if (!err && (!p.interface_cnt || p.interface_cnt != data[4]))
		err = refuse(why, "not as many interfaces as a configuration says");
	return err;
}
