// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: callback-left in bug_context */
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/module.h>

static int bug_context(struct fs_context *fc)
{ /* here */
	return -EINVAL;
}

static struct file_system_type type = {
	.owner = THIS_MODULE, .name = "bug", .init_fs_context = bug_context, .kill_sb = kill_anon_super
};

static int __init bug_init(void)
{
	return register_filesystem(&type);
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
