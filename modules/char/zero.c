/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* zero(4): takes everything, has zeros without end. */
#include "tenon/module.h"

static tenon_handle device;

static long zero_read(void *ctx, void *file, void *data, size_t len, uint64_t offset)
{
	(void)ctx, (void)file, (void)offset;
	memset(data, 0, len);
	return (long)len;
}

static long zero_write(void *ctx, void *file, const void *data, size_t len, uint64_t offset)
{
	(void)ctx, (void)file, (void)data, (void)offset;
	return (long)len;
}

static const struct tenon_chrdev_ops ops = { .read = zero_read, .write = zero_write };

static int __init zero_init(void)
{
	device = tenon_chrdev_register(THIS_MODULE, "zero", &ops, NULL);
	return tenon_handle_error(device);
}

static void __exit zero_exit(void)
{
	tenon_chrdev_unregister(device);
}

module_init(zero_init);
module_exit(zero_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("The device zero");
MODULE_AUTHOR("The Tenon authors");
MODULE_ALIAS("char-major-1-5");
MODULE_ALIAS("devname:zero");
