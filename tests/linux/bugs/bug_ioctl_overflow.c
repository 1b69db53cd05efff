// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: overflow in bug_ioctl */
#include <linux/fs.h>
#include <linux/ioctl.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define BUG_SET _IOW('b', 1, int)

static int *numbers;

static long bug_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	int i;

	if (cmd != BUG_SET)
		return -ENOTTY;
	if (get_user(i, (int __user *)arg))
		return -EFAULT;
	if (i >= 0)
		WRITE_ONCE(numbers[i + 4], 1); /* here */
	return 0;
}

static const struct file_operations ops = { .owner = THIS_MODULE, .unlocked_ioctl = bug_ioctl };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops, .mode = 0666 };

static int __init bug_init(void)
{
	int err;

	numbers = kcalloc(4, sizeof(*numbers), GFP_KERNEL);
	if (!numbers)
		return -ENOMEM;
	err = misc_register(&device);
	if (err)
		kfree(numbers);
	return err;
}

static void __exit bug_exit(void)
{
	misc_deregister(&device);
	kfree(numbers);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
