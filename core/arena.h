/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Module memory: the regions of all modules of a domain, packed into large blocks, one list of blocks for each kind.
 *
 * A block lists its regions in address order; what lies between two of them is free. The list runs through the modules
 * themselves, so neither taking a region nor giving it back needs memory, and giving back cannot fail. A block whose
 * last region goes is unmapped. All functions are called with the core's lock held.
 */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include "tenon/core.h"

/* A region: what a module has of one kind of memory. Part of struct tenon_module. */
struct arena_region {
	struct arena_block *block;        /* NULL: the module has no such region */
	struct arena_region *next, *prev; /* in address order */
	size_t offset, size;              /* bytes */
	struct tenon_module *module;
	bool open; /* for writing: one of the block's writers */
};

struct arena_block {
	struct tenon_block pub;
	struct arena_block *next;
	struct arena_region *first;
	size_t used, largest; /* bytes used; upper bound of the largest gap */
	uint32_t writers;     /* regions that are open for writing */
	bool sealed;          /* RO_AFTER_INIT: pages of it have been made read-only before */
};

struct arena {
	struct arena_block *blocks[TENON_MEM_COUNT];
};

/* Make m->region[@kind]. Return: false: there is no room in the domain, or no memory for a block. */
bool arena_alloc(struct tenon_module *m, enum tenon_mem kind, size_t size, size_t align);
/* Give a region back, if it is one. It is not open for writing. */
void arena_free(struct tenon *t, struct arena_region *r);

/* Open a region for writing, which opens its block if that is not open yet. Return: 0 or the host's error. */
int arena_open(struct tenon *t, struct arena_region *r);
/*
 * What the host is to protect so that the region gets an access. KIND ends its being written; with the last region that
 * was open, its block closes.
 */
struct tenon_range arena_range(struct arena_region *r, enum tenon_access access);
/* Have the host do that. Return: what it says. */
int arena_protect(struct tenon *t, struct arena_region *r, enum tenon_access access);

/* Where the region is for the module, and for the core while the block is open for writing. */
static inline tenon_addr arena_run(const struct arena_region *r)
{
	return r->block->pub.run + r->offset;
}

static inline uint8_t *arena_write(const struct arena_region *r)
{
	return r->block->pub.write + r->offset;
}

/* Where to write what is at run address @run, if @size bytes there are in the region; else NULL. */
uint8_t *arena_at(const struct arena_region *r, tenon_addr run, size_t size);

/* Where the gap after @r begins; NULL: the one at the block's beginning. Bytes in the block. */
static inline size_t arena_end(const struct arena_region *r)
{
	return r ? r->offset + r->size : 0;
}

#endif
