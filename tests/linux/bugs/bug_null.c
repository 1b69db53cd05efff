// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: null-access in first */
#include <linux/module.h>

struct item {
	struct item *next;
	int number;
};

static struct item *items;

static noinline int first(const struct item *i)
{
	return READ_ONCE(i->number); /* here */
}

static int __init bug_init(void)
{
	return first(items);
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
