// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A high-resolution timer that restarts itself, one cancelled before its time, and sleeping by them. */
/* log: 10 periods, none early */
/* log: cancelled in time */
/* log: slept long enough */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/module.h>

#define PERIOD_NS (500 * NSEC_PER_USEC)

static struct hrtimer periodic, single;
static DECLARE_COMPLETION(done);
static ktime_t started;
static int periods, early;

static enum hrtimer_restart again(struct hrtimer *t)
{
	if (ktime_before(ktime_get(), ktime_add_ns(started, (u64)(periods + 1) * PERIOD_NS)))
		early++;
	if (++periods < 10) {
		hrtimer_forward_now(t, ns_to_ktime(PERIOD_NS));
		return HRTIMER_RESTART;
	}
	complete(&done);
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart never(struct hrtimer *t)
{
	return HRTIMER_NORESTART;
}

static int __init clean_init(void)
{
	ktime_t before;

	hrtimer_init(&periodic, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	periodic.function = again;
	hrtimer_init(&single, CLOCK_REALTIME, HRTIMER_MODE_REL);
	single.function = never;
	started = ktime_get();
	hrtimer_start(&periodic, ns_to_ktime(PERIOD_NS), HRTIMER_MODE_REL);
	hrtimer_start(&single, ktime_set(3600, 0), HRTIMER_MODE_REL);
	wait_for_completion(&done);
	pr_info("%d periods, %s early\n", periods, early ? "some" : "none");
	before = ktime_get();
	usleep_range(1000, 2000);
	if (ktime_us_delta(ktime_get(), before) >= 1000)
		pr_info("slept long enough\n");
	return 0;
}

static void __exit clean_exit(void)
{
	hrtimer_cancel(&periodic);
	if (hrtimer_cancel(&single))
		pr_info("cancelled in time\n");
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
