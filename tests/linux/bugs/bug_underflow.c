// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: underflow in make */
#include <linux/module.h>
#include <linux/slab.h>

static noinline char *make(void)
{
	char *p = kmalloc(40, GFP_KERNEL); /* here */

	barrier(); /* no tail call: its own frame is there to be named */
	return p;
}

static int __init bug_init(void)
{
	char *p = make();

	if (!p)
		return -ENOMEM;
	WRITE_ONCE(p[-1], 0);
	kfree(p);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
