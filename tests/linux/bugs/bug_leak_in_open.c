// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: leak in bug_open */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>

static int bug_open(struct inode *inode, struct file *f)
{
	f->private_data = kmalloc(200, GFP_KERNEL); /* here */
	return f->private_data ? 0 : -ENOMEM;
}

static ssize_t bug_read(struct file *f, char __user *to, size_t len, loff_t *at)
{
	return 0;
}

static const struct file_operations ops = { .owner = THIS_MODULE, .open = bug_open, .read = bug_read };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops, .mode = 0666 };

module_misc_device(device);

MODULE_LICENSE("GPL");
