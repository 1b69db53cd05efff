// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* An input device, and a handler that hears what it reports. */
/* log: heard key 30 down */
/* log: heard key 30 up */
/* log: heard axis 0 at 5 */
#include <linux/err.h>
#include <linux/input.h>
#include <linux/module.h>
#include <linux/slab.h>

static struct input_dev *keys;

static void hear(struct input_handle *handle, unsigned int type, unsigned int code, int value)
{
	if (type == EV_KEY)
		pr_info("heard key %u %s\n", code, value ? "down" : "up");
	else if (type == EV_ABS)
		pr_info("heard axis %u at %d\n", code, value);
}

static int hear_connect(struct input_handler *handler, struct input_dev *dev, const struct input_device_id *id)
{
	struct input_handle *handle;
	int err;

	if (strcmp(dev->name, "Clean keys"))
		return -ENODEV;
	handle = kzalloc(sizeof(*handle), GFP_KERNEL);
	if (!handle)
		return -ENOMEM;
	handle->dev = dev;
	handle->handler = handler;
	handle->name = "clean_input";
	err = input_register_handle(handle);
	if (err)
		goto no_handle;
	err = input_open_device(handle);
	if (!err)
		return 0;
	input_unregister_handle(handle);
no_handle:
	kfree(handle);
	return err;
}

static void hear_disconnect(struct input_handle *handle)
{
	input_close_device(handle);
	input_unregister_handle(handle);
	kfree(handle);
}

static const struct input_device_id ids[] = { { .flags = INPUT_DEVICE_ID_MATCH_EVBIT, .evbit = { BIT_MASK(EV_KEY) } },
					      {} };

static struct input_handler handler = {
	.event = hear,
	.connect = hear_connect,
	.disconnect = hear_disconnect,
	.name = "clean_input",
	.id_table = ids,
};

static int keys_open(struct input_dev *dev)
{
	return 0;
}

static int __init clean_init(void)
{
	int err;

	keys = input_allocate_device();
	if (!keys)
		return -ENOMEM;
	keys->name = "Clean keys";
	keys->phys = "clean/input0";
	keys->id.bustype = BUS_VIRTUAL;
	keys->open = keys_open;
	input_set_capability(keys, EV_KEY, KEY_A);
	input_set_abs_params(keys, ABS_X, 0, 10, 0, 0);
	err = input_register_device(keys);
	if (err) {
		input_free_device(keys);
		return err;
	}
	err = input_register_handler(&handler);
	if (err) {
		input_unregister_device(keys);
		return err;
	}
	input_report_key(keys, KEY_A, 1);
	input_sync(keys);
	input_report_key(keys, KEY_A, 0);
	input_report_abs(keys, ABS_X, 5);
	input_sync(keys);
	return 0;
}

static void __exit clean_exit(void)
{
	input_unregister_handler(&handler);
	input_unregister_device(keys);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
