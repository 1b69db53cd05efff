// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work that does not wait but is done at once after what is going on: timers and tasklets. It waits on the virtual CPU
 * where it was raised, and is run by the thread that has it, when this comes to a place where Linux would run it: the end
 * of a section without bottom halves, a sleep, the way out. The tick (native/tick.c) visits those that nobody has.
 */
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/sched.h>
#include <linux/timer.h>

#include "linux/glue.h"
#include "linux/x86/percpu.h"
#include "linux/kernel/kernel.h"
#include "linux/versions.h"
#include "linux/export.h"

#define AGAIN_MAX 10 /* rounds, for work that raises itself; then the tick goes on */

struct tasklets {
	struct tasklet_struct *first, **last;
};

static bool ready; /* whoever raises something has said what is to be done then */
static struct softirq_action actions[NR_SOFTIRQS];
/* Each is touched only by the thread that has the virtual CPU. */
static unsigned int pending[LINUX_CPU_CNT];
static struct tasklets normal[LINUX_CPU_CNT], high[LINUX_CPU_CNT];

#if LINUX_SINCE(6, 12)
#define ACTION void
#define ACTION_OF(nr)
#else
#define ACTION struct softirq_action *unused
#define ACTION_OF(nr) &actions[nr]
#endif

void open_softirq(int nr, void (*action)(ACTION))
{
	actions[nr].action = action;
}

void __raise_softirq_irqoff(unsigned int nr)
{
	pending[smp_processor_id()] |= 1u << nr;
}

void raise_softirq_irqoff(unsigned int nr)
{
	__raise_softirq_irqoff(nr);
}

void raise_softirq(unsigned int nr)
{
	__raise_softirq_irqoff(nr);
}

bool linux_softirqs_pending(unsigned int cpu)
{
	return pending[cpu];
}

void linux_softirqs_run_pending(void)
{
	unsigned int *mine = &pending[raw_smp_processor_id()], now;

	for (int i = 0; i < AGAIN_MAX && *mine; i++) {
		now = *mine;
		*mine = 0;
		for (; now; now &= now - 1)
			actions[__ffs(now)].action(ACTION_OF(__ffs(now)));
	}
}

#ifndef CONFIG_PREEMPT_RT
void linux_softirqs_run(void)
{
	if (preempt_count() || irqs_disabled())
		return;
	linux_calls_run();
	if (!linux_softirqs_pending(raw_smp_processor_id()))
		return;
	__preempt_count_add(SOFTIRQ_OFFSET);
	linux_softirqs_run_pending();
	__preempt_count_sub(SOFTIRQ_OFFSET);
}

void __local_bh_enable_ip(unsigned long ip, unsigned int cnt)
{
	(void)ip;
	__preempt_count_sub((int)cnt);
	linux_softirqs_run();
}
EXPORT_SYMBOL(__local_bh_enable_ip);
#endif

void linux_tick_here(void)
{
	if (!READ_ONCE(ready))
		return;
	linux_irq_enter();
	update_process_times(0);
	linux_irq_exit();
	linux_softirqs_run();
	if (linux_watching)
		linux_quiet_here(pending[raw_smp_processor_id()]);
}

/* ---- tasklets ---- */

static void queue(struct tasklets *list, unsigned int nr, struct tasklet_struct *t)
{
	t->next = NULL;
	if (!list->first)
		list->last = &list->first;
	*list->last = t;
	list->last = &t->next;
	__raise_softirq_irqoff(nr);
}

void __tasklet_schedule(struct tasklet_struct *t)
{
	preempt_disable();
	queue(&normal[smp_processor_id()], TASKLET_SOFTIRQ, t);
	preempt_enable_no_resched();
	linux_softirqs_run();
}
EXPORT_SYMBOL(__tasklet_schedule);

void __tasklet_hi_schedule(struct tasklet_struct *t)
{
	preempt_disable();
	queue(&high[smp_processor_id()], HI_SOFTIRQ, t);
	preempt_enable_no_resched();
	linux_softirqs_run();
}
EXPORT_SYMBOL(__tasklet_hi_schedule);

/* One that is disabled, or runs on another CPU, stays for the next time. */
static void run_tasklets(struct tasklets *list, unsigned int nr)
{
	struct tasklet_struct *t = list->first, *next;

	list->first = NULL;
	list->last = &list->first;
	for (; t; t = next) {
		next = t->next;
		if (!tasklet_trylock(t)) {
			queue(list, nr, t);
			continue;
		}
		if (atomic_read(&t->count)) {
			tasklet_unlock(t);
			queue(list, nr, t);
			continue;
		}
		clear_bit(TASKLET_STATE_SCHED, &t->state);
		if (t->use_callback)
			t->callback(t);
		else
			t->func(t->data);
		tasklet_unlock(t);
	}
}

static void run_normal(ACTION)
{
	run_tasklets(&normal[smp_processor_id()], TASKLET_SOFTIRQ);
}

static void run_high(ACTION)
{
	run_tasklets(&high[smp_processor_id()], HI_SOFTIRQ);
}

/* After timers. */
void __init softirq_init(void)
{
	open_softirq(TASKLET_SOFTIRQ, run_normal);
	open_softirq(HI_SOFTIRQ, run_high);
	WRITE_ONCE(ready, true);
}

void tasklet_setup(struct tasklet_struct *t, void (*callback)(struct tasklet_struct *))
{
	*t = (struct tasklet_struct){ .callback = callback, .use_callback = true };
}
EXPORT_SYMBOL(tasklet_setup);

void tasklet_init(struct tasklet_struct *t, void (*func)(unsigned long), unsigned long data)
{
	*t = (struct tasklet_struct){ .func = func, .data = data };
}
EXPORT_SYMBOL(tasklet_init);

void tasklet_unlock(struct tasklet_struct *t)
{
	smp_mb__before_atomic();
	clear_bit(TASKLET_STATE_RUN, &t->state);
}
EXPORT_SYMBOL_GPL(tasklet_unlock);

void tasklet_unlock_wait(struct tasklet_struct *t)
{
	while (test_bit(TASKLET_STATE_RUN, &t->state))
		yield();
}
EXPORT_SYMBOL_GPL(tasklet_unlock_wait);

void tasklet_unlock_spin_wait(struct tasklet_struct *t)
{
	while (test_bit(TASKLET_STATE_RUN, &t->state))
		lx_relax();
}
EXPORT_SYMBOL(tasklet_unlock_spin_wait);

void tasklet_kill(struct tasklet_struct *t)
{
	while (test_and_set_bit(TASKLET_STATE_SCHED, &t->state))
		yield();
	tasklet_unlock_wait(t);
	clear_bit(TASKLET_STATE_SCHED, &t->state);
}
EXPORT_SYMBOL(tasklet_kill);
