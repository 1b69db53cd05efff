// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: leak in bug_init */
#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/module.h>

static dev_t number;

static int __init bug_init(void)
{
	int err = alloc_chrdev_region(&number, 0, 1, "bug"); /* here */

	barrier(); /* no tail call: its own frame is there to be named */
	return err;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
