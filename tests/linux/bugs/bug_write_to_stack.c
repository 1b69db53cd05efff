// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: overflow in bug_write */
/* ... which the compiler has seen: it asks at run time. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#define ROOM 100

static ssize_t bug_write(struct file *f, const char __user *from, size_t len, loff_t *at)
{
	char text[ROOM];

	if (copy_from_user(text, from, len)) /* here */
		return -EFAULT;
	return text[0] == '?' ? -EINVAL : (ssize_t)len;
}

static const struct file_operations ops = { .owner = THIS_MODULE, .write = bug_write };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops };
module_misc_device(device);

MODULE_LICENSE("GPL");
