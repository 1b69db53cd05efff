// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: uninitialised-read in use */
#include <linux/module.h>
#include <linux/slab.h>

struct node {
	struct node *next;
	int value;
};

static noinline int use(struct node *node)
{
	return READ_ONCE(node->next->value); /* here */
}

static int __init bug_init(void)
{
	struct node *node = kmalloc(sizeof(*node), GFP_KERNEL);
	int value;

	if (!node)
		return -ENOMEM;
	WRITE_ONCE(node->value, 1);
	value = use(node);
	kfree(node);
	return value ? 0 : -EINVAL;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
