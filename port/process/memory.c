/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Memory for the core's own objects, counted; and the plan that makes one host call fail. */
#include <stdlib.h>

#include "port/process/internal.h"

bool fail_point(struct process_host *h)
{
	uint64_t n = atomic_load_explicit(&h->fail_in, memory_order_relaxed);

	while (n && !atomic_compare_exchange_weak(&h->fail_in, &n, n - 1))
		;
	if (n == 1)
		atomic_store(&h->fail_hit, true);
	return n == 1;
}

void process_fail_nth(struct process_host *h, uint64_t n)
{
	atomic_store(&h->fail_hit, false);
	atomic_store(&h->fail_in, n);
}

bool process_fail_hit(struct process_host *h)
{
	return atomic_load(&h->fail_hit);
}

void *heap_alloc(void *context, size_t size)
{
	struct process_host *h = context;
	size_t now, peak;
	void *p;

	if (fail_point(h))
		return NULL;
	p = malloc(size);
	if (!p)
		return NULL;
	now = atomic_fetch_add_explicit(&h->heap_bytes, size, memory_order_relaxed) + size;
	peak = atomic_load_explicit(&h->heap_peak, memory_order_relaxed);
	while (now > peak && !atomic_compare_exchange_weak(&h->heap_peak, &peak, now))
		;
	return p;
}

void heap_free(void *context, void *p, size_t size)
{
	struct process_host *h = context;

	if (!p)
		return;
	atomic_fetch_sub_explicit(&h->heap_bytes, size, memory_order_relaxed);
	free(p);
}

void process_stats(struct process_host *h, struct process_stats *out)
{
	*out = (struct process_stats){
		.heap_bytes = h->heap_bytes,
		.heap_peak_bytes = h->heap_peak,
		.permission_changes = h->permission_changes,
		.alias_opens = h->alias_opens,
		.upcalls = h->upcalls,
		.gate_calls = h->gate_calls,
		.domain_deaths = h->domain_deaths,
	};
}
