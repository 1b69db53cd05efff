// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: stack-overflow in deeper */
#include <linux/kernel.h>
#include <linux/module.h>

static noinline int deeper(int n)
{
	volatile char room[512];

	room[n & 511] = (char)n;
	return n ? deeper(n - 1) + room[n & 511] : 0;
}

static int __init bug_init(void)
{
	return deeper(1 << 20) == 1 ? -EINVAL : 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
