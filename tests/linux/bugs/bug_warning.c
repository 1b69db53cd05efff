// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: warning in check */
#include <linux/bug.h>
#include <linux/module.h>

static int number = 1;

static noinline void check(void)
{
	WARN_ON(READ_ONCE(number)); /* here */
}

static int __init bug_init(void)
{
	check();
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
