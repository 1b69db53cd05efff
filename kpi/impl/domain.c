/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Opening and closing: of the interface, of domains; and threads. */
#include "kpi/impl/impl.h"

#define HEAP_GRANULE 16u

void tenon_kpi_open(const struct tenon_kpi_host *host, const struct tenon_host *core_host, struct tenon *core)
{
	kpi = (struct kpi){ .host = host, .core_host = core_host, .core = core };
	host->lock_init(&kpi.devices);
}

void tenon_kpi_close(void)
{
	kpi = (struct kpi){ 0 };
}

void tenon_kpi_thread_begin(struct tenon_kpi_thread *t, struct tenon_thread *core, uint64_t number)
{
	*t = (struct tenon_kpi_thread){ .core = core, .number = number, .watchdog_ns = UINT64_MAX };
	kpi.host->lock_init(&t->sleep);
}

static void free_domain(struct kpi_domain *d)
{
	range_fini(&d->heap);
	range_fini(&d->pages);
	slots_free(d);
	memory_close(d);
	timers_free(d);
	kpi.host->free(d, sizeof(*d));
}

int tenon_kpi_domain_open(struct tenon_kpi_domain *pub, bool isolated)
{
	struct kpi_domain *d = kpi.host->alloc(sizeof(*d));

	if (!d)
		return -TENON_ENOMEM;
	d->pub = pub;
	d->isolated = isolated;
	quota_defaults(d);
	d->log_tokens = d->quota.log_burst;
	d->log_ns = now_ns();
	kpi.host->lock_init(&d->lock);
	kpi.host->lock_init(&d->timer_lock);
	if (!slots_make(d) || !memory_make(d) || !timers_make(d) ||
	    range_init(&d->heap, d, pub->heap, pub->heap_bytes, HEAP_GRANULE) ||
	    range_init(&d->pages, d, pub->pages, pub->pages_bytes, kpi.core_host->page_size)) {
		free_domain(d);
		return -TENON_ENOMEM;
	}
	kpi.host->lock(&kpi.devices);
	d->serial = ++kpi.last_serial;
	kpi.host->unlock(&kpi.devices);
	if (!isolated)
		kpi.kernel = d;
	pub->impl = d;
	return 0;
}

void tenon_kpi_domain_close(struct tenon_kpi_domain *pub)
{
	struct kpi_domain *d = pub->impl;

	if (!d)
		return;
	timers_close(d);
	/* Threads whose modules are gone are on their way out; they run no code of a module any more. */
	kpi.host->lock(&d->lock);
	while (d->live)
		kpi.host->wait(&d->lock, UINT64_MAX);
	kpi.host->unlock(&d->lock);
	buffers_orphan(d);
	log_flush(d);
	free_domain(d);
	pub->impl = NULL;
}
