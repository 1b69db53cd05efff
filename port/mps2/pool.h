/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * An allocator without headers: whoever gives memory back says how large it is. Context: thread, or interrupts are
 * forbidden; an interrupt allocates nothing.
 */
#ifndef PORT_MPS2_POOL_H
#define PORT_MPS2_POOL_H

#include <stddef.h>

struct pool_hole;

struct pool {
	struct pool_hole *holes; /* in address order, no two adjacent */
	size_t granule;          /* sizes are rounded up to it, addresses are multiples of it: a power of two */
	size_t used;             /* bytes given out */
};

/** pool_init - @start and @end are multiples of @granule, which is at least 8. */
void pool_init(struct pool *p, void *start, void *end, size_t granule);
/** pool_alloc - Return: at least @size bytes, not zeroed, or NULL. */
void *pool_alloc(struct pool *p, size_t size);
/** pool_free - give back what pool_alloc() gave, with the same size. NULL is allowed. */
void pool_free(struct pool *p, void *mem, size_t size);

#endif
