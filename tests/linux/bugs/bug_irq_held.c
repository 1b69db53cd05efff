// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: lock-held in bug_open */
#include <linux/fs.h>
#include <linux/irqflags.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static int bug_open(struct inode *inode, struct file *f)
{ /* here */
	local_irq_disable();
	return 0;
}

static const struct file_operations ops = { .owner = THIS_MODULE, .open = bug_open };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops, .mode = 0666 };

module_misc_device(device);

MODULE_LICENSE("GPL");
