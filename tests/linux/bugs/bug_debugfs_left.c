// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: file-left */
#include <linux/debugfs.h>
#include <linux/module.h>

static u32 number;

static int __init bug_init(void)
{
	debugfs_create_u32("bug", 0444, NULL, &number);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
