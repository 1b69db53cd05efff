// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program would see that maps a file: an area that the file's mmap fills, or its fault handler page by page. Nothing is
 * mapped for a host: its memory is not Linux's. Linux's code finds all as it is in a program, and the bytes are copied.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/pfn_t.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "linux/kernel/watch.h"
#include "linux/versions.h"
#include "linux/mm/mm.h"
#include "linux/export.h"

#define START 0x7f0000000000ul /* where the area is in a program that there is not */

struct area {
	struct vm_area_struct vma;
	struct {
		unsigned long address; /* of the memory that is mapped, 0: none yet */
		struct page *held;     /* on which there is a reference */
	} page[LINUX_AREA_PAGES];
};

/* The program whose areas these are; its lock is held as Linux does. */
static struct mm_struct program = {
	.mm_users = ATOMIC_INIT(1),
	.mm_count = ATOMIC_INIT(1),
	.page_table_lock = __SPIN_LOCK_UNLOCKED(program.page_table_lock),
	.mmap_lock = __RWSEM_INITIALIZER(program.mmap_lock),
	.mmlist = LIST_HEAD_INIT(program.mmlist),
};

static struct area *area_of(struct vm_area_struct *vma)
{
	return container_of(vma, struct area, vma);
}

/* Which page of its area an address is in, or -1. */
static long index_of(const struct vm_area_struct *vma, unsigned long address)
{
	return address < vma->vm_start || address >= vma->vm_end ? -1 : (long)((address - vma->vm_start) >> PAGE_SHIFT);
}

/* ---- what modules fill it with ---- */

/* Return: whether it is memory of somebody's. That it may not be the module's shows only if nobody has it. */
static bool is_there(unsigned long address)
{
	unsigned long start = address;
	struct trace here;
	const char *kind;
	size_t size = 0;

	if (!linux_watching)
		return true;
	kind = linux_guard_has((void *)address) ? NULL : linux_guard_explain(address, &size, &start);
	if (!kind && linux_pages_have(__pa(address), PAGE_SIZE) &&
	    !page_ref_count(linux_page_head(virt_to_page((void *)address))))
		kind = "overflow";
	if (!kind)
		return true;
	linux_trace_here(&here);
	if (here.cnt)
		linux_finding(kind, start, size, &here);
	return false;
}

static int fill(struct vm_area_struct *vma, unsigned long at, unsigned long memory, struct page *hold)
{
	long i = index_of(vma, at);

	if (i < 0 || !IS_ALIGNED(at, PAGE_SIZE) || area_of(vma)->page[i].address)
		return i < 0 ? -EFAULT : -EBUSY;
	if (!is_there(memory))
		return -EINVAL;
	if (hold)
		page_ref_inc(linux_page_head(hold));
	area_of(vma)->page[i].address = memory;
	area_of(vma)->page[i].held = hold;
	return 0;
}

int remap_pfn_range(struct vm_area_struct *vma, unsigned long address, unsigned long pfn, unsigned long bytes,
		    pgprot_t access)
{
	unsigned long memory = (unsigned long)__va((phys_addr_t)pfn << PAGE_SHIFT);
	int err = IS_ALIGNED(address, PAGE_SIZE) ? 0 : -EINVAL;

	(void)access;
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	for (unsigned long done = 0; done < bytes && !err; done += PAGE_SIZE)
		err = fill(vma, address + done, memory + done, NULL);
	return err;
}
EXPORT_SYMBOL(remap_pfn_range);

/* As far as it goes from the file's page that the area begins with. */
int vm_iomap_memory(struct vm_area_struct *vma, phys_addr_t start, unsigned long bytes)
{
	unsigned long pages = (bytes + (start & ~PAGE_MASK) + PAGE_SIZE - 1) >> PAGE_SHIFT;

	if (start + bytes < start || vma->vm_pgoff > pages || vma_pages(vma) > pages - vma->vm_pgoff)
		return -EINVAL;
	return remap_pfn_range(vma, vma->vm_start, (start >> PAGE_SHIFT) + vma->vm_pgoff, vma->vm_end - vma->vm_start,
			       vma->vm_page_prot);
}
EXPORT_SYMBOL(vm_iomap_memory);

int vm_insert_page(struct vm_area_struct *vma, unsigned long address, struct page *page)
{
	if (index_of(vma, address) < 0)
		return -EFAULT;
	if (!page_ref_count(linux_page_head(page)))
		return -EINVAL;
	vm_flags_set(vma, VM_MIXEDMAP);
	return fill(vma, address, (unsigned long)page_address(page), page);
}
EXPORT_SYMBOL(vm_insert_page);

int vm_insert_pages(struct vm_area_struct *vma, unsigned long address, struct page **pages, unsigned long *cnt)
{
	int err = 0;

	for (; *cnt && !err; address += PAGE_SIZE) {
		err = vm_insert_page(vma, address, *pages++);
		*cnt -= !err;
	}
	return err;
}
EXPORT_SYMBOL(vm_insert_pages);

static int map_pages(struct vm_area_struct *vma, struct page **pages, unsigned long cnt, unsigned long first)
{
	int err = 0;

	if (first >= cnt || vma_pages(vma) > cnt - first)
		return -ENXIO;
	for (unsigned long i = 0; i < vma_pages(vma) && !err; i++)
		err = vm_insert_page(vma, vma->vm_start + (i << PAGE_SHIFT), pages[first + i]);
	return err;
}

int vm_map_pages(struct vm_area_struct *vma, struct page **pages, unsigned long cnt)
{
	return map_pages(vma, pages, cnt, vma->vm_pgoff);
}
EXPORT_SYMBOL(vm_map_pages);

int vm_map_pages_zero(struct vm_area_struct *vma, struct page **pages, unsigned long cnt)
{
	return map_pages(vma, pages, cnt, 0);
}
EXPORT_SYMBOL(vm_map_pages_zero);

int remap_vmalloc_range(struct vm_area_struct *vma, void *memory, unsigned long first)
{
	unsigned long pages = PAGE_ALIGN(ksize(memory)) >> PAGE_SHIFT;

	if (first > pages || vma_pages(vma) > pages - first || !PAGE_ALIGNED(memory))
		return -EINVAL;
	for (unsigned long i = 0; i < vma_pages(vma); i++) {
		int err = fill(vma, vma->vm_start + (i << PAGE_SHIFT),
			       (unsigned long)memory + ((first + i) << PAGE_SHIFT), NULL);

		if (err)
			return err;
	}
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	return 0;
}
EXPORT_SYMBOL(remap_vmalloc_range);

vm_fault_t vmf_insert_pfn(struct vm_area_struct *vma, unsigned long address, unsigned long pfn)
{
	int err = fill(vma, address & PAGE_MASK, (unsigned long)__va((phys_addr_t)pfn << PAGE_SHIFT), NULL);

	return err && err != -EBUSY ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE;
}
EXPORT_SYMBOL(vmf_insert_pfn);

vm_fault_t vmf_insert_pfn_prot(struct vm_area_struct *vma, unsigned long address, unsigned long pfn, pgprot_t access)
{
	(void)access;
	return vmf_insert_pfn(vma, address, pfn);
}
EXPORT_SYMBOL(vmf_insert_pfn_prot);

void zap_vma_ptes(struct vm_area_struct *vma, unsigned long address, unsigned long bytes)
{
	for (unsigned long done = 0; done < bytes; done += PAGE_SIZE) {
		long i = index_of(vma, address + done);
		struct page *held = i < 0 ? NULL : area_of(vma)->page[i].held;

		if (i < 0)
			return;
		area_of(vma)->page[i].address = 0;
		area_of(vma)->page[i].held = NULL;
		if (held)
			unpin_user_page(held);
	}
}
EXPORT_SYMBOL_GPL(zap_vma_ptes);

#if LINUX_SINCE(6, 12)
void zap_page_range_single(struct vm_area_struct *vma, unsigned long address, unsigned long bytes,
			   struct zap_details *details)
{
	(void)details;
	zap_vma_ptes(vma, address, bytes);
}
EXPORT_SYMBOL_GPL(zap_page_range_single);
#else
void zap_page_range(struct vm_area_struct *vma, unsigned long address, unsigned long bytes)
{
	zap_vma_ptes(vma, address, bytes);
}
EXPORT_SYMBOL_GPL(zap_page_range);
#endif

/* ---- what a program does with it ---- */

static vm_fault_t ask(struct area *a, unsigned long i, vm_fault_t (*handler)(struct vm_fault *vmf), unsigned int flags)
{
	struct vm_fault vmf = {
		.vma = &a->vma,
		.address = a->vma.vm_start + (i << PAGE_SHIFT),
		.real_address = a->vma.vm_start + (i << PAGE_SHIFT),
		.pgoff = a->vma.vm_pgoff + i,
		.gfp_mask = GFP_KERNEL,
		.flags = flags | FAULT_FLAG_USER,
		.page = a->page[i].held,
	};
	vm_fault_t did = handler(&vmf);

	if (did & (VM_FAULT_ERROR | VM_FAULT_RETRY | VM_FAULT_NOPAGE))
		return did;
	if (did & VM_FAULT_LOCKED)
		unlock_page(vmf.page);
	if (vmf.page && !a->page[i].address) {
		a->page[i].address = (unsigned long)page_address(vmf.page);
		a->page[i].held = vmf.page; /* the handler's reference */
	}
	return did;
}

/* It touches a page for the first time. Return: false: it would get a signal. */
static bool touch(struct area *a, unsigned long i, bool writes)
{
	const struct vm_operations_struct *ops = a->vma.vm_ops;
	unsigned int flags = writes ? FAULT_FLAG_WRITE : 0;

	if (!a->page[i].address && ops && ops->fault)
		ask(a, i, ops->fault, flags);
	if (!a->page[i].address)
		return false;
	if (writes && a->vma.vm_flags & VM_SHARED && ops) {
		vm_fault_t (*allow)(struct vm_fault * vmf) = a->page[i].held ? ops->page_mkwrite : ops->pfn_mkwrite;

		return !allow || !(ask(a, i, allow, flags | FAULT_FLAG_MKWRITE) & VM_FAULT_ERROR);
	}
	return true;
}

/* Return: bytes read, the last before the one that it would get a signal for. */
static size_t use(struct area *a, const char *from, size_t len, char *to, size_t room)
{
	size_t done = 0;

	for (; done < room; done += PAGE_SIZE) {
		unsigned long i = done >> PAGE_SHIFT;

		if (!touch(a, i, false) || copy_from_kernel_nofault(to + done, (void *)a->page[i].address, PAGE_SIZE))
			break;
		if (!len || !touch(a, i, true))
			continue;
		if (a->vma.vm_flags & VM_SHARED) /* else it writes to a copy of its own */
			copy_to_kernel_nofault((void *)a->page[i].address, from, min_t(size_t, len, PAGE_SIZE));
	}
	return done;
}

/* It forks, and the other one ends. */
static void copy_to_child(const struct area *a)
{
	const struct vm_operations_struct *ops = a->vma.vm_ops;
	struct area *copy = ops && !(a->vma.vm_flags & VM_DONTCOPY) ? kzalloc(sizeof(*copy), GFP_KERNEL) : NULL;

	if (!copy)
		return;
	memcpy(&copy->vma, &a->vma, sizeof(copy->vma)); /* it has constant members since 6.3 */
	if (ops->open)
		ops->open(&copy->vma);
	if (ops->close)
		ops->close(&copy->vma);
	kfree(copy);
}

static unsigned long flags_of(const struct file *f, bool writes)
{
	unsigned long flags = VM_READ | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_SHARED | VM_MAYSHARE;

	if (!(f->f_mode & FMODE_WRITE))
		flags &= ~(VM_MAYWRITE | VM_SHARED);
	return writes ? flags | VM_WRITE : flags;
}

static long map_and_use(struct area *a, const char *from, size_t len, char *to, size_t room)
{
	const struct vm_operations_struct *ops;
	long done;

	down_write(&program.mmap_lock);
	done = call_mmap(a->vma.vm_file, &a->vma);
	ops = a->vma.vm_ops;
	up_write(&program.mmap_lock);
	if (!done) {
		down_read(&program.mmap_lock);
		done = (long)use(a, from, len, to, room);
		up_read(&program.mmap_lock);
		down_write(&program.mmap_lock);
		copy_to_child(a);
		if (ops && ops->close)
			ops->close(&a->vma);
		up_write(&program.mmap_lock);
	}
	zap_vma_ptes(&a->vma, a->vma.vm_start, a->vma.vm_end - a->vma.vm_start);
	return done;
}

long linux_area_use(struct file *f, loff_t offset, const char *from, size_t len, char *to, size_t room)
{
	struct mm_struct *before = current->mm;
	struct area *a;
	long done;

	if (!f->f_op->mmap)
		return -ENODEV;
	if (!(f->f_mode & FMODE_READ) || (len && !(f->f_mode & FMODE_WRITE)))
		return -EACCES;
	if (!PAGE_ALIGNED(offset) || !PAGE_ALIGNED(room) || !room || room >> PAGE_SHIFT > LINUX_AREA_PAGES)
		return -EINVAL;
	a = kzalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		return -ENOMEM;
	a->vma.vm_start = START;
	a->vma.vm_end = START + room;
	a->vma.vm_mm = &program;
	vm_flags_init(&a->vma, flags_of(f, len));
	a->vma.vm_page_prot = vm_get_page_prot(flags_of(f, len));
	a->vma.vm_pgoff = (unsigned long)offset >> PAGE_SHIFT;
	a->vma.vm_file = get_file(f);
	INIT_LIST_HEAD(&a->vma.anon_vma_chain);
	current->mm = &program;
	done = map_and_use(a, from, len, to, room);
	current->mm = before;
	fput(a->vma.vm_file);
	kfree(a);
	return done;
}
