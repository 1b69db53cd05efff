/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Whole pages of a domain: reserved addresses, with memory where and while it is wanted. For arenas, windows, buffers. */
#ifndef PORT_PROCESS_KPI_PAGES_H
#define PORT_PROCESS_KPI_PAGES_H

#include "port/process/kpi/object.h"

struct pages {
	uint64_t base;         /* address in the domain */
	size_t bytes;          /* whole pages */
	struct extent *extent; /* isolated domain: its place */
};

size_t pages_round(const struct process_domain *d, size_t bytes);
/* Reserve addresses. Return: 0, -TENON_EINVAL (no bytes, or too many), -TENON_ENOMEM. kpi_lock not held, as for all. */
int pages_reserve(struct process_domain *d, size_t bytes, struct pages *p);
/* Is this a range of whole pages inside? */
bool pages_inside(const struct process_domain *d, const struct pages *p, size_t offset, size_t bytes);
/* Readable and writable, zeroed where they were not before. Return: 0 or -TENON_ENOMEM. */
int pages_commit(struct process_domain *d, const struct pages *p, size_t offset, size_t bytes);
void pages_decommit(struct process_domain *d, const struct pages *p, size_t offset, size_t bytes);
/* Decommit all and give the addresses back. */
void pages_release(struct process_domain *d, struct pages *p);

#endif
