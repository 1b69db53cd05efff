// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: device-left */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static const struct file_operations ops = { .llseek = noop_llseek };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops };

static int __init bug_init(void)
{
	return misc_register(&device);
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
