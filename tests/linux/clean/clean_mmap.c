// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A buffer of pages that programs map: at once, or page by page when they touch it. */
/* report: device /dev/clean_mmap */
/* report: /dev/clean_mmap: mapped */
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#define BUFFER_ORDER 2
#define BUFFER_BYTES (PAGE_SIZE << BUFFER_ORDER)

static unsigned long buffer;
static atomic_t mapped = ATOMIC_INIT(0);

static void buffer_open(struct vm_area_struct *vma)
{
	atomic_inc(&mapped);
}

static void buffer_close(struct vm_area_struct *vma)
{
	atomic_dec(&mapped);
}

static vm_fault_t buffer_fault(struct vm_fault *vmf)
{
	struct page *page;

	if (vmf->pgoff >= BUFFER_BYTES >> PAGE_SHIFT)
		return VM_FAULT_SIGBUS;
	page = virt_to_page(buffer + (vmf->pgoff << PAGE_SHIFT));
	get_page(page);
	vmf->page = page;
	return 0;
}

static const struct vm_operations_struct buffer_vm_ops = {
	.open = buffer_open,
	.close = buffer_close,
	.fault = buffer_fault,
};

static int buffer_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned long size = vma->vm_end - vma->vm_start;

	if (vma->vm_pgoff + (size >> PAGE_SHIFT) > BUFFER_BYTES >> PAGE_SHIFT)
		return -EINVAL;
	if (vma->vm_flags & VM_SHARED) {
		vma->vm_ops = &buffer_vm_ops;
		buffer_open(vma);
		return 0;
	}
	return remap_pfn_range(vma, vma->vm_start, (virt_to_phys((void *)buffer) >> PAGE_SHIFT) + vma->vm_pgoff, size,
			       vma->vm_page_prot);
}

static ssize_t buffer_read(struct file *file, char __user *to, size_t len, loff_t *at)
{
	return simple_read_from_buffer(to, len, at, (void *)buffer, BUFFER_BYTES);
}

static const struct file_operations buffer_ops = {
	.owner = THIS_MODULE,
	.read = buffer_read,
	.mmap = buffer_mmap,
	.llseek = default_llseek,
};

static struct miscdevice buffer_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "clean_mmap",
	.fops = &buffer_ops,
	.mode = 0444,
};

static int __init buffer_init(void)
{
	int err;

	buffer = __get_free_pages(GFP_KERNEL | __GFP_ZERO | __GFP_COMP, BUFFER_ORDER);
	if (!buffer)
		return -ENOMEM;
	err = misc_register(&buffer_device);
	if (err)
		free_pages(buffer, BUFFER_ORDER);
	return err;
}

static void __exit buffer_exit(void)
{
	misc_deregister(&buffer_device);
	free_pages(buffer, BUFFER_ORDER);
}

module_init(buffer_init);
module_exit(buffer_exit);
MODULE_LICENSE("GPL");
