/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Leaves things behind when it goes, each as many times as its parameter says: `insmod leak.ko memory=3 timer=1`.
 * The unload must name them and take them back. Timers are left running, mutexes locked, devices registered.
 */
#include "tenon/module.h"

static unsigned int memory, timer, device, mutex, event, buffer, arena;
module_param(memory, uint, 0444);
module_param(timer, uint, 0444);
module_param(device, uint, 0444);
module_param(mutex, uint, 0444);
module_param(event, uint, 0444);
module_param(buffer, uint, 0444);
module_param(arena, uint, 0444);

static unsigned int bytes = 100; /* of each piece of memory, each buffer and each arena */
module_param(bytes, uint, 0444);

static void expired(void *unused)
{
	(void)unused;
}

static int leak_memory(void)
{
	return tenon_alloc(THIS_MODULE, bytes) ? 0 : -TENON_ENOMEM;
}

static int leak_timer(void)
{
	tenon_handle h = tenon_timer_create(THIS_MODULE, expired, NULL);
	int err = tenon_handle_error(h);

	return err ? err : tenon_timer_start(h, 0, 1000000);
}

static int leak_device(void)
{
	static const struct tenon_chrdev_ops ops;
	static char name[] = "leak0";
	int err = tenon_handle_error(tenon_chrdev_register(THIS_MODULE, name, &ops, NULL));

	name[4]++;
	return err;
}

static int leak_mutex(void)
{
	tenon_handle h = tenon_mutex_create(THIS_MODULE);
	int err = tenon_handle_error(h);

	return err ? err : tenon_mutex_lock(h, 0);
}

static int leak_event(void)
{
	return tenon_handle_error(tenon_event_create(THIS_MODULE));
}

static int leak_buffer(void)
{
	struct tenon_buffer b = { .size = sizeof(b) };

	return tenon_handle_error(tenon_buffer_create(THIS_MODULE, bytes, &b));
}

static int leak_arena(void)
{
	struct tenon_arena a = { .size = sizeof(a) };
	tenon_handle h = tenon_arena_create(THIS_MODULE, bytes, &a);
	int err = tenon_handle_error(h);

	return err ? err : tenon_arena_commit(h, 0, a.page_bytes);
}

static int repeat(unsigned int cnt, int (*leak)(void))
{
	int err = 0;

	while (!err && cnt--)
		err = leak();
	return err;
}

static int __init leak_init(void)
{
	int err = repeat(memory, leak_memory);

	err = err ? err : repeat(timer, leak_timer);
	err = err ? err : repeat(device, leak_device);
	err = err ? err : repeat(mutex, leak_mutex);
	err = err ? err : repeat(event, leak_event);
	err = err ? err : repeat(buffer, leak_buffer);
	return err ? err : repeat(arena, leak_arena);
}

static void __exit leak_exit(void)
{
}

module_init(leak_init);
module_exit(leak_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Leaves things behind");
