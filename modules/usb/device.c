// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A device from its port's reset on until it has gone: it gets an address, says what it is, and is configured (9.1.2). */
#include "usbcore.h"

enum { FIRST_BYTES = 8 }; /* that the smallest control packet carries: up to the size of its packets */

static int get_descriptor(struct usb_device *dev, unsigned int type, void *data, size_t bytes)
{
	const struct usb_setup setup = {
		.type = USB_IN, .request = USB_GET_DESCRIPTOR, .value = (uint16_t)(type << 8), .length = (uint16_t)bytes
	};
	int got = usb_control(dev, &setup, data);

	return got < 0 ? got : (size_t)got < bytes ? -TENON_EPROTO : 0;
}

static int refuse(const struct usb_device *dev, const char *why)
{
	pr_err("usb %s: refused: %s\n", dev->name, why);
	return -TENON_EPROTO;
}

/* Its first bytes are read alone, since packets may be larger than is known yet. */
static int read_device(struct usb_device *dev)
{
	uint8_t data[USB_DEVICE_DESCRIPTOR_BYTES] = { 0 };
	const char *why = NULL;
	int err = get_descriptor(dev, USB_DESCRIPTOR_DEVICE, data, FIRST_BYTES);

	if (!err && dev->speed == USB_FULL && data[7] != FIRST_BYTES) {
		if (data[7] != 16 && data[7] != 32 && data[7] != 64)
			return refuse(dev, "impossible size of control packets");
		err = dev->host->ops->set_packet_bytes(dev, data[7]);
	}
	if (!err)
		err = get_descriptor(dev, USB_DESCRIPTOR_DEVICE, data, sizeof(data));
	if (!err && usb_parse_device(data, sizeof(data), &dev->info, &why))
		return refuse(dev, why);
	return err;
}

static int read_config(struct usb_device *dev)
{
	uint8_t data[USB_CONTROL_BYTES];
	const char *why = NULL;
	int err = get_descriptor(dev, USB_DESCRIPTOR_CONFIG, data, USB_CONFIG_DESCRIPTOR_BYTES), bytes;

	if (err)
		return err;
	bytes = usb_config_bytes(data);
	if (bytes < 0 || bytes > (int)sizeof(data))
		return refuse(dev,
			      bytes < 0 ? "no configuration descriptor" : "unsupported: its configuration is too long");
	err = get_descriptor(dev, USB_DESCRIPTOR_CONFIG, data, (size_t)bytes);
	if (!err && usb_parse_config(data, (size_t)bytes, &dev->config, &why))
		return refuse(dev, why);
	return err;
}

static int set_configuration(struct usb_device *dev)
{
	const struct usb_setup setup = { .request = USB_SET_CONFIGURATION, .value = dev->config.value };
	int err = usb_control(dev, &setup, NULL);

	return err < 0 ? err : 0;
}

static int set_up(struct usb_device *dev)
{
	int err = read_device(dev);

	if (!err)
		err = read_config(dev);
	if (err)
		return err;
	pr_info("usb %s: %04x:%04x, speed %d\n", dev->name, dev->info.vendor, dev->info.product, (int)dev->speed);
	if (dev->info.class == USB_CLASS_HUB)
		return hub_open(dev);
	err = dev->host->ops->configure(dev, 0);
	return err ? err : set_configuration(dev);
}

static void name(struct usb_device *dev)
{
	if (dev->hub)
		tenon_snprintf(dev->name, sizeof(dev->name), "%s.%u", dev->hub->name, dev->port);
	else
		tenon_snprintf(dev->name, sizeof(dev->name), "%u-%u", dev->host->number, dev->port);
}

static struct usb_device *make(struct usb_host *host, struct usb_device *hub, unsigned int port, enum usb_speed speed)
{
	struct usb_device *dev = tenon_alloc(THIS_MODULE, sizeof(*dev));

	if (!dev)
		return NULL;
	*dev = (struct usb_device){ .host = host, .hub = hub, .port = (uint8_t)port, .speed = speed };
	dev->root_port = hub ? hub->root_port : (uint8_t)port;
	dev->depth = hub ? hub->depth + 1 : 0;
	dev->route = hub ? hub->route | port << 4 * hub->depth : 0;
	dev->control_mutex = tenon_mutex_create(THIS_MODULE);
	dev->control_event = tenon_event_create(THIS_MODULE);
	name(dev);
	return dev;
}

static void unmake(struct usb_device *dev)
{
	if (!tenon_handle_error(dev->control_event))
		tenon_event_destroy(dev->control_event);
	if (!tenon_handle_error(dev->control_mutex))
		tenon_mutex_destroy(dev->control_mutex);
	tenon_free(dev);
}

static int open(struct usb_device *dev)
{
	int err = tenon_handle_error(dev->control_mutex);

	if (!err)
		err = tenon_handle_error(dev->control_event);
	if (!err)
		err = dev->host->ops->open(dev->host->hc, dev);
	if (err)
		return err;
	err = set_up(dev);
	if (err) {
		dev->host->ops->stop(dev);
		dev->host->ops->close(dev);
	}
	return err;
}

int device_new(struct usb_host *host, struct usb_device *hub, unsigned int port, enum usb_speed speed)
{
	struct usb_device *dev = make(host, hub, port, speed);
	int err;

	if (!dev)
		return -TENON_ENOMEM;
	err = open(dev);
	if (err) {
		unmake(dev);
		return err;
	}
	dev->next = host->devices;
	host->devices = dev;
	if (!dev->as_hub)
		interfaces_add(dev);
	return 0;
}

static struct usb_device *behind(const struct usb_device *hub)
{
	struct usb_device *dev = hub->host->devices;

	while (dev && dev->hub != hub)
		dev = dev->next;
	return dev;
}

/* No deeper than hubs are allowed to be. */
void device_drop(struct usb_device *dev)
{
	struct usb_device **at = &dev->host->devices, *child;

	while ((child = behind(dev)) != NULL)
		device_drop(child);
	__atomic_store_n(&dev->gone, true, __ATOMIC_RELEASE);
	dev->host->ops->stop(dev);
	for (; *at != dev; at = &(*at)->next)
		;
	*at = dev->next;
	if (dev->as_hub)
		hub_close(dev);
	else if (interfaces_remove(dev))
		return; /* its driver still has it */
	dev->host->ops->close(dev);
	pr_info("usb %s: gone\n", dev->name);
	unmake(dev);
}
