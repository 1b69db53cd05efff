// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: lock-held in look */
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_RWLOCK(lock);
static int number;

static noinline int look(void)
{ /* here */
	read_lock(&lock);
	return READ_ONCE(number);
}

static int __init bug_init(void)
{
	return look();
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
