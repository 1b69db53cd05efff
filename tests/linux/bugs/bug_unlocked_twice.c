// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: lock-unbalanced in leave */
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static noinline void leave(void)
{ /* here */
	spin_unlock(&lock);
}

static int __init bug_init(void)
{
	spin_lock(&lock);
	leave();
	leave();
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
