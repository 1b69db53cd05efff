/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Whole pages of a domain: its addresses, charged and committed. Nothing is cleared or mapped under a lock. */
#include "kpi/impl/impl.h"

static size_t page_bytes(void)
{
	return kpi.core_host->page_size;
}

size_t pages_round(size_t bytes)
{
	size_t page = page_bytes();

	return bytes > SIZE_MAX / 2 - page ? 0 : (bytes + page - 1) & ~(page - 1);
}

int pages_reserve(struct kpi_domain *d, size_t bytes, struct pages *p)
{
	*p = (struct pages){ 0 };
	bytes = pages_round(bytes);
	if (!bytes)
		return -TENON_ENOMEM;
	kpi.host->lock(&d->lock);
	p->extent = range_take(&d->pages, bytes);
	kpi.host->unlock(&d->lock);
	if (!p->extent)
		return -TENON_ENOMEM;
	p->base = p->extent->start;
	p->bytes = bytes;
	return 0;
}

void pages_unreserve(struct kpi_domain *d, struct pages *p)
{
	if (!p->bytes)
		return;
	kpi.host->lock(&d->lock);
	range_give(&d->pages, p->extent);
	kpi.host->unlock(&d->lock);
	p->bytes = 0;
}

/* Where a domain has no addresses for pages, all is one address space and one memory. */
static int take_plain(size_t bytes, struct pages *p)
{
	*p = (struct pages){ .base = (tenon_addr)kpi.host->alloc(bytes), .bytes = bytes };
	if (!p->base)
		p->bytes = 0;
	return p->base ? 0 : -TENON_ENOMEM;
}

int pages_take(struct kpi_domain *d, size_t bytes, struct pages *p)
{
	int err;

	*p = (struct pages){ 0 };
	bytes = pages_round(bytes);
	if (!bytes)
		return -TENON_ENOMEM;
	if (!quota_take(&d->used.memory_bytes, d->quota.memory_bytes, bytes))
		return -TENON_ENOMEM;
	err = d->pub->pages_bytes ? pages_reserve(d, bytes, p) : take_plain(bytes, p);
	if (!err && p->extent) {
		err = kpi.host->commit(d->pub, p->base, bytes);
		if (err)
			pages_unreserve(d, p);
	}
	if (err)
		quota_give(&d->used.memory_bytes, bytes);
	return err;
}

void pages_give(struct kpi_domain *d, struct pages *p)
{
	size_t bytes = p->bytes;

	if (!bytes)
		return;
	if (p->extent)
		kpi.host->decommit(d->pub, p->base, bytes);
	else
		kpi.host->free((void *)p->base, bytes);
	if (p->extent)
		pages_unreserve(d, p);
	p->bytes = 0;
	quota_give(&d->used.memory_bytes, bytes);
}
