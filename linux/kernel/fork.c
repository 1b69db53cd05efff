// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel threads. Linux's kthread.c creates, stops and parks them; here a task gets a thread of the host's and ends with
 * it. The one that creates the others, kthreadd, is Linux's too.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/sched/isolation.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/task_work.h>

#include "linux/glue.h"
#include "linux/kernel/kernel.h"
#include "linux/versions.h"
#include "linux/export.h"

struct start {
	int (*fn)(void *arg);
	void *arg;
};

/* The thread's first function: its virtual CPU has the task already. It does not come back. */
static void begin(void *arg)
{
	struct start start = *(struct start *)arg;

	kfree(arg);
	do_exit(start.fn(start.arg));
}

#if LINUX_SINCE(6, 12)
pid_t kernel_thread(int (*fn)(void *arg), void *arg, const char *name, unsigned long flags)
#else
pid_t kernel_thread(int (*fn)(void *arg), void *arg, unsigned long flags)
#endif
{
	struct task_struct *task = linux_task_get();
	struct start *start = kmalloc(sizeof(*start), GFP_KERNEL);
	int err = -ENOMEM;

	(void)flags;
	if (!task || !start)
		goto fail;
	task->flags = PF_KTHREAD;
#if LINUX_SINCE(6, 12)
	if (name)
		strscpy_pad(task->comm, name, sizeof(task->comm));
#endif
	*start = (struct start){ fn, arg };
	if (!set_kthread_struct(task))
		goto fail;
	err = lx_thread_start(begin, start, task, "linux");
	if (!err)
		return task->pid;
fail:
	kfree(start);
	if (task)
		put_task_struct(task);
	return err;
}

void __noreturn do_exit(long code)
{
	struct task_struct *task = current;

	task->exit_code = (int)code;
	task_work_run();
	task->flags |= PF_EXITING;
	if (task->vfork_done)
		complete(task->vfork_done); /* kthread_stop() waits for it, and holds the task */
	WRITE_ONCE(task->__state, TASK_DEAD);
	lx_thread_leave();
}

static int first(void *unused)
{
	kthreadd_task = current;
	return kthreadd(unused);
}

int linux_threads_start(void)
{
#if LINUX_SINCE(6, 12)
	pid_t pid = kernel_thread(first, NULL, NULL, 0);
#else
	pid_t pid = kernel_thread(first, NULL, 0);
#endif

	while (pid > 0 && !READ_ONCE(kthreadd_task))
		yield();
	return pid < 0 ? pid : 0;
}

/* No signal reaches a kernel thread. */
void ignore_signals(struct task_struct *task)
{
	(void)task;
}

const struct cpumask *housekeeping_cpumask(enum hk_type type)
{
	(void)type;
	return cpu_possible_mask;
}
EXPORT_SYMBOL_GPL(housekeeping_cpumask);

#if LINUX_SINCE(6, 12)
int housekeeping_any_cpu(enum hk_type type)
{
	(void)type;
	return (int)raw_smp_processor_id();
}
EXPORT_SYMBOL_GPL(housekeeping_any_cpu);
#endif

bool housekeeping_test_cpu(int cpu, enum hk_type type)
{
	(void)cpu, (void)type;
	return true;
}
EXPORT_SYMBOL_GPL(housekeeping_test_cpu);
