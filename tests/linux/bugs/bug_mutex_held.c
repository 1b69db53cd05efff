// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: mutex-held in bug_read */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(mutex);

static ssize_t bug_read(struct file *f, char __user *to, size_t len, loff_t *at)
{ /* here */
	if (!mutex_trylock(&mutex))
		return -EBUSY;
	if (len == 1)
		return 0;
	mutex_unlock(&mutex);
	return 0;
}

static const struct file_operations ops = { .owner = THIS_MODULE, .read = bug_read };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops };
module_misc_device(device);

MODULE_LICENSE("GPL");
