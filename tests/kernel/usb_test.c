// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * What USB devices say of themselves: those of a stick and of a keyboard that there are, and what cannot be. Each is read from
 * memory of just its size, so that a read beyond it is seen.
 */
#include <stdlib.h>
#include <string.h>

#include "modules/usb/descriptor.h"
#include "tenon/errno.h"

#include "tests/tap.h"

/* As `lsusb -v` shows it of a stick at a port of USB 3. */
static const uint8_t stick[] = {
	9, 2, 44,   0, 1, 1, 0, 0xc0, 0,                 /* configuration 1 of 44 bytes, one interface */
	9, 4, 0,    0, 2, 8, 6, 0x50, 0,                 /* interface 0: two endpoints, bulk-only SCSI */
	7, 5, 0x81, 2, 0, 4, 0, 6,    0x30, 15, 0, 0, 0, /* to the host, with its companion */
	7, 5, 0x02, 2, 0, 4, 0, 6,    0x30, 15, 0, 0, 0,
};

/* A keyboard: between its interface and its endpoint is a descriptor of its class; the interface has another setting. */
static const uint8_t keyboard[] = {
	9,  2, 50, 0, 1,    1, 0, 0xa0, 50, 9, 4, 0, 0, 1, 3, 1, 1, 0, 9, 0x21, 0x11, 1, 0, 1, 0x22,
	63, 0, 7,  5, 0x81, 3, 8, 0,    10, 9, 4, 0, 1, 1, 3, 1, 1, 0, 7, 5,    0x81, 3, 8, 0, 4,
};

static const uint8_t device[] = { 18, 1, 0, 3, 0, 0, 0, 9, 0xf4, 0x46, 1, 0, 0x12, 0x34, 1, 2, 3, 1 };

static const char *why;

static int parse(const uint8_t *data, size_t len, struct usb_config *c)
{
	uint8_t *copy = malloc(len ? len : 1);
	int err;

	memcpy(copy, data, len);
	why = "";
	err = usb_parse_config(copy, len, c, &why);
	free(copy);
	return err;
}

static void test_real(void)
{
	struct usb_device_info info;
	struct usb_config c;
	const struct usb_interface_info *i = c.interface;

	ok(!usb_parse_device(device, sizeof(device), &info, &why) && info.vendor == 0x46f4 && info.product == 1 &&
	       info.release == 0x3412 && info.packet_bytes == 512,
	   "a device of USB 3");
	ok(!parse(stick, sizeof(stick), &c) && c.value == 1 && c.interface_cnt == 1, "a stick");
	ok(i->class == 8 && i->subclass == 6 && i->protocol == 0x50 && i->endpoint_cnt == 2, "... its interface");
	ok(i->endpoint[0].address == 0x81 && i->endpoint[1].address == 2 && i->endpoint[1].type == USB_BULK &&
	       i->endpoint[1].packet_bytes == 1024 && i->endpoint[1].burst == 15,
	   "... and its endpoints");
	ok(!parse(keyboard, sizeof(keyboard), &c) && c.interface_cnt == 1 && i->endpoint_cnt == 1 &&
	       i->endpoint[0].type == USB_INTERRUPT && i->endpoint[0].interval == 10,
	   "a keyboard, in its first setting");
}

/* One byte of the stick's is another. */
static void refuses(size_t at, uint8_t byte, const char *expected)
{
	uint8_t lie[sizeof(stick)];
	struct usb_config c;

	memcpy(lie, stick, sizeof(lie));
	lie[at] = byte;
	ok(parse(lie, sizeof(lie), &c) == -TENON_EPROTO && !strcmp(why, expected), "refused: %s", expected);
	if (strcmp(why, expected))
		diag("it said: %s", why);
}

static void test_lies(void)
{
	uint8_t lie[sizeof(device)];
	struct usb_device_info info;

	refuses(0, 8, "no configuration descriptor, or not all of it");
	refuses(2, 45, "no configuration descriptor, or not all of it");
	refuses(5, 0, "a configuration of number 0");
	refuses(4, 2, "not as many interfaces as a configuration says");
	refuses(9, 0, "a descriptor is longer than what there is of it");
	refuses(38, 7, "a descriptor is longer than what there is of it");
	refuses(9, 8, "an interface descriptor is too short");
	refuses(12, 1, "another setting of an interface that is not there");
	refuses(13, 1, "more endpoints than an interface says");
	refuses(13, 3, "not as many endpoints as an interface says");
	refuses(10, 0xff, "an endpoint without interface");
	refuses(18, 5, "an endpoint descriptor is too short");
	refuses(20, 0x80, "an impossible endpoint");
	refuses(20, 0x91, "an impossible endpoint");
	refuses(21, 0, "an impossible endpoint");
	refuses(21, 3, "an interrupt endpoint without interval");
	refuses(33, 0x81, "two endpoints of one address");
	refuses(23, 0, "impossible size of an endpoint's packets");
	refuses(23, 5, "impossible size of an endpoint's packets");
	refuses(27, 16, "an impossible companion of an endpoint");
	memcpy(lie, device, sizeof(lie));
	lie[7] = 7;
	ok(usb_parse_device(lie, sizeof(lie), &info, &why) == -TENON_EPROTO, "a device with impossible packets");
	memcpy(lie, device, sizeof(lie));
	lie[17] = 0;
	ok(usb_parse_device(lie, sizeof(lie), &info, &why) == -TENON_EPROTO, "a device with no configuration");
	ok(usb_parse_device(device, sizeof(device) - 1, &info, &why) == -TENON_EPROTO, "less than a device");
}

static bool sound(const struct usb_config *c)
{
	bool good = c->interface_cnt && c->interface_cnt <= USB_INTERFACES;

	for (unsigned i = 0; good && i < c->interface_cnt; i++) {
		good = c->interface[i].endpoint_cnt <= USB_ENDPOINTS;
		for (unsigned k = 0; good && k < c->interface[i].endpoint_cnt; k++)
			good = c->interface[i].endpoint[k].packet_bytes && c->interface[i].endpoint[k].address & 15;
	}
	return good;
}

/* Every byte with every value, and every length: what is not refused is sound. */
static void test_damage(const char *name, const uint8_t *data, size_t len)
{
	uint8_t copy[64];
	struct usb_config c;
	bool good = true;

	for (size_t at = 0; at < len; at++)
		for (unsigned byte = 0; byte < 256; byte++) {
			memcpy(copy, data, len);
			copy[at] = (uint8_t)byte;
			good &= parse(copy, len, &c) ? *why != '\0' : sound(&c);
		}
	for (size_t cut = 0; cut < len; cut++) {
		memcpy(copy, data, len);
		copy[2] = (uint8_t)cut;
		good &= parse(copy, cut, &c) ? *why != '\0' : sound(&c);
	}
	ok(good, "%s with any byte damaged, or cut anywhere", name);
}

static void test_hub(void)
{
	const uint8_t hub[] = { 9, 0x29, 8, 0, 0, 50, 0 };
	const uint8_t many[] = { 9, 0x29, 16, 0, 0, 50, 0 };

	ok(usb_parse_hub(hub, sizeof(hub), &why) == 8, "a hub with 8 ports");
	ok(usb_parse_hub(many, sizeof(many), &why) == -TENON_EPROTO, "... with 16 is refused");
	ok(usb_parse_hub(hub, sizeof(hub) - 1, &why) == -TENON_EPROTO, "... and less than one");
}

int main(void)
{
	test_real();
	test_lies();
	test_damage("a stick", stick, sizeof(stick));
	test_damage("a keyboard", keyboard, sizeof(keyboard));
	test_hub();
	return tap_done();
}
