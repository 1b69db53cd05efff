// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: overflow in bug_mmap */
/* A program gets as much as it asks for, whatever lies behind the buffer. */
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

static void *buffer;

static int bug_mmap(struct file *f, struct vm_area_struct *vma)
{
	int err = /* here */ remap_pfn_range(vma, vma->vm_start, virt_to_phys(buffer) >> PAGE_SHIFT,
					     vma->vm_end - vma->vm_start, vma->vm_page_prot);

	barrier();
	return err;
}

static const struct file_operations ops = { .owner = THIS_MODULE, .mmap = bug_mmap };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops };

static int __init bug_init(void)
{
	int err;

	buffer = kzalloc(2 * PAGE_SIZE, GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	err = misc_register(&device);
	if (err)
		kfree(buffer);
	return err;
}

static void __exit bug_exit(void)
{
	misc_deregister(&device);
	kfree(buffer);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
