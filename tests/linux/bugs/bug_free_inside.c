// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: bad-free in drop */
#include <linux/module.h>
#include <linux/slab.h>

static noinline void drop(char *p)
{
	kfree(p + 8); /* here */
	barrier();    /* no tail call: its own frame is there to be named */
}

static int __init bug_init(void)
{
	char *p = kmalloc(64, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	drop(p);
	kfree(p);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
