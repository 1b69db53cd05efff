// SPDX-License-Identifier: GPL-2.0-only
/*
 * RCU. A reader says so in its task (preemptible RCU) or by a preempt count, and keeps its virtual CPU all the time: a
 * virtual CPU that nobody has, or whose task is no reader, has passed. A grace period looks at each once, some time after it
 * began: by then a reader's word, which is written without a barrier, has long become visible.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/rcu_sync.h>
#include <linux/rcupdate_wait.h>
#include <linux/sched.h>
#include <linux/swait.h>

#include "linux/glue.h"
#include "linux/x86/percpu.h"
#include "linux/kernel/kernel.h"
#include "linux/kernel/watch.h"
#include "linux/versions.h"
#include "linux/export.h"

static DEFINE_RAW_SPINLOCK(lock);
static struct rcu_head *waiting, **last = &waiting; /* under lock */
static DECLARE_SWAIT_QUEUE_HEAD(called);            /* one that spins in every kernel: callers may not sleep */

void __rcu_read_lock(void)
{
	current->rcu_read_lock_nesting++;
	barrier();
}
EXPORT_SYMBOL_GPL(__rcu_read_lock);

void __rcu_read_unlock(void)
{
	barrier();
	current->rcu_read_lock_nesting--;
}
EXPORT_SYMBOL_GPL(__rcu_read_unlock);

/* A processor keeps what it has written to itself for less than a microsecond, and not beyond an interrupt. */
#define VISIBLE_US 20

static bool reads(int cpu)
{
	const char *window = (const char *)__per_cpu_offset[cpu];
	const struct task_struct *task = READ_ONCE(*(struct task_struct *const *)(window + WINDOW_CURRENT_TASK));

	/* A task's memory stays as long as linux.ko (task.c). */
	return task && (READ_ONCE(task->rcu_read_lock_nesting) ||
			READ_ONCE(*(const u32 *)(window + WINDOW_PREEMPT_COUNT)) != WINDOW_PREEMPT_NONE);
}

/* With PREEMPT_RT a reader may wait for a spinlock, without a virtual CPU. */
static void wait_for_reader(struct task_struct *task)
{
	while (task != current && READ_ONCE(task->rcu_read_lock_nesting))
		schedule_timeout_uninterruptible(1);
}

void synchronize_rcu(void)
{
	might_sleep();
	smp_mb(); /* what the caller took away is gone before the first look */
	udelay(VISIBLE_US);
	for (int cpu = 0; cpu < LINUX_CPU_CNT; cpu++)
		while (cpu != (int)raw_smp_processor_id() && reads(cpu))
			schedule_timeout_uninterruptible(1);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		linux_tasks_each(wait_for_reader);
	smp_mb(); /* what readers did is done before the caller goes on */
}
EXPORT_SYMBOL_GPL(synchronize_rcu);

void synchronize_rcu_expedited(void)
{
	synchronize_rcu();
}
EXPORT_SYMBOL_GPL(synchronize_rcu_expedited);

void call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	unsigned long flags;

	head->next = NULL;
	head->func = func;
	raw_spin_lock_irqsave(&lock, flags);
	*last = head;
	last = &head->next;
	raw_spin_unlock_irqrestore(&lock, flags);
	swake_up_one(&called);
}
EXPORT_SYMBOL_GPL(call_rcu);

#if LINUX_SINCE(6, 12)
void call_rcu_hurry(struct rcu_head *head, rcu_callback_t func)
{
	call_rcu(head, func);
}
EXPORT_SYMBOL_GPL(call_rcu_hurry);
#endif

/* Where a structure is only to be freed, the callback is where in it the head lies. */
#if LINUX_SINCE(6, 12)
void kvfree_call_rcu(struct rcu_head *head, void *what)
{
	rcu_callback_t func = (rcu_callback_t)(head ? (char *)head - (char *)what : 0);
#else
void kvfree_call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	void *what = (void *)func; /* if it has no head */
#endif
	if (head) {
		call_rcu(head, func);
		return;
	}
	might_sleep();
	synchronize_rcu();
	kvfree(what);
}
EXPORT_SYMBOL_GPL(kvfree_call_rcu);

static struct rcu_head *take_all(void)
{
	struct rcu_head *head;

	raw_spin_lock_irq(&lock);
	head = waiting;
	waiting = NULL;
	last = &waiting;
	raw_spin_unlock_irq(&lock);
	return head;
}

static void call_all(struct rcu_head *head)
{
	while (head) {
		struct rcu_head *next = head->next;
		unsigned long offset = (unsigned long)head->func;

		local_bh_disable();
		if (__is_kvfree_rcu_offset(offset))
			kvfree((char *)head - offset);
		else
			head->func(head);
		local_bh_enable();
		head = next;
	}
}

static int serve(void *unused)
{
	(void)unused;
	for (;;) {
		struct rcu_head *head;

		swait_event_exclusive(called, READ_ONCE(waiting));
		head = take_all();
		synchronize_rcu();
		call_all(head);
	}
}

/* Callbacks are called in the order in which they came. */
void rcu_barrier(void)
{
	struct rcu_synchronize all;

	init_rcu_head_on_stack(&all.head);
	init_completion(&all.completion);
	call_rcu(&all.head, wakeme_after_rcu);
	wait_for_completion(&all.completion);
}
EXPORT_SYMBOL_GPL(rcu_barrier);

void wakeme_after_rcu(struct rcu_head *head)
{
	complete(&container_of(head, struct rcu_synchronize, head)->completion);
}
EXPORT_SYMBOL_GPL(wakeme_after_rcu);

/* For locks of which readers are quick as long as nobody writes: they are always slow here, which needs no grace period. */
void rcu_sync_init(struct rcu_sync *s)
{
	memset(s, 0, sizeof(*s));
	s->gp_state = 1;
}

void rcu_sync_enter(struct rcu_sync *s)
{
	s->gp_state = 1;
}

void rcu_sync_exit(struct rcu_sync *s)
{
	s->gp_state = 1;
}

void rcu_sync_dtor(struct rcu_sync *s)
{
	(void)s;
}

int linux_rcu_start(void)
{
	return PTR_ERR_OR_ZERO(kthread_run(serve, NULL, "rcu"));
}

/* ---- cookies of grace periods: none is known to be over until it is waited for ---- */

unsigned long get_state_synchronize_rcu(void)
{
	return 0;
}
EXPORT_SYMBOL_GPL(get_state_synchronize_rcu);

unsigned long start_poll_synchronize_rcu(void)
{
	return 0;
}
EXPORT_SYMBOL_GPL(start_poll_synchronize_rcu);

bool poll_state_synchronize_rcu(unsigned long cookie)
{
	(void)cookie;
	return false;
}
EXPORT_SYMBOL_GPL(poll_state_synchronize_rcu);

void cond_synchronize_rcu(unsigned long cookie)
{
	(void)cookie;
	synchronize_rcu();
}
EXPORT_SYMBOL_GPL(cond_synchronize_rcu);
