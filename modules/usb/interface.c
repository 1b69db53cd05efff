// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The bus "usb", on which each interface is a device of its own. Its identity is its place in a table. */
#include "usbcore.h"

static tenon_handle bus;
static struct usb_interface *table[TENON_BUS_DEVICES + 1]; /* atomic; 0 is nobody's identity */

static int take_place(struct usb_interface *i, uint32_t *identity)
{
	for (*identity = 1; *identity <= TENON_BUS_DEVICES; ++*identity) {
		struct usb_interface *none = NULL;

		if (__atomic_compare_exchange_n(&table[*identity], &none, i, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return 0;
	}
	return -TENON_ENOSPC;
}

static void give_place(const struct usb_interface *i)
{
	for (uint32_t identity = 1; identity <= TENON_BUS_DEVICES; identity++)
		if (__atomic_load_n(&table[identity], __ATOMIC_ACQUIRE) == i)
			__atomic_store_n(&table[identity], NULL, __ATOMIC_RELEASE);
}

struct usb_interface *usb_interface_of(uint32_t identity)
{
	return identity <= TENON_BUS_DEVICES ? __atomic_load_n(&table[identity], __ATOMIC_ACQUIRE) : NULL;
}
EXPORT_SYMBOL(usb_interface_of);

const struct usb_endpoint_info *usb_endpoint_of(const struct usb_interface *i, uint8_t type, uint8_t direction)
{
	for (unsigned int k = 0; k < i->info->endpoint_cnt; k++)
		if (i->info->endpoint[k].type == type && (i->info->endpoint[k].address & USB_IN) == direction)
			return &i->info->endpoint[k];
	return NULL;
}
EXPORT_SYMBOL(usb_endpoint_of);

/* A driver has left it. */
static void stop(void *ctx, uint32_t identity)
{
	struct usb_interface *i = usb_interface_of(identity);

	(void)ctx;
	for (unsigned int k = 0; i && k < i->info->endpoint_cnt; k++)
		usb_cancel(i->device, i->info->endpoint[k].address);
}

static void describe(const struct usb_interface *i, struct tenon_bus_device *d, char lines[TENON_BUS_LINES_BYTES])
{
	const struct usb_device_info *v = &i->device->info;
	const struct usb_interface_info *f = i->info;

	tenon_snprintf((char *)d->name, sizeof(d->name), "%s:%u.%u", i->device->name, i->device->config.value,
		       f->number);
	tenon_snprintf((char *)d->alias, sizeof(d->alias),
		       "usb:v%04Xp%04Xd%04Xdc%02Xdsc%02Xdp%02Xic%02Xisc%02Xip%02Xin%02X", v->vendor, v->product,
		       v->release, v->class, v->subclass, v->protocol, f->class, f->subclass, f->protocol, f->number);
	tenon_snprintf(
	    lines, TENON_BUS_LINES_BYTES,
	    "idVendor=%04x\nidProduct=%04x\nbInterfaceClass=%02x\nbInterfaceSubClass=%02x\nbInterfaceProtocol=%02x\n",
	    v->vendor, v->product, f->class, f->subclass, f->protocol);
}

static int add(struct usb_interface *i)
{
	struct tenon_bus_device d = { .size = sizeof(d) };
	char lines[TENON_BUS_LINES_BYTES];
	int err = take_place(i, &d.identity);

	if (err)
		return err;
	describe(i, &d, lines);
	i->handle = tenon_device_add(THIS_MODULE, bus, i->device->host->device, &d, lines, strlen(lines));
	err = tenon_handle_error(i->handle);
	if (err) {
		i->handle = 0;
		give_place(i);
	}
	return err;
}

void interfaces_add(struct usb_device *dev)
{
	for (unsigned int k = 0; k < dev->config.interface_cnt; k++) {
		struct usb_interface *i = &dev->interface[k];
		int err;

		*i = (struct usb_interface){ .device = dev, .info = &dev->config.interface[k] };
		i->part = dev->page + USB_CONTROL_BYTES + k * USB_PART_BYTES;
		i->part_bus = dev->page_bus + USB_CONTROL_BYTES + k * USB_PART_BYTES;
		err = add(i);
		if (err)
			pr_err("usb %s: interface %u cannot be added: error %d\n", dev->name, i->info->number, -err);
	}
}

int interfaces_remove(struct usb_device *dev)
{
	int busy = 0;

	for (unsigned int k = 0; k < dev->config.interface_cnt; k++) {
		struct usb_interface *i = &dev->interface[k];
		int err = i->handle ? tenon_device_remove(i->handle) : 0;

		if (err)
			busy = err;
		else
			give_place(i);
	}
	return busy;
}

int __init interfaces_init(void)
{
	static const struct tenon_bus_ops ops = { .stop = stop };

	bus = tenon_bus_register(THIS_MODULE, "usb", &ops, NULL);
	return tenon_handle_error(bus);
}

void __exit interfaces_exit(void)
{
	tenon_bus_unregister(bus);
}
