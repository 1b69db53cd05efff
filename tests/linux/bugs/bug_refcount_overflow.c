// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: refcount in get */
#include <linux/module.h>
#include <linux/refcount.h>

static refcount_t users = REFCOUNT_INIT(INT_MAX);

static noinline void get(void)
{
	refcount_inc(&users); /* here */
	barrier();            /* no tail call: its own frame is there to be named */
}

static int __init bug_init(void)
{
	get();
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
