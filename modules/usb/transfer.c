// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Transfers as those have them who wait for their end. */
#include "usbcore.h"

#define CONTROL_NS 5000000000u /* 9.2.6.4 */

static void done(struct usb_transfer *t)
{
	tenon_event_set((tenon_handle)(uintptr_t)t->context);
}

int usb_submit(struct usb_transfer *t)
{
	if (__atomic_load_n(&t->device->gone, __ATOMIC_ACQUIRE))
		return -TENON_ENODEV;
	return t->device->host->ops->submit(t);
}
EXPORT_SYMBOL(usb_submit);

void usb_cancel(struct usb_device *dev, uint8_t endpoint)
{
	dev->host->ops->cancel(dev, endpoint);
}
EXPORT_SYMBOL(usb_cancel);

int usb_run(struct usb_transfer *t, tenon_handle event, uint64_t deadline_ns)
{
	int late, err;

	t->complete = done;
	t->context = (void *)(uintptr_t)event;
	err = usb_submit(t);
	if (err)
		return err;
	late = tenon_event_wait(event, deadline_ns);
	if (late) {
		usb_cancel(t->device, t->endpoint);
		tenon_event_wait(event, 0); /* it has been completed by now */
	}
	return late && t->status == -TENON_EINTR ? -TENON_ETIMEDOUT : t->status;
}
EXPORT_SYMBOL(usb_run);

/* The control_mutex is held. */
static int control(struct usb_device *dev, const struct usb_setup *setup, void *data)
{
	const struct usb_segment segment = { dev->page_bus, setup->length };
	struct usb_transfer t = { .device = dev, .segment_cnt = !!setup->length, .setup = *setup, .segment = &segment };
	bool in = setup->type & USB_IN;
	int err;

	if (!in)
		memcpy(dev->page, data, setup->length);
	err = usb_run(&t, dev->control_event, tenon_clock_ns() + CONTROL_NS);
	if (err)
		return err;
	if (in)
		memcpy(data, dev->page, t.done_bytes);
	return (int)t.done_bytes;
}

int usb_control(struct usb_device *dev, const struct usb_setup *setup, void *data)
{
	int err;

	if (setup->length > USB_CONTROL_BYTES)
		return -TENON_EINVAL;
	err = tenon_mutex_lock(dev->control_mutex, UINT64_MAX);
	if (err)
		return err;
	err = control(dev, setup, data);
	tenon_mutex_unlock(dev->control_mutex);
	return err;
}
EXPORT_SYMBOL(usb_control);

int usb_clear_halt(struct usb_device *dev, uint8_t endpoint)
{
	const struct usb_setup setup = { .type = USB_TO_ENDPOINT, .request = USB_CLEAR_FEATURE, .index = endpoint };
	int err = usb_control(dev, &setup, NULL);

	return err < 0 ? err : 0;
}
EXPORT_SYMBOL(usb_clear_halt);

const char *usb_name(const struct usb_device *dev)
{
	return dev->name;
}
EXPORT_SYMBOL(usb_name);
