/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Next fit; neighbours that are free are one. */
#include <stdlib.h>

#include "port/process/kpi/range.h"
#include "tenon/errno.h"

int range_init(struct range *r, uint64_t start, size_t size, size_t granule)
{
	struct extent *e = calloc(1, sizeof(*e));

	if (!e)
		return -TENON_ENOMEM;
	*e = (struct extent){ .start = start, .size = size };
	*r = (struct range){ .first = e, .rover = e, .granule = granule };
	return 0;
}

void range_fini(struct range *r)
{
	for (struct extent *e = r->first, *next; e; e = next) {
		next = e->next;
		free(e);
	}
	r->first = NULL;
}

/* The first extent from the rover on, around the end, that is free and large enough. */
static struct extent *find(const struct range *r, size_t size)
{
	struct extent *e = r->rover;

	do {
		if (!e->used && e->size >= size)
			return e;
		e = e->next ? e->next : r->first;
	} while (e != r->rover);
	return NULL;
}

struct extent *range_take(struct range *r, size_t size)
{
	struct extent *e, *rest;

	if (!size)
		size = 1;
	if (size > SIZE_MAX - r->granule)
		return NULL;
	size = (size + r->granule - 1) / r->granule * r->granule;
	e = find(r, size);
	if (!e)
		return NULL;
	if (e->size > size) {
		rest = calloc(1, sizeof(*rest));
		if (!rest)
			return NULL;
		*rest = (struct extent){ .prev = e, .next = e->next, .start = e->start + size, .size = e->size - size };
		if (rest->next)
			rest->next->prev = rest;
		e->next = rest;
		e->size = size;
	}
	e->used = true;
	r->rover = e->next ? e->next : r->first;
	return e;
}

/* Make @e and the one after it one. */
static void join(struct range *r, struct extent *e)
{
	struct extent *next = e->next;

	e->size += next->size;
	e->next = next->next;
	if (e->next)
		e->next->prev = e;
	if (r->rover == next)
		r->rover = e;
	free(next);
}

void range_give(struct range *r, struct extent *e)
{
	e->used = false;
	if (e->next && !e->next->used)
		join(r, e);
	if (e->prev && !e->prev->used)
		join(r, e->prev);
}
