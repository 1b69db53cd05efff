// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Memory for programs by each way: pages that are inserted, vmalloc's, an address, and by page, with a say in who writes. */
/* report: /dev/clean_inserted: mapped */
/* report: /dev/clean_vmalloc: mapped */
/* report: /dev/clean_address: mapped */
/* report: /dev/clean_fault: mapped */
/* log: inserted 1, opened as often as closed, 1 page written to, which begins with xx */
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#define PAGES 4

static struct page *pages[PAGES];
static void *large, *buffer;
static int inserted, opened, closed, written;

static bool fits(const struct vm_area_struct *vma)
{
	return vma->vm_pgoff < PAGES && vma_pages((struct vm_area_struct *)vma) <= PAGES - vma->vm_pgoff;
}

static void area_open(struct vm_area_struct *vma)
{
	opened++;
}

static void area_close(struct vm_area_struct *vma)
{
	closed++;
}

static const struct vm_operations_struct counted = { .open = area_open, .close = area_close };

static int map_inserted(struct file *f, struct vm_area_struct *vma)
{
	int err = fits(vma) ? 0 : -EINVAL;

	for (unsigned long i = 0; i < vma_pages(vma) && !err; i++) {
		err = vm_insert_page(vma, vma->vm_start + i * PAGE_SIZE, pages[vma->vm_pgoff + i]);
		inserted += !err;
	}
	if (err)
		return err;
	vma->vm_ops = &counted;
	area_open(vma);
	return 0;
}

static int map_vmalloc(struct file *f, struct vm_area_struct *vma)
{
	return remap_vmalloc_range(vma, large, vma->vm_pgoff);
}

static int map_address(struct file *f, struct vm_area_struct *vma)
{
	return vm_iomap_memory(vma, virt_to_phys(buffer), PAGES * PAGE_SIZE);
}

static vm_fault_t area_fault(struct vm_fault *vmf)
{
	if (vmf->pgoff >= PAGES)
		return VM_FAULT_SIGBUS;
	get_page(pages[vmf->pgoff]);
	vmf->page = pages[vmf->pgoff];
	return 0;
}

static vm_fault_t area_mkwrite(struct vm_fault *vmf)
{
	written++;
	lock_page(vmf->page);
	return VM_FAULT_LOCKED;
}

static const struct vm_operations_struct faulting = {
	.open = area_open, .close = area_close, .fault = area_fault, .page_mkwrite = area_mkwrite
};

static int map_fault(struct file *f, struct vm_area_struct *vma)
{
	vma->vm_ops = &faulting;
	area_open(vma);
	return 0;
}

static const struct file_operations ops[] = {
	{ .owner = THIS_MODULE, .mmap = map_inserted },
	{ .owner = THIS_MODULE, .mmap = map_vmalloc },
	{ .owner = THIS_MODULE, .mmap = map_address },
	{ .owner = THIS_MODULE, .mmap = map_fault },
};

static struct miscdevice devices[] = {
	{ .minor = MISC_DYNAMIC_MINOR, .name = "clean_inserted", .fops = &ops[0] },
	{ .minor = MISC_DYNAMIC_MINOR, .name = "clean_vmalloc", .fops = &ops[1] },
	{ .minor = MISC_DYNAMIC_MINOR, .name = "clean_address", .fops = &ops[2] },
	{ .minor = MISC_DYNAMIC_MINOR, .name = "clean_fault", .fops = &ops[3] },
};

static void clean_free(void)
{
	for (int i = 0; i < PAGES; i++)
		if (pages[i])
			__free_page(pages[i]);
	vfree(large);
	kfree(buffer);
}

static int __init clean_init(void)
{
	int err = -ENOMEM;

	for (int i = 0; i < PAGES; i++)
		pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
	large = vmalloc_user(PAGES * PAGE_SIZE);
	buffer = kzalloc(PAGES * PAGE_SIZE, GFP_KERNEL);
	for (int i = 0; i < PAGES; i++)
		if (!pages[i])
			goto fail;
	if (!large || !buffer)
		goto fail;
	for (int i = 0; i < (int)ARRAY_SIZE(devices); i++) {
		err = misc_register(&devices[i]);
		while (err && i-- > 0)
			misc_deregister(&devices[i]);
		if (err)
			goto fail;
	}
	return 0;
fail:
	clean_free();
	return err;
}

static void __exit clean_exit(void)
{
	for (int i = 0; i < (int)ARRAY_SIZE(devices); i++)
		misc_deregister(&devices[i]);
	pr_info("inserted %d, opened %s, %d page written to, which begins with %.2s\n", inserted,
		opened == closed ? "as often as closed" : "and not closed", written, (char *)page_address(pages[0]));
	clean_free();
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
