// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: timer-left in late */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/timer.h>

static void late(struct timer_list *unused)
{ /* here */
	pr_info("late\n");
}

static DEFINE_TIMER(timer, late);

static int __init bug_init(void)
{
	mod_timer(&timer, jiffies + 1000 * HZ);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
