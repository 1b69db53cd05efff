/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What one domain may cause, in one place. The counters are atomic, so that charging takes no lock: the functions that
 * allocate are called with and without some.
 */
#include "kpi/impl/impl.h"

/* A domain of the kernel's own is trusted: its limits only bound what a mistake can do. */
static const struct tenon_kpi_quota kernel = {
	.objects = 60000,
	.threads = 1000,
	.thread_end_ms = 30000,
	.memory_bytes = SIZE_MAX / 2,
	.kernel_bytes = SIZE_MAX / 2,
	.log_burst = 1u << 30,
	.log_per_s = 1u << 20,
};

static const struct tenon_kpi_quota isolated = {
	.objects = 16000,
	.threads = 48,
	.thread_end_ms = 30000,
	.memory_bytes = 512ul << 20,
	.kernel_bytes = 64ul << 20,
	.log_burst = 200,
	.log_per_s = 50,
};

void quota_defaults(struct kpi_domain *d)
{
	const struct tenon_kpi_quota *by = d->isolated ? &isolated : &kernel, *asked = &d->pub->quota;

	d->quota = *asked;
	if (!asked->objects)
		d->quota.objects = by->objects;
	if (!asked->threads)
		d->quota.threads = by->threads;
	if (!asked->thread_end_ms)
		d->quota.thread_end_ms = by->thread_end_ms;
	if (!asked->memory_bytes)
		d->quota.memory_bytes = by->memory_bytes;
	if (!asked->kernel_bytes)
		d->quota.kernel_bytes = by->kernel_bytes;
	if (!asked->log_burst)
		d->quota.log_burst = by->log_burst;
	if (!asked->log_per_s)
		d->quota.log_per_s = by->log_per_s;
}

bool quota_take(size_t *used, size_t limit, size_t amount)
{
	size_t now = __atomic_load_n(used, __ATOMIC_RELAXED);

	do {
		if (amount > limit || now > limit - amount)
			return false;
	} while (!__atomic_compare_exchange_n(used, &now, now + amount, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return true;
}

void quota_give(size_t *used, size_t amount)
{
	__atomic_fetch_sub(used, amount, __ATOMIC_RELAXED);
}

bool quota_take_cnt(uint32_t *used, uint32_t limit)
{
	uint32_t now = __atomic_load_n(used, __ATOMIC_RELAXED);

	do {
		if (now >= limit)
			return false;
	} while (!__atomic_compare_exchange_n(used, &now, now + 1, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return true;
}

void quota_give_cnt(uint32_t *used)
{
	__atomic_fetch_sub(used, 1, __ATOMIC_RELAXED);
}

void *domain_alloc(struct kpi_domain *d, size_t bytes)
{
	void *p;

	if (!quota_take(&d->used.kernel_bytes, d->quota.kernel_bytes, bytes))
		return NULL;
	p = kpi.host->alloc(bytes);
	if (!p)
		quota_give(&d->used.kernel_bytes, bytes);
	return p;
}

void domain_free(struct kpi_domain *d, void *p, size_t bytes)
{
	if (!p)
		return;
	kpi.host->free(p, bytes);
	quota_give(&d->used.kernel_bytes, bytes);
}
