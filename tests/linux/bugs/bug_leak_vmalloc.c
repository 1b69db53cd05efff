// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: leak in reserve */
#include <linux/module.h>
#include <linux/vmalloc.h>

static noinline void *reserve(void)
{
	void *p = vzalloc(10000); /* here */

	barrier(); /* no tail call: its own frame is there to be named */
	return p;
}

static int __init bug_init(void)
{
	return reserve() ? 0 : -ENOMEM;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
