// SPDX-License-Identifier: GPL-2.0-only
/* linux.ko itself: a native module in which Linux's modules find Linux's interface. */
#include "linux/native/native.h"

static int __init linux_init(void)
{
	int err = vcpus_create();

	if (err)
		return err;
	err = traps_start();
	if (err)
		goto no_traps;
	err = tick_start();
	if (err)
		goto no_tick;
	err = (int)lx_on_cpu(linux_library_start, NULL);
	if (!err)
		err = nls_device_create();
	if (!err) {
		err = filesystem_start();
		if (!err)
			return 0;
		nls_device_destroy();
	}
	tick_stop();
	lx_threads_end();
	linux_memory_free();
	lx_pages_release();
	linux_tasks_free();
no_tick:
	traps_stop();
no_traps:
	vcpus_destroy();
	return err;
}

/* No Linux module is loaded any more, for each depends on this one. */
static void __exit linux_exit(void)
{
	filesystem_stop();
	nls_device_destroy();
	tick_stop();
	lx_threads_end();
	linux_memory_free();
	lx_pages_release();
	linux_tasks_free();
	traps_stop();
	vcpus_destroy();
}

module_init(linux_init);
module_exit(linux_exit);

MODULE_ALIAS("fs-linux");
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Linux's kernel interface for Linux's own modules");
MODULE_AUTHOR("The Tenon authors");
