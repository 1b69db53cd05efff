// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: bug in remove */
#include <linux/list.h>
#include <linux/module.h>

static LIST_HEAD(items);
static struct list_head item;

static noinline void remove(struct list_head *at)
{
	list_del(at); /* here */
}

static int __init bug_init(void)
{
	list_add(&item, &items);
	remove(&item);
	remove(&item);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
