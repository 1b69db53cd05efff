// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: underflow in bug_write */
/* The end of a text that has no characters lies before it. */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

static ssize_t bug_write(struct file *f, const char __user *from, size_t len, loff_t *at)
{
	char *text = kmalloc(len + 1, GFP_KERNEL); /* here */
	ssize_t did = -EFAULT;

	if (!text)
		return -ENOMEM;
	if (!copy_from_user(text, from, len)) {
		text[len - 1] = 0; /* the newline */
		did = (ssize_t)len;
	}
	kfree(text);
	return did;
}

static const struct proc_ops ops = { .proc_write = bug_write };

static int __init bug_init(void)
{
	return proc_create("bug", 0200, NULL, &ops) ? 0 : -ENOMEM;
}

static void __exit bug_exit(void)
{
	remove_proc_entry("bug", NULL);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
