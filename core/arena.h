/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Module memory: the regions of all modules of a domain, packed into large blocks, one list of blocks for each kind.
 *
 * Every byte of a block is in exactly one extent, used or free; the extents of a block form a list in address order.
 * Giving a region back never needs memory. A block whose last region goes is unmapped. All functions are called with
 * the core's lock held.
 */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include "tenon/core.h"

struct arena_extent {
	struct arena_extent *next, *prev; /* in address order */
	struct arena_block *block;
	size_t offset, size;         /* bytes */
	struct tenon_module *module; /* NULL: free */
};

struct arena_block {
	struct tenon_block pub;
	struct arena_block *next;
	struct arena_extent *extents;
	size_t used, largest; /* bytes used; upper bound of the largest free extent */
	uint32_t writers;     /* regions that are open for writing */
	bool sealed;          /* RO_AFTER_INIT: pages of it have been made read-only before */
};

struct arena {
	struct arena_block *blocks[TENON_MEM_COUNT];
};

/* Reserve a region of @kind for a module in its domain. Return: NULL: there is no room, or no memory. */
struct arena_extent *arena_alloc(struct tenon_module *m, enum tenon_mem kind, size_t size, size_t align);
/* Give a region back. NULL is fine. A block that is open for writing stays until arena_write_end. */
void arena_free(struct tenon *t, struct arena_extent *e);

/* Open a block for writing, once for each region that is written. Return: 0 or the host's error. */
int arena_write_begin(struct tenon *t, struct arena_block *b);
/* Writing of one region has ended; the host was told by protect if it was the last. */
void arena_write_end(struct tenon *t, struct arena_block *b);

/* A region, for the host to bring to an access; KIND closes its block if nothing else of it is written. */
struct tenon_range arena_range(const struct arena_extent *e, enum tenon_access access);
/* Have the host do that. Return: what it says. */
int arena_protect(struct tenon *t, const struct arena_extent *e, enum tenon_access access);

/* Where the region is for the module, and for the core while the block is open for writing. */
static inline tenon_addr arena_run(const struct arena_extent *e)
{
	return e->block->pub.run + e->offset;
}

static inline uint8_t *arena_write(const struct arena_extent *e)
{
	return e->block->pub.write + e->offset;
}

/* Where to write what is at run address @run, if @size bytes there are in the region; else NULL. @e may be NULL. */
uint8_t *arena_at(const struct arena_extent *e, tenon_addr run, size_t size);

#endif
