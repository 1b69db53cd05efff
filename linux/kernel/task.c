// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks: the task_struct that `current` finds. A thread of the kernel's has one from its entry into Linux code to its
 * way out; a kernel thread of Linux's has one until nobody holds it any more. Then it goes back to a stock, so that
 * entries need no memory, and so that who looks at another CPU's task never finds freed memory (rcu.c).
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/fs_struct.h>
#include <linux/init_task.h>
#include <linux/kthread.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/task_work.h>
#include <asm/ptrace.h>

#include "linux/glue.h"
#include "linux/kernel/kernel.h"
#include "linux/kernel/watch.h"
#include "linux/versions.h"
#include "linux/export.h"

static struct linux_task *all, *stock;
static arch_spinlock_t stock_lock = __ARCH_SPIN_LOCK_UNLOCKED;
static atomic_t last_pid;

static struct signal_struct signals = { .rlim = { [0 ... RLIM_NLIMITS - 1] = { RLIM_INFINITY, RLIM_INFINITY } } };
static struct sighand_struct handlers;

/* Linux's first task, which never runs: its root is where firmware is read from, and its rights are the kernel's. */
struct task_struct init_task = {
	.usage = REFCOUNT_INIT(2),
	.flags = PF_KTHREAD,
	.comm = INIT_TASK_COMM,
	.alloc_lock = __SPIN_LOCK_UNLOCKED(init_task.alloc_lock),
	.children = LIST_HEAD_INIT(init_task.children),
	.sibling = LIST_HEAD_INIT(init_task.sibling),
	.tasks = LIST_HEAD_INIT(init_task.tasks),
#if !LINUX_SINCE(6, 12)
	.thread_group = LIST_HEAD_INIT(init_task.thread_group),
#endif
	.group_leader = &init_task,
	.parent = &init_task,
	.real_parent = &init_task,
	.signal = &signals,
	.sighand = &handlers,
	.cred = &init_cred,
	.real_cred = &init_cred,
	.fs = &init_fs,
	.files = &init_files,
	.nsproxy = &init_nsproxy,
};
EXPORT_SYMBOL(init_task);

/*
 * What a program had in its registers when it called the kernel, at the end of its stack there: file systems look there
 * for 32-bit programs. No task is one's.
 */
static struct pt_regs no_registers;

/* What does not change from one use to the next. */
static struct linux_task *make(void)
{
	struct linux_task *t = lx_alloc(sizeof(*t));
	struct task_struct *task = t ? &t->task : NULL;

	if (!t)
		return NULL;
	t->event = lx_event_create();
	if (!t->event) {
		lx_free(t);
		return NULL;
	}
	raw_spin_lock_init(&task->pi_lock);
	spin_lock_init(&task->alloc_lock);
	INIT_LIST_HEAD(&task->children);
	INIT_LIST_HEAD(&task->sibling);
	INIT_LIST_HEAD(&task->tasks);
#if !LINUX_SINCE(6, 12)
	INIT_LIST_HEAD(&task->thread_group);
#endif
	task->pi_waiters = RB_ROOT_CACHED;
	task->stack = (void *)((unsigned long)(&no_registers + 1) - THREAD_SIZE);
	task->signal = &signals;
	task->sighand = &handlers;
	task->cred = task->real_cred = &init_cred;
	task->fs = &init_fs;
	task->thread_pid = &init_struct_pid;
	task->files = &init_files;
	task->nsproxy = &init_nsproxy;
	rcu_assign_pointer(task->cgroups, &init_css_set);
	task->group_leader = task->parent = task->real_parent = task;
	return t;
}

/* What the last user may have changed. */
static void reset(struct task_struct *task)
{
	refcount_set(&task->usage, 1);
	task->__state = TASK_RUNNING;
	task->flags = 0;
	task->thread_info.flags = 0;
	task->rcu_read_lock_nesting = 0;
	task->worker_private = NULL;
	task->vfork_done = NULL;
	task->journal_info = NULL;
	task->plug = NULL;
	task->wake_q.next = NULL;
	task->prio = task->static_prio = task->normal_prio = DEFAULT_PRIO;
	cpumask_copy(&task->cpus_mask, cpu_possible_mask);
	task->cpus_ptr = &task->cpus_mask;
	task->nr_cpus_allowed = (int)nr_cpu_ids;
	task->pid = task->tgid = atomic_inc_return(&last_pid);
	strscpy(task->comm, "tenon", sizeof(task->comm));
	linux_task_of(task)->locks.cnt = 0;
}

void *linux_task_get(void)
{
	struct linux_task *t;

	arch_spin_lock(&stock_lock);
	t = stock;
	if (t)
		stock = t->next;
	arch_spin_unlock(&stock_lock);
	if (!t) {
		t = make();
		if (!t)
			return NULL;
		arch_spin_lock(&stock_lock);
		t->next_of_all = all;
		all = t;
		arch_spin_unlock(&stock_lock);
	}
	reset(&t->task);
	return &t->task;
}

static void put_in_stock(void *task)
{
	struct linux_task *t = linux_task_of(task);

	arch_spin_lock(&stock_lock);
	t->next = stock;
	stock = t;
	arch_spin_unlock(&stock_lock);
}

void linux_tasks_free(void)
{
	struct linux_task *t;

	stock = NULL;
	while ((t = all)) {
		all = t->next_of_all;
		lx_event_destroy(t->event);
		lx_free(t);
	}
}

void linux_tasks_wake(void)
{
	for (struct linux_task *t = all; t; t = t->next_of_all)
		lx_event_set(t->event);
}

/* The last one who held it lets it go: its thread may have left before, and whoever woke it comes later. */
void __put_task_struct(struct task_struct *task)
{
	if (task->flags & PF_KTHREAD)
		free_kthread_struct(task);
	put_in_stock(task);
}
EXPORT_SYMBOL_GPL(__put_task_struct);

void linux_tasks_each(void (*fn)(struct task_struct *task))
{
	for (struct linux_task *t = all; t; t = t->next_of_all)
		fn(&t->task);
}

void linux_leave(void)
{
	linux_watch_leave();
	linux_softirqs_run();
	task_work_run();
	linux_log_flush();
}

void linux_task_parks(void *task, const unsigned long *last_entered)
{
	linux_task_of(task)->last_entered = *last_entered;
}

void linux_task_goes_on(void *task, unsigned long *last_entered)
{
	*last_entered = linux_task_of(task)->last_entered;
}

/* Not put_task_struct(), which asks a virtual CPU in some kernels: the thread has none any more. */
void linux_task_drop(void *dropped)
{
	struct task_struct *task = dropped;

	if (refcount_dec_and_test(&task->usage))
		__put_task_struct(task);
}

char *__get_task_comm(char *buf, size_t bytes, struct task_struct *task)
{
	strscpy_pad(buf, task->comm, bytes);
	return buf;
}
EXPORT_SYMBOL_GPL(__get_task_comm);

void __set_task_comm(struct task_struct *task, const char *name, bool exec)
{
	(void)exec;
	strscpy_pad(task->comm, name, sizeof(task->comm));
}
