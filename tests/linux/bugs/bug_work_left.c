// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: work-left in later */
#include <linux/module.h>
#include <linux/workqueue.h>

static void later(struct work_struct *unused)
{ /* here */
	pr_info("later\n");
}

static DECLARE_DELAYED_WORK(work, later);

static int __init bug_init(void)
{
	schedule_delayed_work(&work, 1000 * HZ);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
