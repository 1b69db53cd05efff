// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: out-of-memory in grab */
#include <linux/module.h>
#include <linux/slab.h>

static void **taken;

static noinline void grab(void)
{
	void **p;

	while ((p = kmalloc(1 << 19, GFP_KERNEL))) { /* here */
		*p = taken;
		taken = p;
	}
}

static int __init bug_init(void)
{
	grab();
	return 0;
}

static void __exit bug_exit(void)
{
	while (taken) {
		void **p = taken;

		taken = *p;
		kfree(p);
	}
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
