// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: overflow in make */
#include <linux/module.h>
#include <linux/slab.h>

static noinline char *make(void)
{
	char *p = kmalloc(13, GFP_KERNEL); /* here */

	barrier(); /* no tail call: its own frame is there to be named */
	return p;
}

static int __init bug_init(void)
{
	char *p = make();

	if (!p)
		return -ENOMEM;
	WRITE_ONCE(p[13], 0); /* the next word begins behind that: seen when it is freed */
	kfree(p);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
