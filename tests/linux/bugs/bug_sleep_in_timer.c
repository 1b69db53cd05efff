// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: sleep-in-atomic in late */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/timer.h>

static void late(struct timer_list *t)
{
	kfree(kmalloc(10, GFP_KERNEL)); /* here */
}

static DEFINE_TIMER(timer, late);

static int __init bug_init(void)
{
	mod_timer(&timer, jiffies + 1);
	return 0;
}

static void __exit bug_exit(void)
{
	del_timer_sync(&timer);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
