// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: sleep-in-atomic in make */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static noinline void *make(void)
{
	void *p = kmalloc(8, GFP_KERNEL); /* here */

	barrier();
	return p;
}

static int __init bug_init(void)
{
	void *p;

	spin_lock(&lock);
	p = make();
	spin_unlock(&lock);
	kfree(p);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
