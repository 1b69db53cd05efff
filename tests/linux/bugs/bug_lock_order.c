// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: lock-order in bug_read */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

static int bug_open(struct inode *inode, struct file *f)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	return 0;
}

static ssize_t bug_read(struct file *f, char __user *to, size_t len, loff_t *at)
{
	mutex_lock(&second);
	mutex_lock(&first); /* here */
	mutex_unlock(&first);
	mutex_unlock(&second);
	return 0;
}

static const struct file_operations ops = { .owner = THIS_MODULE, .open = bug_open, .read = bug_read };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops };
module_misc_device(device);

MODULE_LICENSE("GPL");
