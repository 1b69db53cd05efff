/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A driver on the bus of another module, toybus.c. Being in its domain it calls what that exports; which device is meant
 * it knows from probe. Whoever reads /dev/ball plays with the ball, and sees how often that was done.
 */
#include "toybus.h"
#include "tenon/device_id.h"
#include "tenon/module.h"

static tenon_handle driver, chrdev;
static uint32_t ball; /* 0: there is none */

static long ball_read(void *ctx, void *file, void *data, size_t len, uint64_t offset)
{
	char text[16];
	int played;

	(void)ctx, (void)file;
	if (offset)
		return 0;
	played = toybus_play(ball);
	if (played < 0)
		return played;
	played = tenon_snprintf(text, sizeof(text), "%d\n", played);
	if (len > (size_t)played)
		len = (size_t)played;
	memcpy(data, text, len);
	return (long)len;
}

static int probe(tenon_handle device, struct tenon_driver_probe *p)
{
	static const struct tenon_chrdev_ops ops = { .read = ball_read };
	int err;

	(void)device;
	if (ball)
		return -TENON_EBUSY; /* one is enough */
	ball = p->identity;
	err = toybus_play(ball); /* also from here, by the thread that adds the device */
	chrdev = err > 0 ? tenon_chrdev_register(THIS_MODULE, "ball", &ops, NULL) : (tenon_handle)(long)err;
	err = tenon_handle_error(chrdev);
	if (err)
		ball = 0;
	return err;
}

static void remove(tenon_handle device, void *data)
{
	(void)device, (void)data;
	tenon_chrdev_unregister(chrdev);
	ball = 0;
}

static const struct bus_device_id ids[] = { { .alias = "toy:ball*" }, {} };
MODULE_DEVICE_TABLE(bus, ids);

static void __exit toyball_exit(void)
{
	tenon_driver_unregister(driver);
}

static int __init toyball_init(void)
{
	static const struct tenon_driver_ops ops = { .probe = probe, .remove = remove };

	driver = tenon_driver_register(THIS_MODULE, "toyball", "toy", ids, sizeof(ids) - sizeof(ids[0]), &ops);
	return tenon_handle_error(driver);
}

module_init(toyball_init);
module_exit(toyball_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Drives balls on the bus of toys");
MODULE_AUTHOR("The Tenon authors");
