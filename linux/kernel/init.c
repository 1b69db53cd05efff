// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starting the library: its branches are brought to the state of their keys, then its initcalls run in the order of
 * their levels (sections.lds), as Linux does at the end of its start.
 */
#include <linux/async.h>
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/jump_label.h>
#include <linux/maple_tree.h>
#include <linux/module.h>
#include <linux/radix-tree.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "linux/glue.h"
#include "linux/drivers/drivers.h"
#include "linux/fs/fs.h"
#include "linux/kernel/kernel.h"
#include "linux/mm/mm.h"
#include "linux/versions.h"
#include "linux/x86/percpu.h"

extern initcall_entry_t linux_initcalls[], linux_initcalls_end[];
extern struct jump_entry linux_jump_table[], linux_jump_table_end[];

enum system_states system_state = SYSTEM_BOOTING;
#include "linux/export.h"
EXPORT_SYMBOL(system_state);

/* It stands for linux.ko among the modules whose branches follow keys. */
static struct module library = { .name = "linux" };

void workqueue_init_early(void);
void workqueue_init(void);

/* In the order of Linux's start_kernel(). */
static int start_machine(void)
{
	int err;

	radix_tree_init();
	maple_tree_init();
	workqueue_init_early();
	init_timers();
	hrtimers_init();
	for (unsigned int cpu = 0; cpu < LINUX_CPU_CNT; cpu++)
		hrtimers_prepare_cpu(cpu);
	softirq_init();
	early_irq_init();
	linux_files_start();
	err = linux_cgroups_start();
	if (!err)
		err = linux_threads_start();
	if (!err)
		err = linux_rcu_start();
	if (!err && IS_ENABLED(CONFIG_PREEMPT_RT))
		err = linux_rt_start();
	if (!err)
		workqueue_init();
#if LINUX_SINCE(6, 12)
	if (!err) {
		workqueue_init_topology();
		async_init();
	}
#endif
	/* Not Linux's init_mm_internals(): counters have threshold 0, so nobody has to add up what CPUs keep back. */
	mm_percpu_wq = err ? NULL : alloc_workqueue("mm_percpu_wq", WQ_MEM_RECLAIM, 0);
	if (!err)
		err = mm_percpu_wq ? linux_devices_start() : -ENOMEM;
	return err;
}

long linux_library_start(void *unused)
{
	int err;

	(void)unused;
	library.jump_entries = linux_jump_table;
	library.num_jump_entries = (unsigned int)(linux_jump_table_end - linux_jump_table);
	err = linux_pages_start();
	if (!err)
		err = linux_jump_labels_start(&library);
	if (!err)
		err = start_machine();
	for (initcall_entry_t *call = linux_initcalls; !err && call < linux_initcalls_end; call++) {
		err = initcall_from_entry(call)();
		if (err)
			_printk(KERN_ERR "linux.ko: %ps fails: error %d\n", initcall_from_entry(call), -err);
	}
	system_state = SYSTEM_RUNNING;
	return err;
}
