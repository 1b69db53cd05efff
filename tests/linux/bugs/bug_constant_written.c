// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: wild-access in change */
#include <linux/kernel.h>
#include <linux/module.h>

static const int table[4] = { 1, 2, 3, 4 };

static noinline void change(const int *at)
{
	*(volatile int *)at = 5; /* here */
}

static int __init bug_init(void)
{
	change(&table[1]);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
