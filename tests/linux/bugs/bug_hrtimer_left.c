// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: timer-left in late */
#include <linux/hrtimer.h>
#include <linux/module.h>

static struct hrtimer timer;

static enum hrtimer_restart late(struct hrtimer *unused)
{ /* here */
	pr_info("late\n");
	return HRTIMER_NORESTART;
}

static int __init bug_init(void)
{
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer.function = late;
	hrtimer_start(&timer, ktime_set(1000, 0), HRTIMER_MODE_REL);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
