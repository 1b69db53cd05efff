// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: leak in prepare */
#include <linux/module.h>
#include <linux/slab.h>

static void *tables[2];

static noinline int prepare(void)
{
	tables[0] = kmalloc(128, GFP_KERNEL); /* here */
	tables[1] = kmalloc(1ul << 40, GFP_KERNEL | __GFP_NOWARN);
	if (!tables[0] || !tables[1])
		return -ENOMEM;
	return 0;
}

static int __init bug_init(void)
{
	return prepare();
}

static void __exit bug_exit(void)
{
	kfree(tables[0]);
	kfree(tables[1]);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
