// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What input devices report, for those who move them: a handler of all devices, which opens each as it comes. */
#include <linux/input.h>
#include <linux/slab.h>

#include "watch.h"

#define EVENTS_MAX 256

static struct input_value seen[EVENTS_MAX];
static int cnt;

/* With the device's lock held. */
static void note(struct input_handle *handle, unsigned int type, unsigned int code, int value)
{
	if (type != EV_SYN && cnt < EVENTS_MAX)
		seen[cnt++] = (struct input_value){ type, code, value };
}

static int connect(struct input_handler *handler, struct input_dev *dev, const struct input_device_id *id)
{
	struct input_handle *handle = kzalloc(sizeof(*handle), GFP_KERNEL);
	int err;

	if (!handle)
		return -ENOMEM;
	handle->dev = dev;
	handle->handler = handler;
	handle->name = "watch";
	err = input_register_handle(handle);
	if (err) {
		kfree(handle);
		return err;
	}
	input_open_device(handle); /* one that does not open reports nothing */
	return 0;
}

static void disconnect(struct input_handle *handle)
{
	input_close_device(handle);
	input_unregister_handle(handle);
	kfree(handle);
}

static const struct input_device_id every[] = { { .driver_info = 1 }, {} };
static struct input_handler handler = {
	.name = "watch", .id_table = every, .event = note, .connect = connect, .disconnect = disconnect
};

int events_start(void)
{
	events_clear();
	return input_register_handler(&handler);
}
EXPORT_SYMBOL(events_start);

void events_end(void)
{
	input_unregister_handler(&handler);
}
EXPORT_SYMBOL(events_end);

void events_clear(void)
{
	cnt = 0;
}
EXPORT_SYMBOL(events_clear);

bool events_have(unsigned int type, unsigned int code, int value)
{
	for (int i = 0; i < cnt; i++)
		if (seen[i].type == type && seen[i].code == code && seen[i].value == value)
			return true;
	return false;
}
EXPORT_SYMBOL(events_have);

int events_presses(void)
{
	int presses = 0;

	for (int i = 0; i < cnt; i++)
		presses += seen[i].type == EV_KEY && seen[i].value == 1;
	return presses;
}
EXPORT_SYMBOL(events_presses);
