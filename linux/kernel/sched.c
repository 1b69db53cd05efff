// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sleeping and waking. Threads are the host's; a task runs while its thread has a virtual CPU, and sleeps by giving it
 * back until its state is TASK_RUNNING again. A wake-up changes the state and then sets the task's event, so that one that
 * comes before the sleep is not lost: the sleeper looks at its state first.
 */
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/rcuwait.h>
#include <linux/sched.h>
#include <linux/sched/rt.h>
#include <linux/sched/task.h>
#include <linux/sched/topology.h>
#include <linux/sched/wake_q.h>
#include <linux/wait.h>

#include "linux/glue.h"
#include "linux/kernel/kernel.h"
#include "linux/kernel/watch.h"
#include "linux/versions.h"
#include "linux/export.h"

static int cpu_of(const struct task_struct *task)
{
	return task->nr_cpus_allowed == 1 ? (int)cpumask_first(task->cpus_ptr) : -1;
}

/* Who sleeps holds no spinlock: others would spin for as long. */
static void check_atomic(void)
{
	linux_watch_sleep();
	if (likely(!preempt_count() && !irqs_disabled()))
		return;
	_printk(KERN_ERR "BUG: scheduling while atomic: %s/%d, preempt count %#x\n", current->comm, current->pid,
		preempt_count());
	preempt_count_set(0);
	local_irq_enable();
}

static bool may_end(const struct task_struct *task, unsigned int state)
{
	(void)task;
	return state & (TASK_INTERRUPTIBLE | TASK_WAKEKILL);
}

static void leave_if_ending(const struct task_struct *task)
{
	if (lx_ending() && task->flags & PF_KTHREAD)
		lx_thread_leave();
}

static void sleep_until_woken(struct task_struct *task)
{
	struct linux_task *t = linux_task_of(task);

	lx_park();
	WRITE_ONCE(t->parked, true);
	while (READ_ONCE(task->__state) != TASK_RUNNING && !lx_ending()) {
		unsigned int state = READ_ONCE(task->__state);

		if (lx_event_wait(t->event) != -EINTR)
			continue;
		if (may_end(task, state)) { /* a thread that is asked to end is what a signal is to Linux's code */
			set_tsk_thread_flag(task, TIF_SIGPENDING);
			WRITE_ONCE(task->__state, TASK_RUNNING);
		} else {
			lx_relax();
		}
	}
	WRITE_ONCE(t->parked, false);
	lx_unpark(task, cpu_of(task));
	leave_if_ending(task);
}

void schedule(void)
{
	struct task_struct *task = current;

	check_atomic();
	linux_softirqs_run();
	if (READ_ONCE(task->__state) == TASK_RUNNING) {
		lx_park();
		lx_relax();
		lx_unpark(task, cpu_of(task));
		leave_if_ending(task);
		return;
	}
	if (task->flags & PF_WQ_WORKER)
		wq_worker_sleeping(task);
	blk_flush_plug(task->plug, true); /* what the task waits for may be a request that it still holds back */
	sleep_until_woken(task);
	if (task->flags & PF_WQ_WORKER)
		wq_worker_running(task);
}
EXPORT_SYMBOL(schedule);

void linux_sleep_for_lock(void)
{
	struct task_struct *task = current;

	if (READ_ONCE(task->__state) != TASK_RUNNING)
		sleep_until_woken(task);
}

void schedule_preempt_disabled(void)
{
	preempt_enable_no_resched();
	schedule();
	preempt_disable();
}

void yield(void)
{
	set_current_state(TASK_RUNNING);
	schedule();
}
EXPORT_SYMBOL(yield);

int io_schedule_prepare(void)
{
	blk_flush_plug(current->plug, true);
	return 0;
}

void io_schedule_finish(int token)
{
	(void)token;
}

void io_schedule(void)
{
	schedule();
}
EXPORT_SYMBOL(io_schedule);

long io_schedule_timeout(long timeout_jiffies)
{
	return schedule_timeout(timeout_jiffies);
}
EXPORT_SYMBOL(io_schedule_timeout);

/* ---- waking ---- */

static bool take_state(unsigned int *place, unsigned int states)
{
	unsigned int state = READ_ONCE(*place);

	do
		if (!(state & states))
			return false;
	while (!try_cmpxchg(place, &state, TASK_RUNNING));
	return true;
}

#ifdef CONFIG_PREEMPT_RT
/* One that waits for a spinlock has its state put aside, under pi_lock: that is changed, and seen when it has the lock. */
static bool take_any_state(struct task_struct *task, unsigned int states, bool *sleeps)
{
	unsigned long flags;
	bool taken;

	raw_spin_lock_irqsave(&task->pi_lock, flags);
	*sleeps = take_state(&task->__state, states);
	taken = *sleeps || take_state(&task->saved_state, states);
	raw_spin_unlock_irqrestore(&task->pi_lock, flags);
	return taken;
}
#else
static bool take_any_state(struct task_struct *task, unsigned int states, bool *sleeps)
{
	return *sleeps = take_state(&task->__state, states);
}
#endif

static int wake(struct task_struct *task, unsigned int states)
{
	bool sleeps;

	smp_mb(); /* what the waker wrote is there before it looks at the state; pairs with set_current_state() */
	if (!take_any_state(task, states, &sleeps))
		return 0;
	if (sleeps)
		lx_event_set(linux_task_of(task)->event);
	return 1;
}

int wake_up_process(struct task_struct *task)
{
	return wake(task, TASK_NORMAL);
}
EXPORT_SYMBOL(wake_up_process);

int wake_up_state(struct task_struct *task, unsigned int state)
{
	return wake(task, state);
}

#if LINUX_SINCE(6, 12)
int try_to_wake_up(struct task_struct *task, unsigned int state, int flags);
int try_to_wake_up(struct task_struct *task, unsigned int state, int flags)
{
	(void)flags;
	return wake(task, state);
}
#endif

int default_wake_function(wait_queue_entry_t *entry, unsigned mode, int flags, void *key)
{
	(void)flags, (void)key;
	return wake(entry->private, mode);
}
EXPORT_SYMBOL(default_wake_function);

static bool queue_wake(struct wake_q_head *head, struct task_struct *task)
{
	struct wake_q_node *node = &task->wake_q;

	smp_mb__before_atomic();
	if (cmpxchg_relaxed(&node->next, NULL, WAKE_Q_TAIL))
		return false;
	*head->lastp = node;
	head->lastp = &node->next;
	return true;
}

void wake_q_add(struct wake_q_head *head, struct task_struct *task)
{
	if (queue_wake(head, task))
		get_task_struct(task);
}

void wake_q_add_safe(struct wake_q_head *head, struct task_struct *task)
{
	if (!queue_wake(head, task))
		put_task_struct(task);
}

void wake_up_q(struct wake_q_head *head)
{
	struct wake_q_node *node = head->first;

	while (node != WAKE_Q_TAIL) {
		struct task_struct *task = container_of(node, struct task_struct, wake_q);

		node = node->next;
		WRITE_ONCE(task->wake_q.next, NULL);
		wake_up_process(task);
		put_task_struct(task);
	}
}

/* One waiter, which nobody has to lock. */
int rcuwait_wake_up(struct rcuwait *w)
{
	struct task_struct *task;
	int woken;

	rcu_read_lock();
	smp_mb(); /* pairs with the waiter's set_current_state() */
	task = rcu_dereference(w->task);
	woken = task ? wake_up_process(task) : 0;
	rcu_read_unlock();
	return woken;
}
EXPORT_SYMBOL_GPL(rcuwait_wake_up);

void finish_rcuwait(struct rcuwait *w)
{
	rcu_assign_pointer(w->task, NULL);
	__set_current_state(TASK_RUNNING);
}
EXPORT_SYMBOL_GPL(finish_rcuwait);

/* ---- where and how a task runs: it has a place among the virtual CPUs, and no priority ---- */

void do_set_cpus_allowed(struct task_struct *task, const struct cpumask *mask)
{
	cpumask_copy(&task->cpus_mask, mask);
	task->nr_cpus_allowed = (int)cpumask_weight(mask);
}

int set_cpus_allowed_ptr(struct task_struct *task, const struct cpumask *mask)
{
	if (!cpumask_intersects(mask, cpu_possible_mask))
		return -EINVAL;
	do_set_cpus_allowed(task, mask);
	if (task == current && !cpumask_test_cpu((int)raw_smp_processor_id(), mask))
		yield();
	return 0;
}
EXPORT_SYMBOL_GPL(set_cpus_allowed_ptr);

/* Return: not 0 when it sleeps in that state; 0: it does something else. */
unsigned long wait_task_inactive(struct task_struct *task, unsigned int state)
{
	while (!READ_ONCE(linux_task_of(task)->parked)) {
		if (state && READ_ONCE(task->__state) != state)
			return 0;
		leave_if_ending(current);
		lx_relax();
	}
	return !state || READ_ONCE(task->__state) == state;
}

/* Virtual CPUs have no caches of their own: none is nearer to what another has done. */
bool cpus_share_cache(int cpu, int other)
{
	(void)cpu, (void)other;
	return true;
}

#if LINUX_SINCE(6, 12)
bool cpus_equal_capacity(int cpu, int other)
{
	(void)cpu, (void)other;
	return true;
}

/* Before and after waiting for a mutex, whose owner is not made faster here: schedule() does what has to be done. */
void rt_mutex_pre_schedule(void)
{
}

void rt_mutex_schedule(void)
{
	schedule();
}

void rt_mutex_post_schedule(void)
{
}
#endif

void set_user_nice(struct task_struct *task, long nice)
{
	task->static_prio = task->prio = NICE_TO_PRIO((int)nice);
}
EXPORT_SYMBOL(set_user_nice);

int sched_setscheduler_nocheck(struct task_struct *task, int policy, const struct sched_param *param)
{
	(void)param;
	task->policy = (unsigned int)policy;
	return 0;
}

void sched_set_fifo(struct task_struct *task)
{
	task->policy = SCHED_FIFO;
}
EXPORT_SYMBOL_GPL(sched_set_fifo);

void sched_set_fifo_low(struct task_struct *task)
{
	task->policy = SCHED_FIFO;
}
EXPORT_SYMBOL_GPL(sched_set_fifo_low);

void sched_set_normal(struct task_struct *task, int nice)
{
	task->policy = SCHED_NORMAL;
	set_user_nice(task, nice);
}
EXPORT_SYMBOL_GPL(sched_set_normal);

/* No CPU sleeps so deeply that timers would rather run on another one. */
int get_nohz_timer_target(void)
{
	return (int)raw_smp_processor_id();
}

void wake_up_nohz_cpu(int cpu)
{
	(void)cpu;
}

/* A task does what was put off for it when it leaves Linux code, not sooner. */
void kick_process(struct task_struct *task)
{
	(void)task;
}
EXPORT_SYMBOL_GPL(kick_process);

/* ---- places where Linux looks whether something else should run, or whether it may sleep here ---- */

#ifdef CONFIG_PREEMPT_DYNAMIC
int __cond_resched(void)
{
	return 0;
}
EXPORT_SYMBOL(__cond_resched);
#endif

int __cond_resched_lock(spinlock_t *lock)
{
	(void)lock;
	return 0;
}
EXPORT_SYMBOL(__cond_resched_lock);

/* Linux lets the lock go for whoever spins for it. */
int __cond_resched_rwlock_write(rwlock_t *lock)
{
	if (!rwlock_is_contended(lock))
		return 0;
	write_unlock(lock);
	lx_relax();
	write_lock(lock);
	return 1;
}
EXPORT_SYMBOL(__cond_resched_rwlock_write);

/* Nobody is taken away from, and who computes for long says when another may go on. */
#ifdef CONFIG_PREEMPT_DYNAMIC
bool preempt_model_none(void)
{
	return false;
}
EXPORT_SYMBOL_GPL(preempt_model_none);

bool preempt_model_voluntary(void)
{
	return true;
}
EXPORT_SYMBOL_GPL(preempt_model_voluntary);

bool preempt_model_full(void)
{
	return false;
}
EXPORT_SYMBOL_GPL(preempt_model_full);
#endif

/* A task that may not change its CPU takes that one again after sleeping. */
void migrate_disable(void)
{
	struct task_struct *task = current;

	if (task->migration_disabled++)
		return;
	preempt_disable();
	task->cpus_ptr = cpumask_of(raw_smp_processor_id());
	task->nr_cpus_allowed = 1;
	preempt_enable();
}
EXPORT_SYMBOL_GPL(migrate_disable);

void migrate_enable(void)
{
	struct task_struct *task = current;

	if (--task->migration_disabled)
		return;
	task->cpus_ptr = &task->cpus_mask;
	task->nr_cpus_allowed = (int)cpumask_weight(&task->cpus_mask);
}
EXPORT_SYMBOL_GPL(migrate_enable);
