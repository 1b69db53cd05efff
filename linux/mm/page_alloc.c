// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages: an arena of the interface, with a struct page for each of them in another one, so that Linux's arithmetic leads
 * from one to the other. A buddy allocator: free runs of 2^n pages, in a list for each n; their first page says so
 * (PageBuddy) and has n in its private word. Memory grows by the largest run; what has been committed stays until the end.
 *
 * Memory that is not from here, as kmalloc's, has a place in the same arithmetic, but no structure there.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/percpu.h>
#include <linux/page-flags.h>
#include <linux/pagevec.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "linux/glue.h"
#include "linux/kernel/watch.h"
#include "linux/mm/mm.h"
#include "linux/mm/noprof.h"
#include "linux/export.h"

#define ARENA_BYTES (256ul << 20)
#define ARENA_PAGES (ARENA_BYTES >> PAGE_SHIFT)
#define RUN_ORDER 8 /* of the largest run: 1 MiB, whose structures are whole pages, too */
#define RUN_PAGES (1ul << RUN_ORDER)

/* One node with one zone, which has all pages. */
struct pglist_data linux_node;
struct pglist_data *node_data[MAX_NUMNODES] = { &linux_node };
EXPORT_SYMBOL(node_data);

atomic_long_t _totalram_pages = ATOMIC_LONG_INIT(ARENA_PAGES);
EXPORT_SYMBOL(_totalram_pages);

DEFINE_STATIC_KEY_TRUE(vm_numa_stat_key);
/* Pages are not sorted by whether they can be moved. */
const char *const migratetype_names[MIGRATE_TYPES];

static DEFINE_RAW_SPINLOCK(lock);
static struct list_head runs[RUN_ORDER + 1]; /* free ones; lock held */
static struct page *map;
static unsigned long committed; /* pages, from the beginning; lock held */

static unsigned long index_of(const struct page *page)
{
	return (unsigned long)(page - map);
}

/* Nobody maps the page, and it is of no special type. */
static void forget_mappers(struct page *page)
{
	atomic_set(&page->_mapcount, -1);
}

/* ---- runs; lock held ---- */

static void put_run(struct page *page, unsigned int order)
{
	__SetPageBuddy(page);
	set_page_private(page, order);
	list_add(&page->buddy_list, &runs[order]);
}

static void take_run(struct page *page)
{
	list_del(&page->buddy_list);
	__ClearPageBuddy(page);
	set_page_private(page, 0);
}

static void merge(struct page *page, unsigned int order)
{
	for (; order < RUN_ORDER; order++) {
		struct page *buddy = map + (index_of(page) ^ (1ul << order));

		if (!PageBuddy(buddy) || page_private(buddy) != order)
			break;
		take_run(buddy);
		if (buddy < page)
			page = buddy;
	}
	put_run(page, order);
}

static struct page *split(unsigned int order)
{
	for (unsigned int have = order; have <= RUN_ORDER; have++) {
		struct page *page = list_first_entry_or_null(&runs[have], struct page, buddy_list);

		if (!page)
			continue;
		take_run(page);
		while (have > order) {
			have--;
			put_run(page + (1ul << have), have);
		}
		return page;
	}
	return NULL;
}

/* ---- one more run from the interface, which may wait, but for nothing that Linux code does ---- */

static bool grow(void)
{
	static arch_spinlock_t growing = __ARCH_SPIN_LOCK_UNLOCKED;
	unsigned long flags, first, map_bytes = RUN_PAGES * sizeof(struct page);
	int err = -ENOMEM;

	arch_spin_lock(&growing);
	first = committed;
	if (first < ARENA_PAGES)
		err = lx_pages_commit(first << PAGE_SHIFT, RUN_PAGES << PAGE_SHIFT, first * sizeof(struct page),
				      map_bytes);
	if (!err) {
		for (struct page *page = map + first; page < map + first + RUN_PAGES; page++) {
			set_page_links(page, ZONE_NORMAL, 0, page_to_pfn(page));
			forget_mappers(page);
		}
		raw_spin_lock_irqsave(&lock, flags);
		put_run(map + first, RUN_ORDER);
		committed += RUN_PAGES;
		raw_spin_unlock_irqrestore(&lock, flags);
	}
	arch_spin_unlock(&growing);
	return !err;
}

int linux_pages_start(void)
{
	void *base, *map_base;
	int err = lx_pages_reserve(ARENA_BYTES, ARENA_PAGES * sizeof(struct page), &base, &map_base);

	if (err)
		return err;
	for (unsigned int i = 0; i <= RUN_ORDER; i++)
		INIT_LIST_HEAD(&runs[i]);
	map = map_base;
	vmemmap_base = (unsigned long)(map - (__pa(base) >> PAGE_SHIFT));
	zero_pfn = __pa(empty_zero_page) >> PAGE_SHIFT;
	lruvec_init(&linux_node.__lruvec);
	linux_node.__lruvec.pgdat = &linux_node;
	for (int i = 0; i < MAX_NR_ZONES; i++) /* the others stay empty */
		linux_node.node_zones[i].zone_pgdat = &linux_node;
	linux_node.node_zones[ZONE_NORMAL] = (struct zone){
		.zone_pgdat = &linux_node,
		.name = "Normal",
		.zone_start_pfn = __pa(base) >> PAGE_SHIFT,
		.spanned_pages = ARENA_PAGES,
		.present_pages = ARENA_PAGES,
		.managed_pages = ATOMIC_LONG_INIT(ARENA_PAGES),
		.per_cpu_zonestats = alloc_percpu(struct per_cpu_zonestat),
	};
	linux_node.per_cpu_nodestats = alloc_percpu(struct per_cpu_nodestat);
	if (!linux_node.node_zones[ZONE_NORMAL].per_cpu_zonestats || !linux_node.per_cpu_nodestats)
		return -ENOMEM;
	mod_zone_page_state(&linux_node.node_zones[ZONE_NORMAL], NR_FREE_PAGES, ARENA_PAGES); /* committed or not */
	linux_node.nr_zones = ZONE_NORMAL + 1;
	linux_node.node_start_pfn = __pa(base) >> PAGE_SHIFT;
	linux_node.node_present_pages = linux_node.node_spanned_pages = ARENA_PAGES;
	return 0;
}

bool linux_pages_have(unsigned long long address, unsigned long bytes)
{
	unsigned long long offset = address - ((unsigned long long)page_to_pfn(map) << PAGE_SHIFT),
			   end = (unsigned long long)committed << PAGE_SHIFT;

	return offset < end && bytes <= end - offset;
}

/* ---- pages of one's own ---- */

static void free_run(struct page *page, unsigned int order)
{
	unsigned long flags;

	if (linux_watching)
		linux_untrack(page_address(page));
	for (struct page *p = page; p < page + (1ul << order); p++) {
		p->mapping = NULL;
		p->flags = 0;
		forget_mappers(p);
		set_page_count(p, 0);
		set_page_private(p, 0);
		clear_compound_head(p);
		set_page_links(p, ZONE_NORMAL, 0, page_to_pfn(p));
	}
	raw_spin_lock_irqsave(&lock, flags);
	merge(page, order);
	raw_spin_unlock_irqrestore(&lock, flags);
	mod_zone_page_state(&linux_node.node_zones[ZONE_NORMAL], NR_FREE_PAGES, 1l << order);
}

/* What the second and third structures of several pages say. */
#if LINUX_SINCE(6, 12)
static void set_head(struct page *page, unsigned int order)
{
	struct folio *folio = (struct folio *)page;

	folio->_flags_1 = (folio->_flags_1 & ~0xfful) | order;
	folio->_folio_nr_pages = 1u << order;
	atomic_set(&folio->_large_mapcount, -1);
	atomic_set(&folio->_entire_mapcount, -1);
	atomic_set(&folio->_nr_pages_mapped, 0);
	atomic_set(&folio->_pincount, 0);
	if (order > 1)
		INIT_LIST_HEAD(&folio->_deferred_list);
}
#else
static void set_head(struct page *page, unsigned int order)
{
	set_compound_page_dtor(page, COMPOUND_PAGE_DTOR);
	set_compound_order(page, order);
	atomic_set(compound_mapcount_ptr(page), -1);
	atomic_set(compound_pincount_ptr(page), 0);
}
#endif

static void make_compound(struct page *page, unsigned int order)
{
	__SetPageHead(page);
	for (unsigned long i = 1; i < 1ul << order; i++) {
		page[i].mapping = TAIL_MAPPING;
		set_compound_head(page + i, page);
	}
	set_head(page, order);
}

struct page *linux_pages_take(gfp_t gfp, unsigned int order)
{
	struct page *page;
	unsigned long flags;

	if (order > RUN_ORDER)
		return NULL;
	do {
		raw_spin_lock_irqsave(&lock, flags);
		page = split(order);
		raw_spin_unlock_irqrestore(&lock, flags);
	} while (!page && grow());
	if (!page)
		return NULL;
	mod_zone_page_state(&linux_node.node_zones[ZONE_NORMAL], NR_FREE_PAGES, -(1l << order));
	set_page_count(page, 1);
	if (order && gfp & __GFP_COMP)
		make_compound(page, order);
	if (gfp & __GFP_ZERO)
		memset(page_address(page), 0, PAGE_SIZE << order);
	return page;
}

static void track(struct page *page, size_t bytes)
{
	struct trace here;

	if (!linux_watching || !page)
		return;
	linux_trace_here(&here);
	linux_track(page_address(page), bytes, &here);
}

struct page *__alloc_pages(gfp_t gfp, unsigned int order, int node, nodemask_t *nodes)
{
	struct page *page = linux_pages_take(gfp, order);

	(void)node, (void)nodes;
	track(page, PAGE_SIZE << order);
	return page;
}
EXPORT_SYMBOL(__alloc_pages);

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	return __alloc_pages(gfp, order, 0, NULL);
}
EXPORT_SYMBOL(alloc_pages);

struct folio *__folio_alloc(gfp_t gfp, unsigned int order, int node, nodemask_t *nodes)
{
	return (struct folio *)__alloc_pages(gfp | __GFP_COMP, order, node, nodes);
}
EXPORT_SYMBOL(__folio_alloc);

struct folio *folio_alloc(gfp_t gfp, unsigned int order)
{
	return __folio_alloc(gfp, order, 0, NULL);
}
EXPORT_SYMBOL(folio_alloc);

/* Pages that follow one another can be mapped (map.c), others cannot; each is freed alone. NULL: there are not as many. */
static struct page *alloc_consecutive(gfp_t gfp, int cnt)
{
	unsigned int order = (unsigned int)get_order((unsigned long)cnt << PAGE_SHIFT);
	struct page *first = linux_pages_take(gfp & ~__GFP_COMP, order);

	for (int i = 0; first && i < 1 << order; i++) {
		set_page_count(first + i, 1);
		if (i < cnt)
			track(first + i, PAGE_SIZE);
		else
			__free_page(first + i);
	}
	return first;
}

/* Places that have a page already are left alone. Return: how many have one now, from the beginning. */
unsigned long __alloc_pages_bulk(gfp_t gfp, int node, nodemask_t *nodes, int cnt, struct list_head *list,
				 struct page **pages)
{
	struct page *first = pages && cnt > 1 && !pages[0] && !memchr_inv(pages, 0, (size_t)cnt * sizeof(*pages)) ?
				 alloc_consecutive(gfp, cnt) :
				 NULL;
	int done = 0;

	for (; first && done < cnt; done++)
		pages[done] = first + done;
	for (; done < cnt; done++) {
		struct page *page = pages && pages[done] ? pages[done] : __alloc_pages(gfp, 0, node, nodes);

		if (!page)
			break;
		if (list)
			list_add(&page->lru, list);
		else
			pages[done] = page;
	}
	return (unsigned long)done;
}
EXPORT_SYMBOL_GPL(__alloc_pages_bulk);

/* The last reference may be somebody else's: then that one frees the first page, and the others go now. */
void __free_pages(struct page *page, unsigned int order)
{
	bool head = test_bit(PG_head, &page->flags);

	if (put_page_testzero(page))
		free_run(page, order);
	else if (!head)
		while (order-- > 0)
			free_run(page + (1ul << order), order);
}
EXPORT_SYMBOL(__free_pages);

/* ---- pieces of pages, for packets: a page each that is counted by its pieces ---- */

#if LINUX_SINCE(6, 12)
#define page_frag_alloc_align __page_frag_alloc_align
#endif

void *page_frag_alloc_align(struct page_frag_cache *cache, unsigned int bytes, gfp_t gfp, unsigned int align_mask)
{
	unsigned int at = ALIGN(cache->va ? cache->offset : 0, -align_mask);
	struct page *page;

	if (bytes > PAGE_FRAG_CACHE_MAX_SIZE)
		return NULL;
	if (!cache->va || at + bytes > PAGE_FRAG_CACHE_MAX_SIZE) {
		if (cache->va)
			__free_pages(virt_to_page(cache->va), PAGE_FRAG_CACHE_MAX_ORDER);
		page = linux_pages_take(gfp | __GFP_COMP, PAGE_FRAG_CACHE_MAX_ORDER);
		cache->va = page ? page_address(page) : NULL;
		at = 0;
	}
	if (!cache->va)
		return NULL;
	page_ref_inc(virt_to_page(cache->va));
	cache->offset = (__u16)(at + bytes);
	return cache->va + at;
}
EXPORT_SYMBOL(page_frag_alloc_align);

void page_frag_free(void *piece)
{
	struct page *page = linux_page_head(virt_to_page(piece));

	__free_pages(page, folio_order((struct folio *)page));
}
EXPORT_SYMBOL(page_frag_free);

void __page_frag_cache_drain(struct page *page, unsigned int cnt)
{
	if (page_ref_sub_and_test(page, (int)cnt))
		free_run(page, folio_order((struct folio *)page));
}
EXPORT_SYMBOL(__page_frag_cache_drain);

/* ---- for Linux's mm/swap.c: the last reference has gone ---- */

void free_unref_page(struct page *page, unsigned int order)
{
	free_run(page, order);
}

#if LINUX_SINCE(6, 12)
void free_unref_folios(struct folio_batch *batch)
{
	for (unsigned int i = 0; i < batch->nr; i++)
		free_run(&batch->folios[i]->page, folio_order(batch->folios[i]));
	folio_batch_reinit(batch);
}
#else
void free_unref_page_list(struct list_head *list)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, list, lru) {
		list_del(&page->lru);
		free_run(page, 0);
	}
}

void destroy_large_folio(struct folio *folio)
{
	free_run(&folio->page, folio_order(folio));
}
#endif

/* ---- by address ---- */

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp & ~__GFP_HIGHMEM, order);

	return page ? (unsigned long)page_address(page) : 0;
}
EXPORT_SYMBOL(__get_free_pages);

unsigned long get_zeroed_page(gfp_t gfp)
{
	return __get_free_pages(gfp | __GFP_ZERO, 0);
}
EXPORT_SYMBOL(get_zeroed_page);

void free_pages(unsigned long address, unsigned int order)
{
	if (address)
		__free_pages(virt_to_page((void *)address), order);
}
EXPORT_SYMBOL(free_pages);

void split_page(struct page *page, unsigned int order)
{
	for (unsigned long i = 1; i < 1ul << order; i++)
		set_page_count(page + i, 1);
}
EXPORT_SYMBOL_GPL(split_page);

void free_pages_exact(void *memory, size_t bytes)
{
	for (size_t done = 0; done < PAGE_ALIGN(bytes); done += PAGE_SIZE)
		free_page((unsigned long)memory + done);
}
EXPORT_SYMBOL(free_pages_exact);

void *alloc_pages_exact(size_t bytes, gfp_t gfp)
{
	unsigned int order = get_order(bytes);
	unsigned long address = __get_free_pages(gfp & ~__GFP_COMP, order), end = address + PAGE_ALIGN(bytes);

	if (!address)
		return NULL;
	split_page(virt_to_page((void *)address), order);
	free_pages_exact((void *)end, address + (PAGE_SIZE << order) - end);
	return (void *)address;
}
EXPORT_SYMBOL(alloc_pages_exact);

/* ---- how much there is ---- */

unsigned long nr_free_buffer_pages(void)
{
	return global_zone_page_state(NR_FREE_PAGES);
}
EXPORT_SYMBOL_GPL(nr_free_buffer_pages);

void si_meminfo(struct sysinfo *info)
{
	*info = (struct sysinfo){
		.totalram = ARENA_PAGES,
		.freeram = global_zone_page_state(NR_FREE_PAGES),
		.mem_unit = PAGE_SIZE,
	};
}
EXPORT_SYMBOL(si_meminfo);
