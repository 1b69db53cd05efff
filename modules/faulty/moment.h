/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * For modules that do something bad at one moment: `insmod hang.ko what=sleep when=read`.
 *
 *     what  the name of the deed; "none" is a control run
 *     when  init, exit, timer (after 1 ms), thread (at once), or what is done to its device, which has the module's name or
 *           that of the parameter `device`: open, release, read, write, poll, ioctl
 *
 * Unless it is the moment, the device answers a read with "fine".
 *
 * The file defines deeds[] and includes this at its end.
 */
#ifndef FAULTY_MOMENT_H
#define FAULTY_MOMENT_H

#include "tenon/module.h"

#define FOREVER_NS (~0ull)

static char *what = "none", *when = "init", *device = "";
module_param(what, charp, 0444);
module_param(when, charp, 0444);
module_param(device, charp, 0444);

struct deed {
	const char *name;
	void (*run)(void);
};

#define DEED(name) { #name, name }

static void (*deed)(void);
static tenon_handle moment_device;

static void moment(const char *name)
{
	if (strcmp(when, name) || !deed)
		return;
	pr_notice("%s in %s\n", what, when);
	deed();
	pr_notice("survived %s in %s\n", what, when);
}

static void moment_timer(void *unused)
{
	(void)unused;
	moment("timer");
}

static void moment_thread(void *unused)
{
	(void)unused;
	moment("thread");
}

static int moment_open(void *ctx, struct tenon_chrdev_open *open)
{
	(void)ctx, (void)open;
	moment("open");
	return 0;
}

static void moment_release(void *ctx, void *file)
{
	(void)ctx, (void)file;
	moment("release");
}

static long moment_read(void *ctx, void *file, void *data, size_t len, uint64_t offset)
{
	(void)ctx, (void)file;
	moment("read");
	if (!strcmp(when, "read") || offset || len < 5)
		return 0;
	memcpy(data, "fine\n", 5);
	return 5;
}

static long moment_write(void *ctx, void *file, const void *data, size_t len, uint64_t offset)
{
	(void)ctx, (void)file, (void)data, (void)offset;
	moment("write");
	return (long)len;
}

static int moment_poll(void *ctx, void *file)
{
	(void)ctx, (void)file;
	moment("poll");
	return TENON_CHRDEV_CAN_READ | TENON_CHRDEV_CAN_WRITE;
}

static int moment_ioctl(void *ctx, void *file, struct tenon_chrdev_ioctl *call)
{
	(void)ctx, (void)file, (void)call;
	moment("ioctl");
	return 0;
}

static const struct tenon_chrdev_ops moment_ops = {
	.open = moment_open,
	.release = moment_release,
	.read = moment_read,
	.write = moment_write,
	.poll = moment_poll,
	.ioctl = moment_ioctl,
};

/* What is obtained here stays for the host to take back. */
static int moment_begin(const struct deed *deeds, size_t cnt, const char *name)
{
	tenon_handle h;

	for (size_t i = 0; i < cnt; i++)
		if (!strcmp(deeds[i].name, what))
			deed = deeds[i].run;
	if (!deed && strcmp(what, "none"))
		return -TENON_EINVAL;
	moment_device = tenon_chrdev_register(THIS_MODULE, *device ? device : name, &moment_ops, NULL);
	if (tenon_handle_error(moment_device))
		return tenon_handle_error(moment_device);
	if (!strcmp(when, "timer")) {
		h = tenon_timer_create(THIS_MODULE, moment_timer, NULL);
		if (!tenon_handle_error(h))
			tenon_timer_start(h, tenon_clock_ns() + 1000000, 0);
	}
	if (!strcmp(when, "thread"))
		tenon_thread_create(THIS_MODULE, moment_thread, NULL, name);
	moment("init");
	return 0;
}

/* One more line for each file: its module's init and exit. */
#define MOMENT_MODULE(name) \
	static int __init name##_init(void) \
	{ \
		return moment_begin(deeds, sizeof(deeds) / sizeof(deeds[0]), #name); \
	} \
	static void __exit name##_exit(void) \
	{ \
		moment("exit"); \
		tenon_chrdev_unregister(moment_device); \
	} \
	module_init(name##_init); \
	module_exit(name##_exit); \
	MODULE_LICENSE("Dual BSD/GPL")

#endif
