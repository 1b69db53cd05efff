/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Between the files of the page cache. */
#ifndef KERNEL_VFS_PAGE_CACHE_PAGE_H
#define KERNEL_VFS_PAGE_CACHE_PAGE_H

#include "kernel/mm/page.h"
#include "kernel/sched/wait.h"
#include "kernel/vfs/page_cache.h"
#include "kernel/vfs/volume.h"

#define PAGE_UNITS 8 /* at most: of 512 bytes */
#define UNIT_NONE UINT32_MAX

struct cache_page {
	struct cache_page *bucket_next;
	struct cache_page *next, *prev;   /* of its cache's clean or dirty ones */
	struct cache_page *newer, *older; /* of all pages */
	struct page_cache *cache;         /* NULL: it was cut off, and goes with its last user */
	uint64_t index;
	struct page *page;
	uint32_t users;       /* that look at this structure */
	uint8_t valid, dirty; /* a bit for each unit */
	bool writing;         /* to the device, at this moment */
	bool mapped;          /* a program may be writing to it through a mapping */
	bool recent;          /* was used since reclaim looked at it last */
	uint32_t unit
	    [PAGE_UNITS]; /* of those that are valid: where on the volume; UNIT_NONE: nowhere. `fill`, then the lock */
};

extern struct spinlock cache_lock;
extern struct wait_queue cache_written;

static inline unsigned units_in_page(const struct page_cache *c)
{
	return (unsigned)PAGE_BYTES / c->volume->unit_bytes;
}

static inline uint8_t all_units(const struct page_cache *c)
{
	return (uint8_t)((1u << units_in_page(c)) - 1);
}

/* Units that [@from, @to) of a page touches. */
static inline uint8_t units_between(const struct page_cache *c, size_t from, size_t to)
{
	unsigned first = (unsigned)from / c->volume->unit_bytes;
	unsigned end = (unsigned)(to + c->volume->unit_bytes - 1) / c->volume->unit_bytes;

	return (uint8_t)((1u << end) - (1u << first));
}

/* The page of this index, made if it is not there, for cache_drop(). NULL: no memory. */
struct cache_page *cache_grab(struct page_cache *c, uint64_t index);
/* Only if it is there and all of it is valid. The lock is held. */
struct cache_page *cache_find(struct page_cache *c, uint64_t index);
void cache_drop(struct cache_page *p);
void cache_set_dirty(struct cache_page *p, uint8_t units);
/* The same, and from a list to the other; the lock is held. */
void cache_mark(struct cache_page *p, uint8_t units);
void cache_unmark(struct cache_page *p);
/* Structures of pages that reclaim took. */
void cache_free_spare(void);

/* ---- requests: units that follow each other in memory and on the device are one ---- */

struct cache_moves {
	struct volume *volume;
	struct block_move *move;
	unsigned cnt, room;
};

/* Unit @unit of the @position-th page. Return: false: there is no room for it. */
bool cache_move_add(struct cache_moves *m, const struct cache_page *p, unsigned position, unsigned unit);

#endif
