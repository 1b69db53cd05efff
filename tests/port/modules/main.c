/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The device through which the tests are called. */
#include "tests.h"

static tenon_handle device;

static int (*const tests[])(void) = {
#define SELFTEST_ENTRY(name) test_##name,
	SELFTESTS(SELFTEST_ENTRY)
};

/* A system call of the module's own, past every gate. */
static void make_socket(void)
{
	long nr = 41, domain = 2, type = 1, protocol = 0;

	__asm__ volatile("syscall" : "+a"(nr) : "D"(domain), "S"(type), "d"(protocol) : "rcx", "r11", "memory");
}

static int call(void *ctx, void *file, struct tenon_chrdev_ioctl *c)
{
	static char not_allocated[16];

	(void)ctx, (void)file;
	switch (c->command) {
	case SELFTEST_BAD_FREE:
		tenon_free(not_allocated);
		return 0;
	case SELFTEST_BAD_SELF:
		tenon_module_put((void *)not_allocated);
		return 0;
	case SELFTEST_SOCKET:
		make_socket();
		return 0;
	default:
		return c->command < SELFTEST_CNT ? tests[c->command]() : -TENON_EINVAL;
	}
}

static const struct tenon_chrdev_ops ops = { .ioctl = call };

static int __init selftest_init(void)
{
	device = tenon_chrdev_register(THIS_MODULE, "selftest", &ops, NULL);
	return tenon_handle_error(device);
}

static void __exit selftest_exit(void)
{
	tenon_chrdev_unregister(device);
}

module_init(selftest_init);
module_exit(selftest_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Tests the interface from inside a module");
