// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: double-free in forget */
#include <linux/module.h>
#include <linux/slab.h>

static noinline void forget(void *p)
{
	kfree(p); /* here */
	barrier();
}

static int __init bug_init(void)
{
	void *p = kmalloc(32, GFP_KERNEL);

	forget(p);
	forget(p);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
