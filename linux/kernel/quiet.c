// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether nothing is going to happen by itself: every task sleeps, nothing was put off on a virtual CPU, and no timer is due for
 * some time. For who waits until a module has done what it does without being asked (tenon_linux_watch). The tick finds it
 * out, which visits each virtual CPU anyway.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/timer.h>

#include "linux/glue.h"
#include "linux/kernel/kernel.h"
#include "linux/kernel/watch.h"

/* By the tick alone. */
static u64 next_ns = KTIME_MAX; /* when the next timer is due, of the virtual CPUs that it has visited */
static const struct task_struct *ticker;
static bool all_sleep;

/* Ticks that have come to their end, and the last ones at which all slept, and at which no timer was due either. */
static u64 tick_cnt, asleep_tick, quiet_tick;

void linux_quiet_here(bool put_off)
{
	u64 next = put_off ? 0 : get_next_timer_interrupt(jiffies, ktime_get_coarse_ns());

	next_ns = min(next_ns, next);
	ticker = current;
}

/* A task that nobody holds is in stock, one that exits runs nothing more, and one that was woken is on its way. */
static void look_at_task(struct task_struct *task)
{
	if (task != ticker && refcount_read(&task->usage) && !(task->flags & PF_EXITING) &&
	    (READ_ONCE(task->__state) == TASK_RUNNING || !READ_ONCE(linux_task_of(task)->parked)))
		all_sleep = false;
}

void linux_quiet_tick(bool visited_all)
{
	bool timer = next_ns <= (u64)ktime_get_coarse_ns() + TENON_LINUX_QUIET_TICKS * TICK_NSEC;

	next_ns = KTIME_MAX;
	all_sleep = visited_all;
	if (all_sleep)
		linux_tasks_each(look_at_task);
	WRITE_ONCE(tick_cnt, tick_cnt + 1);
	if (all_sleep)
		WRITE_ONCE(asleep_tick, tick_cnt);
	if (all_sleep && !timer)
		WRITE_ONCE(quiet_tick, tick_cnt);
}

void linux_quiet_ask(struct tenon_linux_watch *w)
{
	w->quiet_tick = READ_ONCE(quiet_tick);
	w->asleep_tick = READ_ONCE(asleep_tick);
	w->ticks = READ_ONCE(tick_cnt);
}
