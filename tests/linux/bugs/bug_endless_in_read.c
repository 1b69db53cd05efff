// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: stuck in bug_read */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static bool ready;

static ssize_t bug_read(struct file *f, char __user *to, size_t len, loff_t *at)
{ /* here */
	while (!READ_ONCE(ready))
		cpu_relax();
	return 0;
}

static const struct file_operations ops = { .owner = THIS_MODULE, .read = bug_read };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops, .mode = 0666 };

module_misc_device(device);

MODULE_LICENSE("GPL");
