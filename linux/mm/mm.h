/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of mm/ have of one another, and what Linux's private headers of memory declare. */
#ifndef LINUX_MM_MM_H
#define LINUX_MM_MM_H

#include <linux/mm_types.h>
#include <linux/mmzone.h>

extern struct pglist_data linux_node;
extern unsigned long zero_pfn;
extern struct workqueue_struct *mm_percpu_wq;

void __acct_reclaim_writeback(pg_data_t *node, struct folio *folio, int throttled);
void unmap_mapping_folio(struct folio *folio);
void mlock_page_drain_local(void);
bool need_mlock_page_drain(int cpu);
void free_unref_page(struct page *page, unsigned int order);
void free_unref_page_list(struct list_head *list);
struct folio_batch;
void free_unref_folios(struct folio_batch *batch);

/* page_alloc.c: reserve the arena of pages. Return: 0 or a negative errno value. */
int linux_pages_start(void);
/* Are all of these bytes, by physical address, in pages that have a structure? */
bool linux_pages_have(unsigned long long address, unsigned long bytes);

/*
 * area.c: do as a program does that maps @room bytes of a file, at most LINUX_AREA_PAGES pages, reads them to @to, writes
 * @len bytes of @from to the beginning of each page, forks, and unmaps them. Return: bytes read, or a negative errno value.
 */
#define LINUX_AREA_PAGES 32
long linux_area_use(struct file *f, loff_t offset, const char *from, size_t len, char *to, size_t room);

/* slab.c, cache.c: each allocation of kmalloc's, each object; the allocators are locked meanwhile. */
void linux_pieces_each(void (*fn)(const void *p, size_t size, void *arg), void *arg);
void linux_objects_each(void (*fn)(const void *p, size_t size, void *arg), void *arg);

/* A run that is nobody's who is watched. NULL: no memory. */
struct page *linux_pages_take(gfp_t gfp, unsigned int order);

/* Linux's compound_head(), without its branch for a way to save memory that is not used here. */
static inline struct page *linux_page_head(struct page *page)
{
	unsigned long head = READ_ONCE(page->compound_head);

	return head & 1 ? (struct page *)(head - 1) : page;
}

/* What stands before each piece of kmalloc's and each object of a cache. */
#define PIECE_MARK 0x6c616d6bu
#define OBJECT_MARK 0x6a626f6bu
#define PIECE_ALIGN 16

struct piece {
	union {
		struct {
			struct piece *prev, *next; /* PIECE_MARK: in the list of all */
		};
		struct {
			struct kmem_cache *cache; /* OBJECT_MARK */
			struct piece *next_free;
		};
	};
	size_t size; /* that was asked for */
	u16 before;  /* PIECE_MARK: bytes from what was allocated for it to the piece */
	u16 class;   /* likewise: 0: lx_alloc gave that, else 1 and the class of small ones */
	u32 mark;    /* 0: it is free */
} __aligned(PIECE_ALIGN);

#endif
