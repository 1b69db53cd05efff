// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The tables of drivers as aliases: the same text that modpost writes into a module's file from the same tables (Linux,
 * scripts/mod/file2alias.c, which was only read for the format). ANY is what the table says of a field that may be anything.
 */
#include <linux/acpi.h>
#include <linux/auxiliary_bus.h>
#include <linux/hid.h>
#include <linux/i2c.h>
#include <linux/mdio.h>
#include <linux/mmc/sdio_func.h>
#include <linux/of.h>
#include <linux/pci.h>
#include <linux/phy.h>
#include <linux/platform_device.h>
#include <linux/pnp.h>
#include <linux/serio.h>
#include <linux/spi/spi.h>
#include <linux/usb.h>
#include <linux/virtio.h>

#include "watch.h"

/* Whatever follows: a * if there is none at the end yet. */
static void report_end(void)
{
	report(report_last() == '*' ? "\n" : "*\n");
}

/* One field: its letters, and the value in so many digits, or * if it may be anything. */
static void field(const char *letters, bool any, int digits, unsigned int value)
{
	if (any)
		report("%s*", letters);
	else
		report("%s%0*X", letters, digits, value);
}

/* A part of a PCI class: any, if the mask has no bit of it. */
static void pci_class(const char *letters, const struct pci_device_id *id, int shift)
{
	field(letters, !(id->class_mask >> shift & 0xff), 2, id->class >> shift & 0xff);
}

static void pci_ids(struct device_driver *drv)
{
	const struct pci_device_id *id = to_pci_driver(drv)->id_table;

	for (; id && (id->vendor || id->subvendor || id->class_mask); id++) {
		report("id %s", id->override_only == PCI_ID_F_VFIO_DRIVER_OVERRIDE ? "vfio_pci:" : "pci:");
		field("v", id->vendor == (u32)PCI_ANY_ID, 8, id->vendor);
		field("d", id->device == (u32)PCI_ANY_ID, 8, id->device);
		field("sv", id->subvendor == (u32)PCI_ANY_ID, 8, id->subvendor);
		field("sd", id->subdevice == (u32)PCI_ANY_ID, 8, id->subdevice);
		pci_class("bc", id, 16);
		pci_class("sc", id, 8);
		pci_class("i", id, 0);
		report_end();
	}
}

/* Of a range of versions of a device, modpost makes several aliases: here one, with ? in its place. */
static void usb_ids(struct device_driver *drv)
{
	const struct usb_driver *usb = to_usb_driver(drv);
	const struct usb_device_id *id = usb->id_table;

	/* Drivers of whole devices, whose structure is another one. */
	if (!strcmp(drv->name, "usb") || !strcmp(drv->name, "usbip-host") || !strcmp(drv->name, "apple-mfi-fastcharge"))
		return;
	for (; id && (id->match_flags || id->driver_info); id++) {
		const unsigned int m = id->match_flags;

		/* A place for an id that is set later: it would be an alias of all devices, and modpost writes none. */
		if (!id->idVendor && !id->idProduct && !id->bDeviceClass && !id->bInterfaceClass)
			continue;
		report("id usb:");
		field("v", !(m & USB_DEVICE_ID_MATCH_VENDOR), 4, id->idVendor);
		field("p", !(m & USB_DEVICE_ID_MATCH_PRODUCT), 4, id->idProduct);
		report("d%s", m & (USB_DEVICE_ID_MATCH_DEV_LO | USB_DEVICE_ID_MATCH_DEV_HI) ? "?" : "*");
		field("dc", !(m & USB_DEVICE_ID_MATCH_DEV_CLASS), 2, id->bDeviceClass);
		field("dsc", !(m & USB_DEVICE_ID_MATCH_DEV_SUBCLASS), 2, id->bDeviceSubClass);
		field("dp", !(m & USB_DEVICE_ID_MATCH_DEV_PROTOCOL), 2, id->bDeviceProtocol);
		field("ic", !(m & USB_DEVICE_ID_MATCH_INT_CLASS), 2, id->bInterfaceClass);
		field("isc", !(m & USB_DEVICE_ID_MATCH_INT_SUBCLASS), 2, id->bInterfaceSubClass);
		field("ip", !(m & USB_DEVICE_ID_MATCH_INT_PROTOCOL), 2, id->bInterfaceProtocol);
		field("in", !(m & USB_DEVICE_ID_MATCH_INT_NUMBER), 2, id->bInterfaceNumber);
		report_end();
	}
}

static void hid_ids(struct device_driver *drv)
{
	const struct hid_device_id *id = to_hid_driver(drv)->id_table;

	for (; id && id->bus; id++) {
		report("id hid:");
		field("b", id->bus == HID_BUS_ANY, 4, id->bus);
		field("g", id->group == HID_GROUP_ANY, 4, id->group);
		field("v", id->vendor == (u32)HID_ANY_ID, 8, id->vendor);
		field("p", id->product == (u32)HID_ANY_ID, 8, id->product);
		report("\n");
	}
}

static void serio_ids(struct device_driver *drv)
{
	const struct serio_device_id *id = to_serio_driver(drv)->id_table;

	for (; id && (id->type || id->proto); id++) {
		report("id serio:");
		field("ty", id->type == SERIO_ANY, 2, id->type);
		field("pr", id->proto == SERIO_ANY, 2, id->proto);
		field("id", id->id == SERIO_ANY, 2, id->id);
		field("ex", id->extra == SERIO_ANY, 2, id->extra);
		report_end();
	}
}

static void virtio_ids(struct device_driver *drv)
{
	const struct virtio_device_id *id = container_of(drv, struct virtio_driver, driver)->id_table;

	for (; id && id->device; id++) {
		report("id virtio:");
		field("d", id->device == VIRTIO_DEV_ANY_ID, 8, id->device);
		field("v", id->vendor == VIRTIO_DEV_ANY_ID, 8, id->vendor);
		report_end();
	}
}

static void sdio_ids(struct device_driver *drv)
{
	const struct sdio_device_id *id = container_of(drv, struct sdio_driver, drv)->id_table;

	for (; id && (id->class || id->vendor || id->device); id++) {
		report("id sdio:");
		field("c", id->class == (u8)SDIO_ANY_ID, 2, id->class);
		field("v", id->vendor == (u16)SDIO_ANY_ID, 4, id->vendor);
		field("d", id->device == (u16)SDIO_ANY_ID, 4, id->device);
		report_end();
	}
}

static void pnp_ids(struct device_driver *drv)
{
	const struct pnp_device_id *id = to_pnp_driver(drv)->id_table;

	for (; id && id->id[0]; id++)
		report("id pnp:d%s*\n", id->id);
}

/* All bits of the two registers, those that the mask leaves open as ?. */
static void mdio_ids(struct device_driver *drv)
{
	const struct phy_driver *phy = to_phy_driver(drv);

	if (!(phy->mdiodrv.flags & MDIO_DEVICE_IS_PHY))
		return;
	report("id mdio:");
	for (int bit = 31; bit >= 0; bit--)
		report("%c", !(phy->phy_id_mask >> bit & 1) ? '?' : phy->phy_id >> bit & 1 ? '1' : '0');
	report("\n");
}

static void i2c_ids(struct device_driver *drv)
{
	const struct i2c_device_id *id = to_i2c_driver(drv)->id_table;

	for (; id && id->name[0]; id++)
		report("id i2c:%s\n", id->name);
}

static void spi_ids(struct device_driver *drv)
{
	const struct spi_device_id *id = to_spi_driver(drv)->id_table;

	for (; id && id->name[0]; id++)
		report("id spi:%s\n", id->name);
}

static void platform_ids(struct device_driver *drv)
{
	const struct platform_device_id *id = to_platform_driver(drv)->id_table;

	for (; id && id->name[0]; id++)
		report("id platform:%s\n", id->name);
}

static void auxiliary_ids(struct device_driver *drv)
{
	const struct auxiliary_device_id *id = to_auxiliary_drv(drv)->id_table;

	for (; id && id->name[0]; id++)
		report("id auxiliary:%s\n", id->name);
}

static void of_ids(const struct of_device_id *id)
{
	for (; id && (id->name[0] || id->type[0] || id->compatible[0]); id++) {
		report("id of:N%sT%s", id->name[0] ? id->name : "*", id->type[0] ? id->type : "*");
		if (id->compatible[0])
			report("%sC%s", id->type[0] ? "*" : "", id->compatible);
		report("\n");
	}
}

static void acpi_ids(const struct acpi_device_id *id)
{
	for (; id && (id->id[0] || id->cls); id++)
		if (id->id[0])
			report("id acpi*:%s:*\n", id->id);
		else
			report("id acpi*:%02x%02x%02x:*\n", id->cls >> 16 & 0xff, id->cls >> 8 & 0xff, id->cls & 0xff);
}

static const struct {
	const char *bus;
	void (*ids)(struct device_driver *drv);
} buses[] = {
	{ "pci", pci_ids },       { "usb", usb_ids },   { "hid", hid_ids },           { "serio", serio_ids },
	{ "virtio", virtio_ids }, { "sdio", sdio_ids }, { "pnp", pnp_ids },           { "mdio_bus", mdio_ids },
	{ "i2c", i2c_ids },       { "spi", spi_ids },   { "platform", platform_ids }, { "auxiliary", auxiliary_ids },
};

void report_ids(struct device_driver *drv)
{
	for (size_t i = 0; i < ARRAY_SIZE(buses); i++)
		if (!strcmp(drv->bus->name, buses[i].bus))
			buses[i].ids(drv);
	of_ids(drv->of_match_table);
	acpi_ids(drv->acpi_match_table);
}
