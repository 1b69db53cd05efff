/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Which parts of a range of addresses are taken. What it knows lies outside of the range. The caller locks. */
#ifndef PORT_PROCESS_KPI_RANGE_H
#define PORT_PROCESS_KPI_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct extent {
	struct extent *prev, *next; /* in address order; all together they are the range */
	uint64_t start;
	size_t size; /* bytes */
	bool used;
};

struct range {
	struct extent *first;
	struct extent *rover; /* where the last search ended: the next begins there */
	size_t granule;       /* sizes are rounded up to it */
};

/* Return: 0 or -TENON_ENOMEM. */
int range_init(struct range *r, uint64_t start, size_t size, size_t granule);
void range_fini(struct range *r);
/* NULL: no room, or no memory. */
struct extent *range_take(struct range *r, size_t size);
void range_give(struct range *r, struct extent *e);

#endif
