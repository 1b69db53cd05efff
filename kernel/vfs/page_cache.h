/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The page cache: pages of files on block devices, and of the devices themselves as their file systems see them
 * (volumes). What is read, written and mapped is the same page. It remembers where on the volume each of its units is, so
 * writing back and reclaim ask no module.
 *
 * A page that somebody has a reference to stays. One that is clean and nobody's is taken when memory is short: by
 * page_reclaim, in any context. A page that a program can write through a mapping counts as dirty until it is unmapped.
 *
 * Locks: `fill` over whatever brings pages in, or finds out where they are; a spin lock of the cache's own over all lists
 * and the members of a struct cache_page.
 */
#ifndef KERNEL_VFS_PAGE_CACHE_H
#define KERNEL_VFS_PAGE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/sched/lock.h"

#define CACHE_STEP 16 /* pages that are brought in together */

struct cache_page;
struct io;
struct page;
struct tenon_filesystem_extent;
struct volume;

#define CACHE_EXTENTS 16

struct cache_list {
	struct cache_page *first, *last;
	uint32_t cnt;
};

struct page_cache {
	struct volume *volume;
	struct mutex fill;
	struct cache_list clean, dirty;
	struct page_cache *next, **link; /* of the volume; NULL: it has no pages */
	int err;                         /* why pages could not be written, until somebody asks */
	uint32_t block_bytes;            /* what is allocated at once */
	/*
	 * Find out where [offset, offset + bytes) is, and with @allocate that it is; CACHE_EXTENTS at most. NULL: offsets are the volume's own.
	 * Return: extents, at least one, that begin at @offset and lie within the volume; or a negative errno. `fill` is
	 * held.
	 */
	int (*locate)(struct page_cache *c, uint64_t offset, uint64_t bytes, bool allocate,
		      struct tenon_filesystem_extent *extent);
	/* Fill in what lies nowhere on the volume as it is (TENON_FILESYSTEM_PACKED). Return: 0 or a negative errno. The same. */
	int (*read)(struct page_cache *c, uint64_t offset, void *to, size_t bytes);
};

void cache_init(struct page_cache *c, struct volume *v, enum lock_rank rank);

/*
 * Copy between the cache and @io, which has as much: [offset, offset + bytes), for reading within @size, whose page has
 * zeros beyond it. *done: how much was copied. cache_write makes what is not there, whether all of it can be copied or not.
 *
 * Return: 0, -TENON_EFAULT, -TENON_ENOMEM, -TENON_EIO, what locate says. Thread; no lock after LOCK_NODE.
 */
int cache_read(struct page_cache *c, struct io *io, uint64_t offset, size_t bytes, uint64_t size, size_t *done);
int cache_write(struct page_cache *c, struct io *io, uint64_t offset, size_t bytes, uint64_t size, size_t *done);

/*
 * The page with bytes from @index * 4096 on, with a reference. @written: it will be written through a mapping. @size: of
 * the file. `fill` is held.
 */
int cache_map(struct page_cache *c, uint64_t index, bool written, uint64_t size, struct page **page);
/* The bytes from @offset to the end of its page are 0 from now on, if something is there. `fill` is held. */
int cache_zero_tail(struct page_cache *c, uint64_t offset);
/*
 * Forget all blocks that begin at @bytes or behind, dirty or not; their writing is over when this returns. `fill` is held,
 * or nobody else uses it.
 */
void cache_cut(struct page_cache *c, uint64_t bytes);

/**
 * cache_write_back - write what is dirty now
 * @all: also what programs can write through mappings, which stays dirty
 *
 * v->flush is held. What cannot be written is lost but for lack of memory, and said to who asks next: cache_error().
 */
void cache_write_back(struct page_cache *c, bool all);
int cache_error(struct page_cache *c);

/* Units in [offset, offset + bytes) are somebody else's now: what they were is forgotten. */
void cache_forget(struct page_cache *c, uint64_t offset, uint64_t bytes);

/* Take @wanted pages that nobody uses. Return: how many. Any context, also with the heap's lock held. */
uint64_t cache_reclaim(uint64_t wanted);

/* Pages that are there, and that are dirty. */
void cache_totals(uint64_t *pages, uint64_t *dirty);

#endif
