// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: use-after-free in late */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/timer.h>

struct state {
	struct timer_list timer;
	int cnt;
};

static struct state *freed;
static struct timer_list timer;

static void late(struct timer_list *t)
{
	WRITE_ONCE(freed->cnt, 1); /* here */
}

static int __init bug_init(void)
{
	freed = kzalloc(sizeof(*freed), GFP_KERNEL);
	if (!freed)
		return -ENOMEM;
	timer_setup(&timer, late, 0);
	mod_timer(&timer, jiffies + 1);
	kfree(freed);
	return 0;
}

static void __exit bug_exit(void)
{
	del_timer_sync(&timer);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
