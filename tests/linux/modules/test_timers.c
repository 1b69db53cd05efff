// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Timers, high-resolution timers, tasklets, and waits that time out. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/timer.h>

#include "check.h"

#define BEATS 4

static DECLARE_COMPLETION(done);
static DECLARE_COMPLETION(never);
static bool soft;
static int beats, tasklets;
static struct hrtimer beat;

static void expire(struct timer_list *t)
{
	soft = in_softirq();
	complete(&done);
}

static DEFINE_TIMER(timer, expire);

static enum hrtimer_restart on_beat(struct hrtimer *t)
{
	if (++beats == BEATS) {
		complete(&done);
		return HRTIMER_NORESTART;
	}
	hrtimer_forward_now(t, ms_to_ktime(2));
	return HRTIMER_RESTART;
}

static void on_tasklet(struct tasklet_struct *t)
{
	tasklets++;
	complete(&done);
}

static DECLARE_TASKLET(tasklet, on_tasklet);

static void test_timer(void)
{
	unsigned long before = jiffies;

	mod_timer(&timer, jiffies + 3);
	check(timer_pending(&timer), "a timer is pending");
	wait_for_completion(&done);
	check(time_after_eq(jiffies, before + 3), "it does not expire too early");
	check(soft, "its function runs in a softirq");
	mod_timer(&timer, jiffies + 1000 * HZ);
	check(del_timer_sync(&timer) == 1 && del_timer_sync(&timer) == 0, "a timer is deleted once");
}

static void test_hrtimer(void)
{
	ktime_t before = ktime_get();

	hrtimer_init(&beat, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	beat.function = on_beat;
	hrtimer_start(&beat, ms_to_ktime(2), HRTIMER_MODE_REL);
	wait_for_completion(&done);
	hrtimer_cancel(&beat);
	check(beats == BEATS, "a high-resolution timer restarts itself");
	check(ktime_ms_delta(ktime_get(), before) >= 2 * BEATS - 1, "none of its beats is too early");
}

static void test_tasklet(void)
{
	tasklet_disable(&tasklet);
	tasklet_schedule(&tasklet);
	check(!wait_for_completion_timeout(&done, 3) && !tasklets, "a tasklet that is disabled waits");
	tasklet_enable(&tasklet);
	wait_for_completion(&done);
	tasklet_kill(&tasklet);
	check(tasklets == 1, "it runs once when it is enabled");
}

static void test_delays(void)
{
	ktime_t before = ktime_get();

	check(!wait_for_completion_timeout(&never, 2), "a wait ends at its timeout");
	msleep(5);
	usleep_range(200, 400);
	mdelay(2);
	udelay(20);
	ndelay(100);
	check(ktime_ms_delta(ktime_get(), before) >= 4 + 5 + 2, "sleeps and delays take their time");
	check(schedule_timeout_uninterruptible(1) == 0, "a sleep of a jiffy ends");
}

static int __init test_init(void)
{
	test_timer();
	test_hrtimer();
	test_tasklet();
	test_delays();
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test of timers");
