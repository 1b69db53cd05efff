// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: stuck in enter */
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static noinline void enter(void)
{ /* here */
	spin_lock(&lock);
}

static int __init bug_init(void)
{
	spin_lock(&lock);
	enter();
	spin_unlock(&lock);
	spin_unlock(&lock);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
