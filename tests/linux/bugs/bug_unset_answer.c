// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: uninitialised-read in bug_read */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct answer {
	int first;
	char text[60];
};

static ssize_t bug_read(struct file *f, char __user *to, size_t len, loff_t *at)
{
	struct answer *a = kmalloc(sizeof(*a), GFP_KERNEL);
	int err;

	if (!a)
		return -ENOMEM;
	a->first = 1;
	err = len < sizeof(*a) || copy_to_user(to, a, sizeof(*a)); /* here */
	kfree(a);
	return err ? -EFAULT : sizeof(*a);
}

static const struct file_operations ops = { .owner = THIS_MODULE, .read = bug_read };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops, .mode = 0666 };

module_misc_device(device);

MODULE_LICENSE("GPL");
