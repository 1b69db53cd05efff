// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: use-after-free in drop_all */
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>

struct item {
	struct list_head list;
	int number;
};

static LIST_HEAD(items);

static noinline void drop_all(void)
{
	struct item *item;

	list_for_each_entry(item, &items, list) /* here */
		kfree(item);
}

static int __init bug_init(void)
{
	for (int i = 0; i < 3; i++) {
		struct item *item = kzalloc(sizeof(*item), GFP_KERNEL);

		if (item)
			list_add(&item->list, &items);
	}
	return 0;
}

static void __exit bug_exit(void)
{
	drop_all();
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
