/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <string.h>

#include "modpost/alias.h"
#include "tenon/device_id.h"

/* "v00008086": a key and a number, or a star if the number does not count. */
static void add_field(struct text *out, const char *key, int digits, uint32_t value, bool counts)
{
	if (counts)
		text_add(out, "%s%0*X", key, digits, value);
	else
		text_add(out, "%s*", key);
}

static void write_pci(const uint8_t *entry, struct text *out)
{
	struct pci_device_id id;

	memcpy(&id, entry, sizeof(id));
	text_add(out, "pci:");
	add_field(out, "v", 8, id.vendor, id.vendor != PCI_ANY_ID);
	add_field(out, "d", 8, id.device, id.device != PCI_ANY_ID);
	add_field(out, "sv", 8, id.subvendor, id.subvendor != PCI_ANY_ID);
	add_field(out, "sd", 8, id.subdevice, id.subdevice != PCI_ANY_ID);
	add_field(out, "bc", 2, id.class >> 16 & 0xff, id.class_mask >> 16 & 0xff);
	add_field(out, "sc", 2, id.class >> 8 & 0xff, id.class_mask >> 8 & 0xff);
	add_field(out, "i", 2, id.class & 0xff, id.class_mask & 0xff);
}

static void write_usb(const uint8_t *entry, struct text *out)
{
	struct usb_device_id id;

	memcpy(&id, entry, sizeof(id));
	text_add(out, "usb:");
	add_field(out, "v", 4, id.vendor, id.match_flags & USB_MATCH_VENDOR);
	add_field(out, "p", 4, id.product, id.match_flags & USB_MATCH_PRODUCT);
	text_add(out, "d*");
	add_field(out, "dc", 2, id.dev_class, id.match_flags & USB_MATCH_DEV_CLASS);
	add_field(out, "dsc", 2, id.dev_subclass, id.match_flags & USB_MATCH_DEV_SUBCLASS);
	add_field(out, "dp", 2, id.dev_protocol, id.match_flags & USB_MATCH_DEV_PROTOCOL);
	add_field(out, "ic", 2, id.int_class, id.match_flags & USB_MATCH_INT_CLASS);
	add_field(out, "isc", 2, id.int_subclass, id.match_flags & USB_MATCH_INT_SUBCLASS);
	add_field(out, "ip", 2, id.int_protocol, id.match_flags & USB_MATCH_INT_PROTOCOL);
	text_add(out, "in*");
}

static void write_platform(const uint8_t *entry, struct text *out)
{
	text_add(out, "platform:%.*s", (int)sizeof(((struct platform_device_id *)NULL)->name), (const char *)entry);
}

/* The text itself, which modprobe and the kernel have to read alike: of what is a pattern for modprobe only '*'. */
static void write_bus(const uint8_t *entry, struct text *out)
{
	const char *alias = (const char *)entry;
	size_t max = sizeof(((struct bus_device_id *)NULL)->alias), len = strnlen(alias, max);

	if (len == max || strcspn(alias, "?[]\\\"# \t\n") < len || !memchr(alias, ':', len))
		die("device table: '%.*s' is not a bus, ':', and a pattern of at most %zu characters", (int)len, alias,
		    max - 1);
	text_add(out, "%s", alias);
}

static const struct {
	const char *name;
	size_t size; /* bytes of an entry */
	void (*write)(const uint8_t *entry, struct text *out);
} kinds[] = {
	{ "pci", sizeof(struct pci_device_id), write_pci },
	{ "usb", sizeof(struct usb_device_id), write_usb },
	{ "platform", sizeof(struct platform_device_id), write_platform },
	{ "bus", sizeof(struct bus_device_id), write_bus },
};

static bool all_zero(const uint8_t *p, size_t size)
{
	while (size && !*p) {
		p++;
		size--;
	}
	return !size;
}

void alias_write(const struct object *o, const struct device_table *t, struct text *out)
{
	size_t kind = 0, at = 0;

	while (kind < sizeof(kinds) / sizeof(kinds[0]) &&
	       (strlen(kinds[kind].name) != t->kind_len || memcmp(kinds[kind].name, t->kind, t->kind_len)))
		kind++;
	if (kind == sizeof(kinds) / sizeof(kinds[0]))
		die("%s: device table of unknown kind %.*s", o->path, (int)t->kind_len, t->kind);
	if (t->size % kinds[kind].size || !t->size || !all_zero(t->data + t->size - kinds[kind].size, kinds[kind].size))
		die("%s: %s device table must end with an entry of zeros", o->path, kinds[kind].name);
	for (at = 0; !all_zero(t->data + at, kinds[kind].size); at += kinds[kind].size) {
		text_add(out, "alias=");
		kinds[kind].write(t->data + at, out);
		text_add(out, "\n");
	}
}
