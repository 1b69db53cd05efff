// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: overflow in bug_write */
/* A long text comes into a short buffer. */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define ROOM 64

static struct dentry *file;
static char *name;

static ssize_t bug_write(struct file *f, const char __user *from, size_t len, loff_t *at)
{
	char *text = memdup_user_nul(from, len);

	if (IS_ERR(text))
		return PTR_ERR(text);
	strcpy(name, text); /* here */
	kfree(text);
	return (ssize_t)len;
}

static const struct file_operations ops = { .owner = THIS_MODULE, .write = bug_write };

static int __init bug_init(void)
{
	name = kzalloc(ROOM, GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	file = debugfs_create_file("bug", 0200, NULL, NULL, &ops);
	return 0;
}

static void __exit bug_exit(void)
{
	debugfs_remove(file);
	kfree(name);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
