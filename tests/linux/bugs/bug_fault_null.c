// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: null-access in bug_fault */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

static struct page **pages; /* nobody has allocated them */

static vm_fault_t bug_fault(struct vm_fault *vmf)
{
	vmf->page = pages[vmf->pgoff]; /* here */
	get_page(vmf->page);
	return 0;
}

static const struct vm_operations_struct vm_ops = { .fault = bug_fault };

static int bug_mmap(struct file *f, struct vm_area_struct *vma)
{
	vma->vm_ops = &vm_ops;
	return 0;
}

static const struct file_operations ops = { .owner = THIS_MODULE, .mmap = bug_mmap };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops };
module_misc_device(device);

MODULE_LICENSE("GPL");
