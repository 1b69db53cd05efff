// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: lock-held in bug_write */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static ssize_t bug_write(struct file *f, const char __user *from, size_t len, loff_t *at)
{ /* here */
	spin_lock(&lock);
	if (len > 100)
		return -EINVAL;
	spin_unlock(&lock);
	return len;
}

static const struct file_operations ops = { .owner = THIS_MODULE, .write = bug_write };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops };
module_misc_device(device);

MODULE_LICENSE("GPL");
