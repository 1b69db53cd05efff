/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* random(4) and urandom, which are the same here: bytes of the kernel's generator. What is written is not mixed in. */
#include "tenon/module.h"

static const char *const names[] = { "random", "urandom" };
#define DEVICE_CNT (sizeof(names) / sizeof(names[0]))

static tenon_handle device[DEVICE_CNT];

static long random_read(void *ctx, void *file, void *data, size_t len, uint64_t offset)
{
	size_t done = 0, part;
	int got = 0;

	(void)ctx, (void)file, (void)offset;
	while (done < len && got >= 0) {
		part = len - done < TENON_RANDOM_BYTES ? len - done : TENON_RANDOM_BYTES;
		got = tenon_random((char *)data + done, part);
		if (got > 0)
			done += (size_t)got;
	}
	return done ? (long)done : got;
}

static long random_write(void *ctx, void *file, const void *data, size_t len, uint64_t offset)
{
	(void)ctx, (void)file, (void)data, (void)offset;
	return (long)len;
}

static const struct tenon_chrdev_ops ops = { .read = random_read, .write = random_write };

static void __exit random_exit(void)
{
	for (size_t i = 0; i < DEVICE_CNT; i++)
		if (device[i])
			tenon_chrdev_unregister(device[i]);
}

static int __init random_init(void)
{
	for (size_t i = 0; i < DEVICE_CNT; i++) {
		tenon_handle h = tenon_chrdev_register(THIS_MODULE, names[i], &ops, NULL);

		if (tenon_handle_error(h)) {
			random_exit();
			return tenon_handle_error(h);
		}
		device[i] = h;
	}
	return 0;
}

module_init(random_init);
module_exit(random_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("The devices random and urandom");
MODULE_AUTHOR("The Tenon authors");
MODULE_ALIAS("char-major-1-8");
MODULE_ALIAS("devname:random");
