// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: sleep-in-atomic in look */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

static noinline void look(void)
{
	rcu_read_lock();
	msleep(1); /* here */
	rcu_read_unlock();
}

static int __init bug_init(void)
{
	look();
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
