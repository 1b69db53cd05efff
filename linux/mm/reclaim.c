// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Linux has to get memory back when it is short, and to know which programs map a page. Here pages are had until the
 * arena is full, and no program maps any: caches register how they shrink, and nobody asks them to.
 */
#include <linux/buffer_head.h>
#include <linux/fs.h>
#include <linux/huge_mm.h>
#include <linux/memcontrol.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/mmap_lock.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/shrinker.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "linux/mm/mm.h"
#include "linux/versions.h"
#include "linux/export.h"

unsigned long totalreserve_pages;
long total_swap_pages;
struct address_space *swapper_spaces[MAX_SWAPFILES];
const struct address_space_operations shmem_aops;
#if LINUX_SINCE(6, 12)
struct folio *huge_zero_folio;
#else
struct page *huge_zero_page;
#endif
s32 vm_committed_as_batch = 32;
#ifdef CONFIG_LRU_GEN_ENABLED
struct static_key_true lru_gen_caps[NR_LRU_GEN_CAPS] = { [0 ... NR_LRU_GEN_CAPS - 1] = { STATIC_KEY_INIT_FALSE } };
#else
struct static_key_false lru_gen_caps[NR_LRU_GEN_CAPS]; /* all off */
#endif
struct static_key_true init_on_alloc = { .key = STATIC_KEY_INIT_FALSE };
EXPORT_SYMBOL(init_on_alloc);
DEFINE_STATIC_KEY_FALSE(init_on_free);
EXPORT_SYMBOL(init_on_free);

void lru_gen_init_lruvec(struct lruvec *lruvec)
{
	(void)lruvec;
}

/* Nobody goes through them, but who forgets to take one out is to be found (kernel/callbacks.c). */
static LIST_HEAD(shrinkers);
static DEFINE_MUTEX(shrinkers_lock);

/* Whose the shrinker is looks at the flag to know what it has to undo. */
static void add(struct shrinker *shrinker)
{
	mutex_lock(&shrinkers_lock);
	list_add_tail(&shrinker->list, &shrinkers);
	shrinker->flags |= SHRINKER_REGISTERED;
	mutex_unlock(&shrinkers_lock);
}

static void remove(struct shrinker *shrinker)
{
	mutex_lock(&shrinkers_lock);
	if (shrinker->flags & SHRINKER_REGISTERED)
		list_del(&shrinker->list);
	shrinker->flags &= ~SHRINKER_REGISTERED;
	mutex_unlock(&shrinkers_lock);
}

#if LINUX_SINCE(6, 12)
struct shrinker *shrinker_alloc(unsigned int flags, const char *fmt, ...)
{
	struct shrinker *shrinker = kzalloc(sizeof(*shrinker), GFP_KERNEL);

	(void)fmt;
	if (shrinker) {
		shrinker->flags = flags | SHRINKER_ALLOCATED;
		shrinker->seeks = DEFAULT_SEEKS;
	}
	return shrinker;
}
EXPORT_SYMBOL_GPL(shrinker_alloc);

void shrinker_register(struct shrinker *shrinker)
{
	add(shrinker);
}
EXPORT_SYMBOL_GPL(shrinker_register);

void shrinker_free(struct shrinker *shrinker)
{
	remove(shrinker);
	kfree(shrinker);
}
EXPORT_SYMBOL_GPL(shrinker_free);
#else
int prealloc_shrinker(struct shrinker *shrinker, const char *fmt, ...)
{
	(void)shrinker, (void)fmt;
	return 0;
}

void free_prealloced_shrinker(struct shrinker *shrinker)
{
	(void)shrinker;
}

void register_shrinker_prepared(struct shrinker *shrinker)
{
	add(shrinker);
}

int register_shrinker(struct shrinker *shrinker, const char *fmt, ...)
{
	(void)fmt;
	register_shrinker_prepared(shrinker);
	return 0;
}
EXPORT_SYMBOL(register_shrinker);

void unregister_shrinker(struct shrinker *shrinker)
{
	remove(shrinker);
}
EXPORT_SYMBOL(unregister_shrinker);
#endif

void set_shrinker_bit(struct mem_cgroup *group, int node, int number)
{
	(void)group, (void)node, (void)number;
}

void __acct_reclaim_writeback(pg_data_t *node, struct folio *folio, int throttled)
{
	(void)node, (void)folio, (void)throttled;
}

/*
 * What a mount that has failed drops: a clean page that nobody has but its caller and the page cache. Return: how many
 * pages that was.
 */
long remove_mapping(struct address_space *mapping, struct folio *folio)
{
	int refs = 1 + (int)folio_nr_pages(folio);
	bool gone;

	spin_lock(&mapping->host->i_lock);
	xa_lock_irq(&mapping->i_pages);
	gone = folio_ref_freeze(folio, refs);
	if (gone && folio_test_dirty(folio)) {
		folio_ref_unfreeze(folio, refs);
		gone = false;
	}
	if (gone)
		__filemap_remove_folio(folio, NULL);
	xa_unlock_irq(&mapping->i_pages);
	if (gone && mapping_shrinkable(mapping))
		inode_add_lru(mapping->host);
	spin_unlock(&mapping->host->i_lock);
	if (!gone)
		return 0;
	if (mapping->a_ops->free_folio)
		mapping->a_ops->free_folio(folio);
	folio_ref_unfreeze(folio, 1);
	return refs - 1;
}

/* No page moves to another place. */
int migrate_folio(struct address_space *mapping, struct folio *to, struct folio *from, enum migrate_mode mode)
{
	(void)mapping, (void)to, (void)from, (void)mode;
	return -ENOSYS;
}
EXPORT_SYMBOL(migrate_folio);

int filemap_migrate_folio(struct address_space *mapping, struct folio *to, struct folio *from, enum migrate_mode mode)
{
	return migrate_folio(mapping, to, from, mode);
}
EXPORT_SYMBOL_GPL(filemap_migrate_folio);

int buffer_migrate_folio(struct address_space *mapping, struct folio *to, struct folio *from, enum migrate_mode mode)
{
	return migrate_folio(mapping, to, from, mode);
}
EXPORT_SYMBOL(buffer_migrate_folio);

int buffer_migrate_folio_norefs(struct address_space *mapping, struct folio *to, struct folio *from,
				enum migrate_mode mode)
{
	return migrate_folio(mapping, to, from, mode);
}

#if !LINUX_SINCE(6, 12)
/* Nor is one of hugetlbfs, whose pages are of another size. */
int PageHuge(struct page *page)
{
	(void)page;
	return 0;
}
EXPORT_SYMBOL_GPL(PageHuge);

int PageHeadHuge(struct page *page)
{
	(void)page;
	return 0;
}
EXPORT_SYMBOL_GPL(PageHeadHuge);
#endif

/* No page belongs to a device. */
#if LINUX_SINCE(6, 12)
bool __put_devmap_managed_folio_refs(struct folio *folio, int refs)
{
	(void)folio, (void)refs;
	return false;
}
EXPORT_SYMBOL(__put_devmap_managed_folio_refs);
#else
bool __put_devmap_managed_page_refs(struct page *page, int refs)
{
	(void)page, (void)refs;
	return false;
}
EXPORT_SYMBOL(__put_devmap_managed_page_refs);
#endif

/* ---- no program maps a page ---- */

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
unsigned long thp_get_unmapped_area(struct file *file, unsigned long address, unsigned long bytes, unsigned long offset,
				    unsigned long flags)
{
	(void)file, (void)address, (void)bytes, (void)offset, (void)flags;
	return (unsigned long)-ENOMEM;
}
EXPORT_SYMBOL_GPL(thp_get_unmapped_area);
#endif

int folio_mkclean(struct folio *folio)
{
	(void)folio;
	return 0;
}
EXPORT_SYMBOL_GPL(folio_mkclean);

void unmap_mapping_folio(struct folio *folio)
{
	(void)folio;
}

void unmap_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t cnt, bool even_private)
{
	(void)mapping, (void)start, (void)cnt, (void)even_private;
}
EXPORT_SYMBOL_GPL(unmap_mapping_pages);

void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t bytes, int even_private)
{
	(void)mapping, (void)start, (void)bytes, (void)even_private;
}
EXPORT_SYMBOL(unmap_mapping_range);

/* ---- no page is swapped out, and no file is swapped to ---- */

#if LINUX_SINCE(6, 12)
pgoff_t __folio_swap_cache_index(struct folio *folio)
{
	return folio->index;
}
EXPORT_SYMBOL_GPL(__folio_swap_cache_index);
#else
pgoff_t __page_file_index(struct page *page)
{
	return page->index;
}
EXPORT_SYMBOL_GPL(__page_file_index);
#endif

struct address_space *swapcache_mapping(struct folio *folio)
{
	return folio->mapping;
}
EXPORT_SYMBOL_GPL(swapcache_mapping);

int add_swap_extent(struct swap_info_struct *info, unsigned long page, unsigned long cnt, sector_t block)
{
	(void)info, (void)page, (void)cnt, (void)block;
	return -EINVAL;
}
EXPORT_SYMBOL_GPL(add_swap_extent);

/* ---- pages that move, or that a device has lost ---- */

/* Who can move its pages says so by a mark on each. */
void __SetPageMovable(struct page *page, const struct movable_operations *ops)
{
	page->mapping = (void *)((unsigned long)ops | PAGE_MAPPING_MOVABLE);
}
EXPORT_SYMBOL(__SetPageMovable);

/* The mark that it is one stays, as in Linux: whoever moves pages looks at that. */
void __ClearPageMovable(struct page *page)
{
	page->mapping = (void *)PAGE_MAPPING_MOVABLE;
}
EXPORT_SYMBOL(__ClearPageMovable);

/* Programs that map the file: there are none. */
int mf_dax_kill_procs(struct address_space *mapping, pgoff_t start, unsigned long cnt, int flags)
{
	(void)mapping, (void)start, (void)cnt, (void)flags;
	return 0;
}
EXPORT_SYMBOL_GPL(mf_dax_kill_procs);

#if LINUX_SINCE(6, 12)
#define mlock_page_drain_local mlock_drain_local
#define need_mlock_page_drain need_mlock_drain
void mlock_drain_local(void);
bool need_mlock_drain(int cpu);
#endif

void mlock_page_drain_local(void)
{
}

bool need_mlock_page_drain(int cpu)
{
	(void)cpu;
	return false;
}
