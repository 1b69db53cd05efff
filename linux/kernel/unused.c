// SPDX-License-Identifier: GPL-2.0-only
/* Data that Linux's files refer to and that says here: this is not there, or switched off. */
#include <linux/context_tracking_state.h>
#include <linux/blktrace_api.h>
#include <linux/cpumask.h>
#include <linux/crash_dump.h>
#include <linux/dnotify.h>
#include <linux/delayacct.h>
#include <linux/fips.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/nmi.h>
#include <linux/nodemask.h>
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/psi.h>
#include <linux/sched/sysctl.h>
#include <linux/sched/task.h>
#include <linux/syscalls.h>
#include <linux/sysctl.h>
#include <linux/tick.h>
#include <linux/trace_events.h>
#include <xen/xen.h>

/* Of crypto/internal.h. */
void crypto_init_proc(void);
void crypto_exit_proc(void);

#include "linux/export.h"

/* One node. */
nodemask_t node_states[NR_NODE_STATES] = { [N_POSSIBLE... N_CPU] = { { [0] = 1 } } };
EXPORT_SYMBOL(node_states);
unsigned int nr_node_ids = 1;
EXPORT_SYMBOL(nr_node_ids);
unsigned int nr_online_nodes = 1;
EXPORT_SYMBOL(nr_online_nodes);

/* Ticks come regularly on every CPU. */
cpumask_var_t tick_nohz_full_mask;
EXPORT_SYMBOL_GPL(tick_nohz_full_mask);
bool tick_nohz_full_running;
EXPORT_SYMBOL_GPL(tick_nohz_full_running);
unsigned long tick_nohz_active;
DEFINE_STATIC_KEY_FALSE(context_tracking_key);
EXPORT_SYMBOL_GPL(context_tracking_key);

const int sysctl_vals[] = { 0, 1, 2, 3, 4, 100, 200, 1000, 3000, INT_MAX, 65535, -1 };
EXPORT_SYMBOL(sysctl_vals);

/* Files of Linux's define system calls, too: nobody calls them, or traces that. */
struct trace_event_class event_class_syscall_enter, event_class_syscall_exit;
struct trace_event_functions enter_syscall_print_funcs, exit_syscall_print_funcs;

bool initcall_debug;

/* Nor are there Xen, blk-trace, a system that crashed before, or an account of delays. */
enum xen_domain_type xen_domain_type = XEN_NATIVE;
EXPORT_SYMBOL_GPL(xen_domain_type);
static struct attribute *none[] = { NULL };
struct attribute_group blk_trace_attr_group = { .name = "trace", .attrs = none };
void blk_trace_shutdown(struct request_queue *queue)
{
	(void)queue;
}

int blk_trace_remove(struct request_queue *queue)
{
	(void)queue;
	return -EINVAL;
}
EXPORT_SYMBOL_GPL(blk_trace_remove);

unsigned long long elfcorehdr_addr = ELFCORE_ADDR_MAX;
EXPORT_SYMBOL_GPL(elfcorehdr_addr);
DEFINE_STATIC_KEY_FALSE(delayacct_key);

/* A task may wait as long as it likes. */
unsigned long sysctl_hung_task_timeout_secs;
const unsigned long sysctl_long_vals[] = { 0, 1, LONG_MAX };
EXPORT_SYMBOL_GPL(sysctl_long_vals);
unsigned long dac_mmap_min_addr;

struct tracepoint __tracepoint_mmap_lock_start_locking, __tracepoint_mmap_lock_acquire_returned,
    __tracepoint_mmap_lock_released;
EXPORT_SYMBOL(__tracepoint_mmap_lock_start_locking);
EXPORT_SYMBOL(__tracepoint_mmap_lock_acquire_returned);
EXPORT_SYMBOL(__tracepoint_mmap_lock_released);

/* Nobody walks through all tasks. */
DEFINE_RWLOCK(tasklist_lock);

/* No file of /proc lists algorithms, and none is left out because of a standard. */
int fips_enabled;
EXPORT_SYMBOL_GPL(fips_enabled);

void crypto_init_proc(void)
{
}

void crypto_exit_proc(void)
{
}

/* No signal of a change in a directory, no measure of how long memory is waited for. */
void dnotify_flush(struct file *file, fl_owner_t owner)
{
	(void)file, (void)owner;
}

void psi_memstall_enter(unsigned long *flags)
{
	(void)flags;
}
EXPORT_SYMBOL_GPL(psi_memstall_enter);

void psi_memstall_leave(unsigned long *flags)
{
	(void)flags;
}
EXPORT_SYMBOL_GPL(psi_memstall_leave);

/* The host's random numbers need no help of disks. */
void rand_initialize_disk(struct gendisk *disk)
{
	(void)disk;
}

void touch_softlockup_watchdog(void)
{
}
EXPORT_SYMBOL(touch_softlockup_watchdog);

void arch_touch_nmi_watchdog(void)
{
}
EXPORT_SYMBOL(arch_touch_nmi_watchdog);
