// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: overflow in bug_write */
/* As much is copied as the program says. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define ROOM 100

static char *text;

static ssize_t bug_write(struct file *f, const char __user *from, size_t len, loff_t *at)
{
	return copy_from_user(text, from, len) ? -EFAULT : (ssize_t)len; /* here */
}

static const struct file_operations ops = { .owner = THIS_MODULE, .write = bug_write };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops };

static int __init bug_init(void)
{
	int err;

	text = kmalloc(ROOM, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	err = misc_register(&device);
	if (err)
		kfree(text);
	return err;
}

static void __exit bug_exit(void)
{
	misc_deregister(&device);
	kfree(text);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
