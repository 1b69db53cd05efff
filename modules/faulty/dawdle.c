/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A driver for all toys (examples/toybus.c) that uses nothing of their bus, so it may be in any domain and its bus may go
 * without it. It says what it gets and loses, and its exit takes its time before it gives them back.
 */
#include "tenon/device_id.h"
#include "tenon/module.h"

#define MS 1000000ull

static unsigned int exit_ms, probe_ms;
module_param(exit_ms, uint, 0644);
module_param(probe_ms, uint, 0644);

static tenon_handle driver;

static int probe(tenon_handle device, struct tenon_driver_probe *p)
{
	(void)device;
	pr_info("has toy %u\n", (unsigned int)p->identity);
	p->data = (void *)(uintptr_t)p->identity;
	tenon_sleep_until(tenon_clock_ns() + probe_ms * MS);
	return 0;
}

static void remove(tenon_handle device, void *data)
{
	(void)device;
	pr_info("has lost toy %u\n", (unsigned int)(uintptr_t)data);
}

static const struct bus_device_id ids[] = { { .alias = "toy:*" }, {} };

static void __exit dawdle_exit(void)
{
	pr_info("leaves\n");
	tenon_sleep_until(tenon_clock_ns() + exit_ms * MS);
	tenon_driver_unregister(driver);
	pr_info("has left\n");
}

static int __init dawdle_init(void)
{
	static const struct tenon_driver_ops ops = { .probe = probe, .remove = remove };

	driver = tenon_driver_register(THIS_MODULE, "dawdle", "toy", ids, sizeof(ids) - sizeof(ids[0]), &ops);
	return tenon_handle_error(driver);
}

module_init(dawdle_init);
module_exit(dawdle_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("A driver that takes its time to leave");
