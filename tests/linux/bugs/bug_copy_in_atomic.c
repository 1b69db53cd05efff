// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: sleep-in-atomic in bug_write */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

static DEFINE_SPINLOCK(lock);
static char room[64];

static ssize_t bug_write(struct file *f, const char __user *from, size_t len, loff_t *at)
{
	unsigned long left;

	spin_lock(&lock);
	left = copy_from_user(room, from, min(len, sizeof(room))); /* here */
	spin_unlock(&lock);
	return left ? -EFAULT : len;
}

static const struct file_operations ops = { .owner = THIS_MODULE, .write = bug_write };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops, .mode = 0666 };

module_misc_device(device);

MODULE_LICENSE("GPL");
