/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Which parts of a range of addresses are taken. What it knows lies outside of the range, on the domain's account. Free
 * extents are in lists by size, so that taking and giving take the same time whatever the module did before. The caller
 * locks.
 */
#ifndef KPI_IMPL_RANGE_H
#define KPI_IMPL_RANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "tenon/addr.h"

#define RANGE_CLASSES 256
#define RANGE_WORD_BITS (8 * sizeof(unsigned long))

struct kpi_domain;

struct extent {
	struct extent *prev, *next;           /* in address order; all together they are the range */
	struct extent *free_prev, *free_next; /* of the same class */
	tenon_addr start;
	size_t size; /* bytes */
	bool used;
};

struct range {
	struct kpi_domain *domain;
	size_t granule; /* sizes are rounded up to it */
	struct extent *first;
	struct extent **free; /* RANGE_CLASSES lists; NULL: there is no range */
	unsigned long filled[RANGE_CLASSES / (8 * sizeof(unsigned long))]; /* classes with something in them */
};

/* Return: 0 or -TENON_ENOMEM. */
int range_init(struct range *r, struct kpi_domain *d, tenon_addr start, size_t size, size_t granule);
/* Also if parts are taken. */
void range_fini(struct range *r);
/* NULL: no room, or no memory. */
struct extent *range_take(struct range *r, size_t size);
void range_give(struct range *r, struct extent *e);

#endif
