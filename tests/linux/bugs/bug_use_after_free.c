// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: use-after-free in bug_read */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>

static ssize_t bug_read(struct file *f, char __user *to, size_t len, loff_t *at)
{
	int *number = kmalloc(sizeof(*number), GFP_KERNEL);

	if (!number)
		return -ENOMEM;
	*number = 5;
	kfree(number);
	return READ_ONCE(*number) == 5 ? 0 : -EIO; /* here */
}

static const struct file_operations ops = { .owner = THIS_MODULE, .read = bug_read };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops };
module_misc_device(device);

MODULE_LICENSE("GPL");
