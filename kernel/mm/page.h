/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Physical pages.
 *
 * Accounting is strict. Every page in use is covered by a *promise*: page_commit() promises pages or says
 * -TENON_ENOMEM, and what is promised can be allocated later without failing. There are never more promises than pages.
 *
 *   page_alloc()           promises for itself; the promise goes with the last reference. For everything that can fail.
 *   page_alloc_promised()  takes from what the caller has promised before, and cannot fail. The promise stays the
 *                          caller's, whether the page lives or not: page_uncommit() ends it. For user memory.
 *
 * All functions: any context in which interrupts may be off; they take the pages' own lock, the last in the lock order.
 */
#ifndef KERNEL_MM_PAGE_H
#define KERNEL_MM_PAGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SHIFT 12
#define PAGE_BYTES 4096ul
#define PAGE_ORDER_MAX 12 /* 16 MiB: the file of linux.ko is read into memory in one piece */

typedef uint64_t phys_addr;

/* One for each page of memory; only the first of an allocation of a higher order is used. */
struct page {
	union {
		struct { /* while it is free */
			struct page *next, *prev;
		};
		struct { /* while it is used: the user's own */
			void *owner;
			uint64_t index;
		};
	};
	_Atomic uint32_t refs; /* 0: free */
	uint8_t order;
	uint8_t state;      /* enum page_state */
	uint8_t heap_class; /* this and the next two: the heap's, in its pages */
	uint16_t heap_used, heap_free;
};

enum page_state {
	PAGE_RESERVED, /* not memory, or never given out */
	PAGE_FREE,     /* the first page of a free block */
	PAGE_INNER,    /* inside a block, free or used */
	PAGE_USED,     /* its promise goes with it */
	PAGE_PROMISED, /* its promise is somebody's */
};

/**
 * page_alloc - 2^@order pages in a row, with one reference
 *
 * What is in them is not defined.
 *
 * Return: the first, or NULL: not enough memory, or none in a row.
 */
struct page *page_alloc(unsigned order);

/*
 * For tests of debug builds: the @nth allocation that the calling thread makes from now on fails, of those that can: pages,
 * promises and objects of the heap; 0: none. page_fails() counts one.
 */
#ifdef KERNEL_DEBUG
void page_fail_at(uint64_t nth);
uint64_t page_fail_left(void);
bool page_fails(void);
#else
static inline bool page_fails(void)
{
	return false;
}
#endif

/* What page_alloc() gave is 2^order pages from now on, each with a reference of its own. Nobody else knows of it yet. */
void page_split(struct page *page);

/* One page of the caller's promise, with one reference; what is in it is not defined. Never fails. */
struct page *page_alloc_promised(void);

void page_get(struct page *page);
/* Drops a reference; the last one frees the page. */
void page_put(struct page *page);

static inline uint32_t page_refs(const struct page *page)
{
	return atomic_load_explicit(&page->refs, memory_order_acquire);
}

/* Set once, by who keeps pages that it can do without: give back @cnt of them. Return: how many. Any context. */
extern uint64_t (*page_reclaim)(uint64_t cnt);

/* Promise @cnt pages. Return: 0 or -TENON_ENOMEM. */
int page_commit(uint64_t cnt);
void page_uncommit(uint64_t cnt);

/* Where the kernel sees a page, all 2^order of it in a row; and back. */
void *page_address(const struct page *page);
struct page *page_of_address(const void *address);
phys_addr page_phys(const struct page *page);
/* NULL if there is no memory at @phys. */
struct page *page_of_phys(phys_addr phys);

/* ---- boot ---- */

/* Make the array of pages, and give out all memory that is free. */
void page_init(void);
/* More of it, [start, end): whole pages. */
void page_give(phys_addr start, phys_addr end);

struct page_totals {
	uint64_t total;    /* pages that can be given out */
	uint64_t free;     /* not allocated */
	uint64_t promised; /* at most total */
};

void page_totals(struct page_totals *totals);

#endif
