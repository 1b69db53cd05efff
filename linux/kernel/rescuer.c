// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads of work queues. A queue that memory is reclaimed through has one in reserve, the rescuer, for when no worker can be
 * made. Linux's own queues are some thirty, and nothing is reclaimed here (mm/reclaim.c): to start their rescuers took half of
 * the time that linux.ko takes to start, and more threads than all its work needs. So these are tasks that never run; a
 * module's queue has its own as on Linux.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/string.h>

#include "linux/glue.h"
#include "linux/kernel/kernel.h"
#include "linux/library/rescuers.h"

#undef kthread_create_on_node

/* It sleeps as one does that was just made. Whoever wakes it wakes nobody; whoever stops it finds that it has ended. */
static struct task_struct *make_idle(const char *name)
{
	struct task_struct *task = linux_task_get();

	if (!task)
		return ERR_PTR(-ENOMEM);
	task->flags = PF_KTHREAD | PF_EXITING;
	if (!set_kthread_struct(task)) {
		put_task_struct(task);
		return ERR_PTR(-ENOMEM);
	}
	complete_all(task->vfork_done);
	strscpy(task->comm, name, sizeof(task->comm));
	linux_task_of(task)->parked = true;
	WRITE_ONCE(task->__state, TASK_UNINTERRUPTIBLE);
	return task;
}

struct task_struct *linux_worker_create(int (*fn)(void *data), void *data, int node, const char *format, ...)
{
	static const char worker[] = "kworker/";
	char name[64];
	va_list args;

	va_start(args, format);
	vscnprintf(name, sizeof(name), format, args);
	va_end(args);
	if (system_state == SYSTEM_BOOTING && strncmp(name, worker, sizeof(worker) - 1))
		return make_idle(name);
	return kthread_create_on_node(fn, data, node, "%s", name);
}
