// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: bug in insist */
#include <linux/bug.h>
#include <linux/module.h>

static int zero;

static noinline void insist(int number)
{
	BUG_ON(number != 1); /* here */
}

static int __init bug_init(void)
{
	insist(zero);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
