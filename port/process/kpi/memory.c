/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * tenon_alloc and tenon_free: kpi/memory.def. In the kernel domain the C library's memory, in an isolated one a part of
 * its heap. What is allocated is known by address in a table on the host's side, out of any module's reach.
 */
#include <stdlib.h>
#include <string.h>

#include "port/process/kpi/object.h"

#define BUCKETS 4096u
#define BYTES_MAX (1ul << 30) /* of one allocation */

struct allocation {
	struct tenon_owned owned; /* must be first */
	struct allocation *next;  /* in its bucket */
	struct process_domain *domain;
	uint64_t address;
	struct extent *extent;    /* isolated domain: its place in the heap */
};

static struct allocation *buckets[BUCKETS]; /* kpi_lock */

static struct allocation **find(const struct process_domain *d, uint64_t address)
{
	struct allocation **link = &buckets[(address >> 4 ^ address >> 16) % BUCKETS];

	while (*link && ((*link)->address != address || (*link)->domain != d))
		link = &(*link)->next;
	return link;
}

/* Memory for @a. kpi_lock held. */
static bool take(struct allocation *a, size_t bytes)
{
	struct child *child = a->domain->child;

	if (!child) {
		a->address = (uintptr_t)calloc(1, bytes);
		return a->address;
	}
	a->extent = range_take(&child->heap, bytes);
	if (!a->extent)
		return false;
	a->address = a->extent->start;
	memset(domain_view(a->domain, a->address, bytes), 0, bytes);
	return true;
}

/* kpi_lock held. */
static void give_back(struct allocation *a)
{
	*find(a->domain, a->address) = a->next;
	if (a->extent)
		range_give(&a->domain->child->heap, a->extent);
	else
		free((void *)(uintptr_t)a->address);
	free(a);
}

static void reclaim(struct tenon_owned *owned)
{
	struct allocation *a = (struct allocation *)owned;

	kpi_log_left(a->domain, owned);
	kpi_lock();
	give_back(a);
	kpi_unlock();
}

void *tenon_alloc(struct tenon_this_module *self, size_t bytes)
{
	struct caller c = kpi_caller();
	struct tenon_module *m = kpi_module(&c, self);
	struct allocation *a = fail_point(c.h) ? NULL : calloc(1, sizeof(*a)), **link;
	uint64_t address = 0;

	if (!bytes)
		bytes = 1;
	if (!a || !m || bytes > BYTES_MAX)
		goto out;
	a->domain = c.domain;
	a->owned = (struct tenon_owned){ .kind = "memory", .bytes = bytes, .caller = c.from, .reclaim = reclaim };
	kpi_lock();
	if (take(a, bytes)) {
		address = a->address;
		link = find(c.domain, address);
		*link = a;
		if (tenon_own(m, &a->owned)) {
			give_back(a);
			address = 0;
		}
		a = NULL;
	}
	kpi_unlock();
out:
	free(a);
	return (void *)(uintptr_t)address;
}

void tenon_free(void *memory)
{
	struct caller c = kpi_caller();
	struct allocation *a;

	if (!memory)
		return;
	kpi_lock();
	a = *find(c.domain, (uintptr_t)memory);
	/* If it is being reclaimed, leave it to that. */
	if (a && tenon_disown(c.h->core, &a->owned))
		give_back(a);
	kpi_unlock();
	if (!a)
		kpi_fault(&c, "freed memory that it had not allocated");
}
