// SPDX-License-Identifier: GPL-2.0-only
/*
 * PREEMPT_RT: spinlocks sleep, so a section without bottom halves may, too. It is a lock of the virtual CPU then, which its
 * task keeps; what is pending runs at its end, or in a thread of the virtual CPU.
 */
#include <linux/cgroup.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/rt.h>
#include <linux/sched/task.h>
#include <linux/smpboot.h>
#include <linux/spinlock.h>

#include "linux/glue.h"
#include "linux/x86/percpu.h"
#include "linux/kernel/kernel.h"
#include "linux/export.h"

/* Of each virtual CPU. The owner's task has bottom halves off, and began that where it might sleep. */
static struct bottom_halves {
	spinlock_t lock;
	struct task_struct *owner;
} halves[LINUX_CPU_CNT] = { [0 ... LINUX_CPU_CNT - 1] = { .lock = __SPIN_LOCK_UNLOCKED() } };
static struct task_struct *__percpu *threads; /* NULL until linux_rt_start() */

void __local_bh_disable_ip(unsigned long ip, unsigned int cnt)
{
	struct task_struct *task = current;

	(void)ip;
	if (!task->softirq_disable_cnt && preemptible()) {
		struct bottom_halves *mine;

		migrate_disable();
		mine = &halves[raw_smp_processor_id()];
		spin_lock(&mine->lock);
		mine->owner = task;
		rcu_read_lock();
	}
	task->softirq_disable_cnt += (int)cnt;
}
EXPORT_SYMBOL(__local_bh_disable_ip);

static void run_and_unlock(struct task_struct *task, struct bottom_halves *mine)
{
	task->softirq_disable_cnt = SOFTIRQ_OFFSET;
	linux_softirqs_run_pending();
	task->softirq_disable_cnt = 0;
	rcu_read_unlock();
	mine->owner = NULL;
	spin_unlock(&mine->lock);
	migrate_enable();
}

void __local_bh_enable_ip(unsigned long ip, unsigned int cnt)
{
	struct task_struct *task = current;
	struct bottom_halves *mine = &halves[raw_smp_processor_id()];

	(void)ip;
	if (task->softirq_disable_cnt == (int)cnt && mine->owner == task && preemptible())
		run_and_unlock(task, mine);
	else
		task->softirq_disable_cnt -= (int)cnt;
}
EXPORT_SYMBOL(__local_bh_enable_ip);

static int should_run(unsigned int cpu)
{
	return linux_softirqs_pending(cpu);
}

/* Work that raises itself goes on at the tick, or when another task sleeps. */
static void run(unsigned int cpu)
{
	local_bh_disable();
	local_bh_enable();
	if (linux_softirqs_pending(cpu)) {
		set_current_state(TASK_INTERRUPTIBLE);
		schedule();
	}
}

/* Whoever comes here may be about to sleep, or have locks. */
void linux_softirqs_run(void)
{
	struct task_struct *thread;

	if (preempt_count() || irqs_disabled())
		return;
	linux_calls_run();
	thread = threads && linux_softirqs_pending(raw_smp_processor_id()) ? *this_cpu_ptr(threads) : NULL;
	if (thread && thread != current)
		wake_up_process(thread);
}

void raise_timer_softirq(void)
{
	__raise_softirq_irqoff(TIMER_SOFTIRQ);
}

void raise_hrtimer_softirq(void)
{
	__raise_softirq_irqoff(HRTIMER_SOFTIRQ);
}

int linux_rt_start(void)
{
	static struct smp_hotplug_thread plug = {
		.thread_should_run = should_run,
		.thread_fn = run,
		.thread_comm = "ksoftirqd/%u",
	};
	int err;

	plug.store = alloc_percpu(struct task_struct *);
	if (!plug.store)
		return -ENOMEM;
	err = smpboot_register_percpu_thread(&plug);
	if (!err)
		threads = plug.store;
	return err;
}

/* ---- a thread for each CPU ---- */

struct plugged {
	struct smp_hotplug_thread *plug;
	unsigned int cpu;
};

static int serve(void *data)
{
	struct plugged p = *(struct plugged *)data;

	kfree(data);
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!p.plug->thread_should_run(p.cpu)) {
			schedule();
			continue;
		}
		__set_current_state(TASK_RUNNING);
		p.plug->thread_fn(p.cpu);
	}
	return 0;
}

/* Of those that are made before an error nobody knows; they sleep. */
int smpboot_register_percpu_thread(struct smp_hotplug_thread *plug)
{
	for (unsigned int cpu = 0; cpu < LINUX_CPU_CNT; cpu++) {
		struct plugged *p = kmalloc(sizeof(*p), GFP_KERNEL);
		struct task_struct *task;

		if (!p)
			return -ENOMEM;
		*p = (struct plugged){ .plug = plug, .cpu = cpu };
		task = kthread_create_on_cpu(serve, p, cpu, plug->thread_comm);
		if (IS_ERR(task)) {
			kfree(p);
			return PTR_ERR_OR_ZERO(task);
		}
		*per_cpu_ptr(plug->store, cpu) = task;
		wake_up_process(task);
	}
	return 0;
}
EXPORT_SYMBOL_GPL(smpboot_register_percpu_thread);

/* ---- locks that sleep ---- */

/* The task's other state is kept meanwhile: see wake() in sched.c. */
void schedule_rtlock(void)
{
	linux_sleep_for_lock();
}

/* No task has a priority that it could lend. */
void rt_mutex_setprio(struct task_struct *task, struct task_struct *waiter)
{
	task->pi_top_task = waiter;
}

/* A task whose last holder may not wait for its locks. */
void __put_task_struct_rcu_cb(struct rcu_head *head)
{
	__put_task_struct(container_of(head, struct task_struct, rcu));
}
EXPORT_SYMBOL_GPL(__put_task_struct_rcu_cb);

/* ---- consoles, which have no threads ---- */

void printk_prefer_direct_enter(void)
{
}

void printk_prefer_direct_exit(void)
{
}

void try_block_console_kthreads(int timeout_ms)
{
	(void)timeout_ms;
}

/* Nothing is counted for groups. */
void cgroup_rstat_updated(struct cgroup *group, int cpu)
{
	(void)group, (void)cpu;
}
EXPORT_SYMBOL_GPL(cgroup_rstat_updated);
