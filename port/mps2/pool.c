/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* First fit; a hole that is given back joins its neighbours. */
#include "port/mps2/pool.h"

#include <stdint.h>

/* Lies in the free memory itself. */
struct pool_hole {
	struct pool_hole *next;
	size_t size;
};

static char *end_of(struct pool_hole *h)
{
	return (char *)h + h->size;
}

/* 0 if it does not fit into a number. */
static size_t round_up(const struct pool *p, size_t size)
{
	return ((size ? size : 1) + p->granule - 1) & ~(p->granule - 1);
}

void pool_init(struct pool *p, void *start, void *end, size_t granule)
{
	struct pool_hole *h = start;

	h->next = NULL;
	h->size = (size_t)((char *)end - (char *)start);
	*p = (struct pool){ .holes = h, .granule = granule };
}

void *pool_alloc(struct pool *p, size_t size)
{
	struct pool_hole **link = &p->holes, *h;

	size = round_up(p, size);
	if (!size)
		return NULL;
	while ((h = *link) && h->size < size)
		link = &h->next;
	if (!h)
		return NULL;
	if (h->size == size) {
		*link = h->next;
	} else {
		struct pool_hole *rest = (struct pool_hole *)((char *)h + size);

		rest->next = h->next;
		rest->size = h->size - size;
		*link = rest;
	}
	p->used += size;
	return h;
}

void pool_free(struct pool *p, void *mem, size_t size)
{
	struct pool_hole *h = mem, *before = NULL, *after = p->holes;

	if (!h)
		return;
	h->size = round_up(p, size);
	p->used -= h->size;
	while (after && after < h) {
		before = after;
		after = after->next;
	}
	h->next = after;
	if (after && end_of(h) == (char *)after) {
		h->size += after->size;
		h->next = after->next;
	}
	if (!before) {
		p->holes = h;
	} else if (end_of(before) == (char *)h) {
		before->size += h->size;
		before->next = h->next;
	} else {
		before->next = h;
	}
}
