// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: leak in bug_read */
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

static ssize_t bug_read(struct file *f, char __user *to, size_t len, loff_t *at)
{
	struct page *pages = alloc_pages(GFP_KERNEL, 2); /* here */

	if (!pages)
		return -ENOMEM;
	if (len == 1)
		return 0;
	__free_pages(pages, 2);
	return 0;
}

static const struct file_operations ops = { .owner = THIS_MODULE, .read = bug_read };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops };
module_misc_device(device);

MODULE_LICENSE("GPL");
