// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of programs. There are none, and a caller's own memory is copied to and from only (lib/usercopy.c): its pages
 * are not Linux's, so none can be held. What a file would map for one is in area.c.
 */
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/hmm.h>
#include <linux/oom.h>
#include <linux/pfn_t.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "linux/mm/mm.h"
#include "linux/versions.h"
#include "linux/export.h"

/* ---- pages of a program ---- */

int pin_user_pages_fast(unsigned long start, int cnt, unsigned int flags, struct page **pages)
{
	(void)start, (void)cnt, (void)flags, (void)pages;
	return -EFAULT;
}
EXPORT_SYMBOL_GPL(pin_user_pages_fast);

int get_user_pages_fast(unsigned long start, int cnt, unsigned int flags, struct page **pages)
{
	return pin_user_pages_fast(start, cnt, flags, pages);
}
EXPORT_SYMBOL_GPL(get_user_pages_fast);

int get_user_pages_fast_only(unsigned long start, int cnt, unsigned int flags, struct page **pages)
{
	(void)start, (void)cnt, (void)flags, (void)pages;
	return 0;
}
EXPORT_SYMBOL_GPL(get_user_pages_fast_only);

/* Before, callers could ask in which areas the pages are. */
#if LINUX_SINCE(6, 12)
#define AREAS
#define PASS_AREAS
#else
#define AREAS , struct vm_area_struct **areas
#define PASS_AREAS , areas
#endif

long pin_user_pages(unsigned long start, unsigned long cnt, unsigned int flags, struct page **pages AREAS)
{
	return pin_user_pages_fast(start, (int)cnt, flags, pages);
}
EXPORT_SYMBOL(pin_user_pages);

long get_user_pages(unsigned long start, unsigned long cnt, unsigned int flags, struct page **pages AREAS)
{
	return pin_user_pages(start, cnt, flags, pages PASS_AREAS);
}
EXPORT_SYMBOL(get_user_pages);

long pin_user_pages_unlocked(unsigned long start, unsigned long cnt, struct page **pages, unsigned int flags)
{
	return pin_user_pages_fast(start, (int)cnt, flags, pages);
}
EXPORT_SYMBOL(pin_user_pages_unlocked);

long get_user_pages_unlocked(unsigned long start, unsigned long cnt, struct page **pages, unsigned int flags)
{
	return pin_user_pages_unlocked(start, cnt, pages, flags);
}
EXPORT_SYMBOL(get_user_pages_unlocked);

long pin_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long cnt, unsigned int flags,
			   struct page **pages AREAS, int *locked)
{
	(void)mm, (void)locked;
	return pin_user_pages_fast(start, (int)cnt, flags, pages);
}
EXPORT_SYMBOL(pin_user_pages_remote);

long get_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long cnt, unsigned int flags,
			   struct page **pages AREAS, int *locked)
{
	return pin_user_pages_remote(mm, start, cnt, flags, pages PASS_AREAS, locked);
}
EXPORT_SYMBOL(get_user_pages_remote);

int fixup_user_fault(struct mm_struct *mm, unsigned long address, unsigned int flags, bool *unlocked)
{
	(void)mm, (void)address, (void)flags, (void)unlocked;
	return -EFAULT;
}
EXPORT_SYMBOL_GPL(fixup_user_fault);

int hmm_range_fault(struct hmm_range *range)
{
	(void)range;
	return -EFAULT;
}
EXPORT_SYMBOL(hmm_range_fault);

/* Pages that somebody holds are held in the usual way here. */
void unpin_user_page(struct page *page)
{
	struct page *head = linux_page_head(page);

	if (put_page_testzero(head))
		__folio_put((struct folio *)head);
}
EXPORT_SYMBOL(unpin_user_page);

void unpin_user_pages(struct page **pages, unsigned long cnt)
{
	for (unsigned long i = 0; i < cnt; i++)
		unpin_user_page(pages[i]);
}
EXPORT_SYMBOL(unpin_user_pages);

void unpin_user_pages_dirty_lock(struct page **pages, unsigned long cnt, bool dirty)
{
	for (unsigned long i = 0; i < cnt; i++)
		unpin_user_page_range_dirty_lock(pages[i], 1, dirty);
}
EXPORT_SYMBOL(unpin_user_pages_dirty_lock);

void unpin_user_page_range_dirty_lock(struct page *page, unsigned long cnt, bool dirty)
{
	for (unsigned long i = 0; i < cnt; i++) {
		if (dirty && !test_bit(PG_dirty, &linux_page_head(page + i)->flags))
			set_page_dirty_lock(page + i);
		unpin_user_page(page + i);
	}
}
EXPORT_SYMBOL(unpin_user_page_range_dirty_lock);

bool can_do_mlock(void)
{
	return true;
}
EXPORT_SYMBOL(can_do_mlock);

/* ---- its address space ---- */

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long address)
{
	(void)mm, (void)address;
	return NULL;
}
EXPORT_SYMBOL(find_vma);

int vm_munmap(unsigned long start, size_t bytes)
{
	(void)start, (void)bytes;
	return -EINVAL;
}
EXPORT_SYMBOL(vm_munmap);

pgprot_t vm_get_page_prot(unsigned long flags)
{
	return flags & VM_WRITE ? PAGE_SHARED : PAGE_READONLY;
}
EXPORT_SYMBOL(vm_get_page_prot);

int generic_access_phys(struct vm_area_struct *area, unsigned long address, void *buf, int len, int write)
{
	(void)area, (void)address, (void)buf, (void)len, (void)write;
	return -EINVAL;
}
EXPORT_SYMBOL_GPL(generic_access_phys);

#if LINUX_SINCE(6, 12)
int follow_pfnmap_start(struct follow_pfnmap_args *args)
{
	(void)args;
	return -EINVAL;
}
EXPORT_SYMBOL_GPL(follow_pfnmap_start);

void follow_pfnmap_end(struct follow_pfnmap_args *args)
{
	(void)args;
}
EXPORT_SYMBOL_GPL(follow_pfnmap_end);
#else
int follow_pte(struct mm_struct *mm, unsigned long address, pte_t **pte, spinlock_t **lock)
{
	(void)mm, (void)address, (void)pte, (void)lock;
	return -EINVAL;
}
EXPORT_SYMBOL_GPL(follow_pte);
#endif

/* ---- who wants to know of changes there ---- */

int mmu_interval_notifier_insert(struct mmu_interval_notifier *n, struct mm_struct *mm, unsigned long start,
				 unsigned long bytes, const struct mmu_interval_notifier_ops *ops)
{
	(void)n, (void)mm, (void)start, (void)bytes, (void)ops;
	return -ESRCH;
}
EXPORT_SYMBOL_GPL(mmu_interval_notifier_insert);

void mmu_interval_notifier_remove(struct mmu_interval_notifier *n)
{
	(void)n;
}
EXPORT_SYMBOL_GPL(mmu_interval_notifier_remove);

unsigned long mmu_interval_read_begin(struct mmu_interval_notifier *n)
{
	return n->invalidate_seq;
}
EXPORT_SYMBOL_GPL(mmu_interval_read_begin);

int mmu_notifier_register(struct mmu_notifier *n, struct mm_struct *mm)
{
	(void)n, (void)mm;
	return -ESRCH;
}
EXPORT_SYMBOL_GPL(mmu_notifier_register);

void mmu_notifier_unregister(struct mmu_notifier *n, struct mm_struct *mm)
{
	(void)n, (void)mm;
}
EXPORT_SYMBOL_GPL(mmu_notifier_unregister);

void mmu_notifier_synchronize(void)
{
}
EXPORT_SYMBOL_GPL(mmu_notifier_synchronize);

/* Memory is never short in the way that ends programs. */
static BLOCKING_NOTIFIER_HEAD(oom_notifiers);

int register_oom_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&oom_notifiers, nb);
}
EXPORT_SYMBOL_GPL(register_oom_notifier);

int unregister_oom_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_unregister(&oom_notifiers, nb);
}
EXPORT_SYMBOL_GPL(unregister_oom_notifier);
