// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: sleep-in-atomic in enter */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);
static DEFINE_MUTEX(mutex);

static noinline void enter(void)
{
	mutex_lock(&mutex); /* here */
	mutex_unlock(&mutex);
}

static int __init bug_init(void)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	enter();
	spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
