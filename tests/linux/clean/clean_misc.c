// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A misc device that says how often it was opened. */
/* report: device /dev/clean_misc */
/* report: /dev/clean_misc: opened, polled, read, [0-9]* ioctls, closed */
/* prompt: cat /dev/clean_misc */
/* says: opened 1 times */
/* prompt: cat /dev/clean_misc */
/* says: opened 2 times */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct answer {
	int len;
	char text[40];
};

static atomic_t opened = ATOMIC_INIT(0);

static int misc_open(struct inode *inode, struct file *file)
{
	struct answer *a;

	if (file->f_mode & FMODE_WRITE)
		return -EPERM;
	a = kmalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		return -ENOMEM;
	a->len = scnprintf(a->text, sizeof(a->text), "opened %d times\n", atomic_inc_return(&opened));
	file->private_data = a;
	return 0;
}

static int misc_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static ssize_t misc_read(struct file *file, char __user *to, size_t len, loff_t *at)
{
	struct answer *a = file->private_data;

	return simple_read_from_buffer(to, len, at, a->text, a->len);
}

static const struct file_operations misc_ops = {
	.owner = THIS_MODULE,
	.open = misc_open,
	.release = misc_release,
	.read = misc_read,
	.llseek = default_llseek,
};

static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = "clean_misc", .fops = &misc_ops };
module_misc_device(misc);
MODULE_LICENSE("GPL");
