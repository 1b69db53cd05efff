/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* null(4): takes everything, has nothing. */
#include "tenon/module.h"

static tenon_handle device;

static long null_read(void *ctx, void *file, void *data, size_t len, uint64_t offset)
{
	(void)ctx, (void)file, (void)data, (void)len, (void)offset;
	return 0;
}

static long null_write(void *ctx, void *file, const void *data, size_t len, uint64_t offset)
{
	(void)ctx, (void)file, (void)data, (void)offset;
	return (long)len;
}

static int null_poll(void *ctx, void *file)
{
	(void)ctx, (void)file;
	return TENON_CHRDEV_CAN_READ | TENON_CHRDEV_CAN_WRITE;
}

static const struct tenon_chrdev_ops ops = { .read = null_read, .write = null_write, .poll = null_poll };

static int __init null_init(void)
{
	device = tenon_chrdev_register(THIS_MODULE, "null", &ops, NULL);
	return tenon_handle_error(device);
}

static void __exit null_exit(void)
{
	tenon_chrdev_unregister(device);
}

module_init(null_init);
module_exit(null_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("The device null");
MODULE_AUTHOR("The Tenon authors");
MODULE_ALIAS("char-major-1-3");
MODULE_ALIAS("devname:null");
