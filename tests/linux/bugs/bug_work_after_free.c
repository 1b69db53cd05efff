// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: use-after-free in later */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

static int *freed;

static void later(struct work_struct *w)
{
	WRITE_ONCE(*freed, 1); /* here */
}

static DECLARE_WORK(work, later);

static int __init bug_init(void)
{
	freed = kmalloc(sizeof(*freed), GFP_KERNEL);
	if (!freed)
		return -ENOMEM;
	kfree(freed);
	schedule_work(&work);
	return 0;
}

static void __exit bug_exit(void)
{
	flush_work(&work);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
