/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Pages of a domain: pages.h. In an isolated domain they are a part of its memory file, mapped by the child. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>

#include "port/process/kpi/pages.h"

size_t pages_round(const struct process_domain *d, size_t bytes)
{
	size_t page = d->h->tenon.page_size;

	return bytes > SIZE_MAX - page ? 0 : (bytes + page - 1) & ~(page - 1);
}

int pages_reserve(struct process_domain *d, size_t bytes, struct pages *p)
{
	void *at;

	*p = (struct pages){ 0 };
	bytes = pages_round(d, bytes);
	if (!bytes)
		return -TENON_EINVAL;
	if (d->child) {
		kpi_lock();
		p->extent = range_take(&d->child->pages, bytes);
		kpi_unlock();
		if (!p->extent)
			return -TENON_ENOMEM;
		p->base = p->extent->start;
	} else {
		at = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (at == MAP_FAILED)
			return -TENON_ENOMEM;
		p->base = (uintptr_t)at;
	}
	p->bytes = bytes; /* there is something to release from here on */
	return 0;
}

bool pages_inside(const struct process_domain *d, const struct pages *p, size_t offset, size_t bytes)
{
	return offset <= p->bytes && bytes <= p->bytes - offset && !((offset | bytes) & (d->h->tenon.page_size - 1));
}

int pages_commit(struct process_domain *d, const struct pages *p, size_t offset, size_t bytes)
{
	if (!bytes)
		return 0;
	if (fail_point(d->h))
		return -TENON_ENOMEM;
	if (d->child)
		return child_map(d, p->base + offset, bytes, PROT_READ | PROT_WRITE) ? -TENON_ENOMEM : 0;
	return mprotect((void *)(uintptr_t)(p->base + offset), bytes, PROT_READ | PROT_WRITE) ? -TENON_ENOMEM : 0;
}

void pages_decommit(struct process_domain *d, const struct pages *p, size_t offset, size_t bytes)
{
	uint64_t at = p->base + offset;

	if (!bytes)
		return;
	if (!d->child) {
		if (mmap((void *)(uintptr_t)at, bytes, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED)
			log_panic(d->h, "cannot take memory back from a module");
		return;
	}
	child_unmap(d, at, bytes);
	if (fallocate(d->memfd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)(at - d->base), (off_t)bytes))
		log_panic(d->h, "cannot take memory back from a domain");
}

void pages_release(struct process_domain *d, struct pages *p)
{
	if (!p->bytes)
		return;
	if (!d->child) {
		munmap((void *)(uintptr_t)p->base, p->bytes);
	} else {
		pages_decommit(d, p, 0, p->bytes);
		kpi_lock();
		range_give(&d->child->pages, p->extent);
		kpi_unlock();
	}
	p->bytes = 0;
}
