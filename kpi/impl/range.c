/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Good fit: sizes are classed by their highest bit and the two after it, and an extent of the next larger class that
 * has one is cut. Only where there is none are a few of the class itself tried. Neighbours that are free are one.
 */
#include "kpi/impl/impl.h"

#define TRIES 64

/* For sizes in granules: 1, 2, 3, then four classes for each power of two. */
static unsigned int class_of(size_t n)
{
	unsigned int log2;

	if (n < 4)
		return (unsigned int)n;
	log2 = (unsigned int)(RANGE_WORD_BITS - 1) - (unsigned int)__builtin_clzl(n);
	return 4 * (log2 - 1) + (unsigned int)(n >> (log2 - 2) & 3);
}

/* The first class in which everything is at least @n. */
static unsigned int class_above(size_t n)
{
	unsigned int class = class_of(n);
	bool exact = n < 4 || class_of(n - 1) != class;

	return exact ? class : class + 1;
}

static void insert_free(struct range *r, struct extent *e)
{
	unsigned int class = class_of(e->size / r->granule);

	e->used = false;
	e->free_prev = NULL;
	e->free_next = r->free[class];
	if (e->free_next)
		e->free_next->free_prev = e;
	r->free[class] = e;
	r->filled[class / RANGE_WORD_BITS] |= 1ul << class % RANGE_WORD_BITS;
}

static void remove_free(struct range *r, struct extent *e)
{
	unsigned int class = class_of(e->size / r->granule);

	if (e->free_prev)
		e->free_prev->free_next = e->free_next;
	else
		r->free[class] = e->free_next;
	if (e->free_next)
		e->free_next->free_prev = e->free_prev;
	if (!r->free[class])
		r->filled[class / RANGE_WORD_BITS] &= ~(1ul << class % RANGE_WORD_BITS);
}

int range_init(struct range *r, struct kpi_domain *d, tenon_addr start, size_t size, size_t granule)
{
	struct extent *e;

	*r = (struct range){ .domain = d, .granule = granule };
	if (!size)
		return 0;
	r->free = domain_alloc(d, RANGE_CLASSES * sizeof(*r->free));
	e = r->free ? domain_alloc(d, sizeof(*e)) : NULL;
	if (!e)
		return -TENON_ENOMEM; /* range_fini() frees the lists */
	r->first = e;                 /* for good: joining frees the second of two */
	e->start = start;
	e->size = size / granule * granule;
	insert_free(r, e);
	return 0;
}

void range_fini(struct range *r)
{
	struct extent *e = r->first, *next;

	for (; e; e = next) {
		next = e->next;
		domain_free(r->domain, e, sizeof(*e));
	}
	if (r->free)
		domain_free(r->domain, r->free, RANGE_CLASSES * sizeof(*r->free));
	r->free = NULL;
	r->first = NULL;
}

/* A free extent with room for @size. */
static struct extent *find(const struct range *r, size_t size)
{
	unsigned int first = class_above(size / r->granule);
	struct extent *e;
	int tries = 0;

	for (unsigned int i = first / RANGE_WORD_BITS; i < RANGE_CLASSES / RANGE_WORD_BITS; i++) {
		unsigned long filled = r->filled[i];

		if (i == first / RANGE_WORD_BITS)
			filled &= ~0ul << first % RANGE_WORD_BITS;
		if (filled)
			return r->free[i * RANGE_WORD_BITS + (unsigned int)__builtin_ctzl(filled)];
	}
	for (e = r->free[class_of(size / r->granule)]; e && e->size < size && tries < TRIES; tries++)
		e = e->free_next;
	return e && e->size >= size ? e : NULL;
}

struct extent *range_take(struct range *r, size_t size)
{
	struct extent *e, *rest;

	if (!size)
		size = 1;
	if (!r->free || size > SIZE_MAX - r->granule)
		return NULL;
	size = (size + r->granule - 1) / r->granule * r->granule;
	e = find(r, size);
	if (!e)
		return NULL;
	rest = e->size > size ? domain_alloc(r->domain, sizeof(*rest)) : NULL;
	if (e->size > size && !rest)
		return NULL;
	remove_free(r, e);
	e->used = true;
	if (!rest)
		return e;
	*rest = (struct extent){ .prev = e, .next = e->next, .start = e->start + size, .size = e->size - size };
	if (rest->next)
		rest->next->prev = rest;
	e->next = rest;
	e->size = size;
	insert_free(r, rest);
	return e;
}

/* Make @e and the one after it one; both are in no list. */
static void join(struct range *r, struct extent *e)
{
	struct extent *next = e->next;

	e->size += next->size;
	e->next = next->next;
	if (e->next)
		e->next->prev = e;
	domain_free(r->domain, next, sizeof(*next));
}

void range_give(struct range *r, struct extent *e)
{
	struct extent *prev = e->prev;

	if (e->next && !e->next->used) {
		remove_free(r, e->next);
		join(r, e);
	}
	if (prev && !prev->used) {
		remove_free(r, prev);
		join(r, prev);
		e = prev;
	}
	insert_free(r, e);
}
