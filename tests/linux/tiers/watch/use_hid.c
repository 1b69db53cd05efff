// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Drivers of HID devices, on one that they say they handle, whose report descriptor is that of a boot keyboard (Device Class
 * Definition for HID 1.11, appendix B.1) with an output report of eight bytes. A report with keys of the usage tables (HID
 * Usage Tables 1.12, page 7) must become these keys and no others, and all must be released by an empty one.
 */
#include <linux/hid.h>
#include <linux/input.h>

#include "watch.h"

static u8 descriptor[] = {
	0x05, 0x01, 0x09, 0x06, 0xa1, 0x01,                                     /* keyboard, collection */
	0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01,             /* modifiers */
	0x75, 0x01, 0x95, 0x08, 0x81, 0x02,                                     /* ... a bit each */
	0x95, 0x01, 0x75, 0x08, 0x81, 0x01,                                     /* a byte of nothing */
	0x06, 0x00, 0xff, 0x09, 0x01, 0x26, 0xff, 0x00, 0x95, 0x08, 0x91, 0x02, /* output, of the vendor's */
	0x05, 0x07, 0x19, 0x00, 0x29, 0xff, 0x15, 0x00, 0x26, 0xff, 0x00,       /* keys */
	0x95, 0x06, 0x75, 0x08, 0x81, 0x00, 0xc0,                               /* ... six at a time */
};

/* Left shift and right control are modifiers; the others are usages 0x04 a, 0x1e 1, 0x28 return, 0x3a F1, 0x52 up, 0x62 0. */
static u8 pressed[] = { 0x12, 0, 0x04, 0x1e, 0x28, 0x3a, 0x52, 0x62 };
static u8 released[sizeof(pressed)];
static const unsigned int keys[] = { KEY_LEFTSHIFT, KEY_RIGHTCTRL, KEY_A, KEY_1, KEY_ENTER, KEY_F1, KEY_UP, KEY_KP0 };

static int parse(struct hid_device *hid)
{
	return hid_parse_report(hid, descriptor, sizeof(descriptor));
}

static int ready(struct hid_device *hid)
{
	return 0;
}

static void done(struct hid_device *hid)
{
}

static int request(struct hid_device *hid, unsigned char number, u8 *data, size_t len, unsigned char type,
		   int direction)
{
	if (direction == HID_REQ_GET_REPORT)
		memset(data + 1, 0, len ? len - 1 : 0);
	return len;
}

static int output(struct hid_device *hid, u8 *data, size_t len)
{
	return len;
}

static struct hid_ll_driver transport = { .parse = parse,
					  .start = ready,
					  .stop = done,
					  .open = ready,
					  .close = done,
					  .raw_request = request,
					  .output_report = output };

static bool all(int value)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!events_have(EV_KEY, keys[i], value))
			return false;
	return true;
}

static void type_keys(struct module *mod, struct hid_device *hid)
{
	bool right;

	events_clear();
	hid_input_report(hid, HID_INPUT_REPORT, pressed, sizeof(pressed), 1);
	right = all(1) && events_presses() == ARRAY_SIZE(keys);
	hid_input_report(hid, HID_INPUT_REPORT, released, sizeof(released), 1);
	if (right && all(0))
		report("compared %s %zu keys of a keyboard's report\n", mod->name, ARRAY_SIZE(keys));
}

static void use_driver(struct module *mod, struct device_driver *drv)
{
	const struct hid_device_id *id = to_hid_driver(drv)->id_table;
	struct hid_device *hid = id && id->bus ? hid_allocate_device() : NULL;

	if (IS_ERR_OR_NULL(hid))
		return;
	hid->ll_driver = &transport;
	hid->bus = id->bus == HID_BUS_ANY ? BUS_USB : id->bus;
	hid->group = id->group == HID_GROUP_ANY ? HID_GROUP_GENERIC : id->group;
	hid->vendor = id->vendor == HID_ANY_ID ? 0x1234 : id->vendor;
	hid->product = id->product == HID_ANY_ID ? 1 : id->product;
	strscpy(hid->name, "watch", sizeof(hid->name));
	if (!hid_add_device(hid) && hid->dev.driver == drv)
		type_keys(mod, hid);
	hid_destroy_device(hid);
}

static void use(struct module *mod)
{
	if (events_start())
		return;
	each_driver(mod, use_driver);
	events_end();
}

WATCH_HELPER(use)
