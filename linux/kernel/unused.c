// SPDX-License-Identifier: GPL-2.0-only
/* Data that Linux's files refer to and that says here: this is not there, or switched off. */
#include <linux/context_tracking_state.h>
#include <linux/cpumask.h>
#include <linux/fips.h>
#include <linux/freezer.h>
#include <linux/nmi.h>
#include <linux/nodemask.h>
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/pipe_fs_i.h>
#include <linux/proc_ns.h>
#include <linux/sched/task.h>
#include <linux/splice.h>
#include <linux/syscalls.h>
#include <linux/sysctl.h>
#include <linux/tick.h>
#include <linux/trace_events.h>

/* Of crypto/internal.h. */
void crypto_init_proc(void);
void crypto_exit_proc(void);

#include "linux/export.h"

/* One node. */
nodemask_t node_states[NR_NODE_STATES] = { [N_POSSIBLE... N_CPU] = { { [0] = 1 } } };
EXPORT_SYMBOL(node_states);
unsigned int nr_node_ids = 1;
EXPORT_SYMBOL(nr_node_ids);

/* Ticks come regularly on every CPU. */
cpumask_var_t tick_nohz_full_mask;
EXPORT_SYMBOL_GPL(tick_nohz_full_mask);
bool tick_nohz_full_running;
EXPORT_SYMBOL_GPL(tick_nohz_full_running);
unsigned long tick_nohz_active;
DEFINE_STATIC_KEY_FALSE(context_tracking_key);
EXPORT_SYMBOL_GPL(context_tracking_key);

DEFINE_STATIC_KEY_FALSE(freezer_active);
EXPORT_SYMBOL(freezer_active);

const int sysctl_vals[] = { 0, 1, 2, 3, 4, 100, 200, 1000, 3000, INT_MAX, 65535, -1 };
EXPORT_SYMBOL(sysctl_vals);

/* Files of Linux's define system calls, too: nobody calls them, or traces that. */
struct trace_event_class event_class_syscall_enter, event_class_syscall_exit;
struct trace_event_functions enter_syscall_print_funcs, exit_syscall_print_funcs;

/* No disk has parts. */
struct device_type part_type;

bool initcall_debug;

/* Nobody walks through all tasks, or changes namespaces. */
DEFINE_RWLOCK(tasklist_lock);
const struct proc_ns_operations userns_operations;

/* No pipe's pages are copied from. */
const struct pipe_buf_operations default_pipe_buf_ops, page_cache_pipe_buf_ops;

/* No file of /proc lists algorithms, and none is left out because of a standard. */
int fips_enabled;
EXPORT_SYMBOL_GPL(fips_enabled);

void crypto_init_proc(void)
{
}

void crypto_exit_proc(void)
{
}

void touch_softlockup_watchdog(void)
{
}
EXPORT_SYMBOL(touch_softlockup_watchdog);

void arch_touch_nmi_watchdog(void)
{
}
EXPORT_SYMBOL(arch_touch_nmi_watchdog);
