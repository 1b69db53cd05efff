/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Leaves one thing of each kind behind: the timer runs on, the mutex is locked, the device is offered. */
#include "tenon/module.h"

static unsigned int ticks;

static void tick(void *unused)
{
	(void)unused;
	ticks++;
}

static int __init forgetful_init(void)
{
	static const struct tenon_chrdev_ops ops;
	struct tenon_buffer shared = { .size = sizeof(shared) };
	tenon_handle mutex = tenon_mutex_create(THIS_MODULE), timer = tenon_timer_create(THIS_MODULE, tick, NULL);
	tenon_handle buffer = tenon_buffer_create(THIS_MODULE, 1000, &shared);
	tenon_handle device = tenon_chrdev_register(THIS_MODULE, "forgotten", &ops, NULL);
	int err = tenon_alloc(THIS_MODULE, 100) ? 0 : -TENON_ENOMEM;

	err = err ? err : tenon_chrdev_set_buffer(device, buffer);
	err = err ? err : tenon_mutex_lock(mutex, 0);
	return err ? err : tenon_timer_start(timer, 0, 1000000);
}

static void __exit forgetful_exit(void)
{
}

module_init(forgetful_init);
module_exit(forgetful_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Leaves things behind");
