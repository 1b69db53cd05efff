// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: leak in bug_init */
#include <linux/module.h>
#include <linux/workqueue.h>

static struct workqueue_struct *queue;

static int __init bug_init(void)
{
	queue = alloc_workqueue("bug", 0, 0); /* here */
	return queue ? 0 : -ENOMEM;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
