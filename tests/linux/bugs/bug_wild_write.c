// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: wild-access in store */
#include <linux/kernel.h>
#include <linux/module.h>

static unsigned long place = 0x123456789000;

static noinline void store(int value)
{
	*(int *)READ_ONCE(place) = value; /* here */
}

static int __init bug_init(void)
{
	store(1);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
