// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What comes by itself after init, in as long as a module is given for that, also if nothing else does: timers, work, threads. */
/* log: a timer has come */
/* log: a deferrable timer has come */
/* log: a timer of high resolution has come */
/* log: delayed work has come */
/* log: work has come, after a timer */
/* log: a thread has woken up */
/* alone: kinds=1 a timer has come */
/* alone: kinds=2 a deferrable timer has come */
/* alone: kinds=4 a timer of high resolution has come */
/* alone: kinds=8 delayed work has come */
/* alone: kinds=16 a thread has woken up */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#define LATER_MS 15

enum { TIMER = 1, DEFERRABLE = 2, FINE = 4, DELAYED = 8, THREAD = 16 };

static int kinds = TIMER | DEFERRABLE | FINE | DELAYED | THREAD;
module_param(kinds, int, 0444);

static struct task_struct *thread;
static struct hrtimer fine;

static void work_comes(struct work_struct *work)
{
	pr_info("work has come, after a timer\n");
}
static DECLARE_WORK(work, work_comes);

static void delayed_comes(struct work_struct *unused)
{
	pr_info("delayed work has come\n");
}
static DECLARE_DELAYED_WORK(delayed, delayed_comes);

static void timer_comes(struct timer_list *unused)
{
	pr_info("a timer has come\n");
	schedule_work(&work);
}
static DEFINE_TIMER(timer, timer_comes);

static void deferrable_comes(struct timer_list *unused)
{
	pr_info("a deferrable timer has come\n");
}
static struct timer_list deferrable;

static enum hrtimer_restart fine_comes(struct hrtimer *unused)
{
	pr_info("a timer of high resolution has come\n");
	return HRTIMER_NORESTART;
}

static int sleep_a_while(void *unused)
{
	msleep(LATER_MS);
	pr_info("a thread has woken up\n");
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	return 0;
}

static int __init clean_init(void)
{
	if (kinds & THREAD)
		thread = kthread_run(sleep_a_while, NULL, "clean_settle");
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	timer_setup(&deferrable, deferrable_comes, TIMER_DEFERRABLE);
	hrtimer_init(&fine, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	fine.function = fine_comes;
	if (kinds & TIMER)
		mod_timer(&timer, jiffies + msecs_to_jiffies(LATER_MS));
	if (kinds & DEFERRABLE)
		mod_timer(&deferrable, jiffies + msecs_to_jiffies(LATER_MS));
	if (kinds & FINE)
		hrtimer_start(&fine, ms_to_ktime(LATER_MS), HRTIMER_MODE_REL);
	if (kinds & DELAYED)
		schedule_delayed_work(&delayed, msecs_to_jiffies(LATER_MS));
	return 0;
}

static void __exit clean_exit(void)
{
	if (thread)
		kthread_stop(thread);
	hrtimer_cancel(&fine);
	del_timer_sync(&deferrable);
	del_timer_sync(&timer);
	cancel_delayed_work_sync(&delayed);
	cancel_work_sync(&work);
}

module_init(clean_init);
module_exit(clean_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Waits for nobody");
