// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: refcount in put */
#include <linux/module.h>
#include <linux/refcount.h>

static refcount_t users = REFCOUNT_INIT(1);

static noinline bool put(void)
{
	bool last = refcount_dec_and_test(&users); /* here */

	barrier(); /* no tail call: its own frame is there to be named */
	return last;
}

static int __init bug_init(void)
{
	put();
	put();
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
