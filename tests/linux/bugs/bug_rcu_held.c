// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: rcu-held in look */
#include <linux/module.h>
#include <linux/rcupdate.h>

static int number = 1;
static int *current_number = &number;

static noinline int look(void)
{ /* here */
	rcu_read_lock();
	return READ_ONCE(*READ_ONCE(current_number));
}

static int __init bug_init(void)
{
	return look() == 1 ? 0 : -EINVAL;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
