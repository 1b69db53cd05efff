/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Arenas: kpi/memory.def. Which pages are committed is kept as bits, so that what is committed twice is charged once.
 * Committing takes long; one thread at a time changes an arena, without a lock.
 */
#include "kpi/impl/impl.h"

#define WORD_BITS (8 * sizeof(unsigned long))

struct arena {
	struct object object;
	struct pages pages;
	size_t page_bytes;
	bool busy;                /* a thread changes it; object's lock */
	unsigned long *committed; /* a bit a page */
};

static size_t bits_bytes(const struct arena *a)
{
	return (a->pages.bytes / a->page_bytes + WORD_BITS - 1) / WORD_BITS * sizeof(long);
}

static bool is_committed(const struct arena *a, size_t page)
{
	return a->committed[page / WORD_BITS] >> page % WORD_BITS & 1;
}

/* Pages from @first on, before @end, that are (not) committed. */
static size_t run_length(const struct arena *a, size_t first, size_t end, bool committed)
{
	size_t page = first;

	while (page < end && is_committed(a, page) == committed)
		page++;
	return page - first;
}

/* The arena's one thread. */
static void set_committed(struct arena *a, size_t first, size_t cnt, bool committed)
{
	for (size_t page = first; page < first + cnt; page++) {
		unsigned long bit = 1ul << page % WORD_BITS;

		if (committed)
			a->committed[page / WORD_BITS] |= bit;
		else
			a->committed[page / WORD_BITS] &= ~bit;
	}
}

static void decommit(struct arena *a, size_t first, size_t end)
{
	struct kpi_domain *d = a->object.domain;

	for (size_t page = first, cnt; page < end; page += cnt) {
		cnt = run_length(a, page, end, false);
		if (cnt)
			continue;
		cnt = run_length(a, page, end, true);
		kpi.host->decommit(d->pub, a->pages.base + page * a->page_bytes, cnt * a->page_bytes);
		set_committed(a, page, cnt, false);
		quota_give(&d->used.memory_bytes, cnt * a->page_bytes);
	}
}

/* All or nothing. */
static int commit(struct arena *a, size_t first, size_t end)
{
	struct kpi_domain *d = a->object.domain;
	size_t fresh = 0;
	int err;

	for (size_t page = first; page < end; page++)
		fresh += !is_committed(a, page);
	if (!fresh)
		return 0;
	if (!quota_take(&d->used.memory_bytes, d->quota.memory_bytes, fresh * a->page_bytes))
		return -TENON_ENOMEM;
	err = kpi.host->commit(d->pub, a->pages.base + first * a->page_bytes, (end - first) * a->page_bytes);
	if (err)
		quota_give(&d->used.memory_bytes, fresh * a->page_bytes);
	else
		set_committed(a, first, end - first, true);
	return err;
}

static void release(struct object *o)
{
	struct arena *a = (struct arena *)o;
	size_t bits = bits_bytes(a);

	if (!a->committed)
		return;
	decommit(a, 0, a->pages.bytes / a->page_bytes);
	pages_unreserve(o->domain, &a->pages);
	domain_free(o->domain, a->committed, bits);
}

static const struct object_type arena_type = { .name = "arena", .size = sizeof(struct arena), .release = release };

static int reserve(struct arena *a, size_t bytes)
{
	struct kpi_domain *d = a->object.domain;
	int err = pages_reserve(d, bytes, &a->pages);

	if (err)
		return err;
	a->committed = domain_alloc(d, bits_bytes(a));
	if (!a->committed)
		pages_unreserve(d, &a->pages);
	return a->committed ? 0 : -TENON_ENOMEM;
}

tenon_handle tenon_arena_create(struct tenon_this_module *self, size_t bytes, struct tenon_arena *out)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct arena *a;
	int err;

	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	if (!bytes)
		return (tenon_handle)-TENON_EINVAL;
	a = pages_round(bytes) ? object_new(&c, &arena_type, m, bytes) : NULL;
	if (!a)
		return (tenon_handle)-TENON_ENOMEM;
	a->page_bytes = kpi.core_host->page_size;
	err = reserve(a, bytes);
	if (err) {
		object_free(&a->object);
		return (tenon_handle)(long)err;
	}
	*out = (struct tenon_arena){
		.size = sizeof(*out),
		.page_bytes = (uint32_t)a->page_bytes,
		.base = (void *)a->pages.base,
		.bytes = a->pages.bytes,
	};
	return object_publish(&a->object);
}

/* Find the arena and be the one that changes it. NULL: *err says why. */
static struct arena *begin(const struct caller *c, tenon_handle arena, int *err)
{
	struct arena *a = object_lock(c->d, arena, &arena_type);

	*err = a ? 0 : -TENON_EBADF;
	if (!a)
		return NULL;
	while (!*err && a->busy)
		*err = object_wait(c, &a->object, UINT64_MAX);
	if (*err) {
		object_unlock(&a->object);
		return NULL;
	}
	a->busy = true;
	kpi.host->unlock(&a->object.lock);
	return a;
}

static void end(struct arena *a)
{
	kpi.host->lock(&a->object.lock);
	a->busy = false;
	kpi.host->wake(&a->object.lock);
	object_unlock(&a->object);
}

static int change(const struct caller *c, tenon_handle arena, size_t offset, size_t bytes, bool committed)
{
	int err;
	struct arena *a = begin(c, arena, &err);
	size_t first, last;

	if (!a)
		return err;
	if (offset > a->pages.bytes || bytes > a->pages.bytes - offset || (offset | bytes) & (a->page_bytes - 1)) {
		end(a);
		return -TENON_EINVAL;
	}
	first = offset / a->page_bytes;
	last = first + bytes / a->page_bytes;
	if (committed)
		err = commit(a, first, last);
	else
		decommit(a, first, last);
	end(a);
	return err;
}

int tenon_arena_commit(tenon_handle arena, size_t offset, size_t bytes)
{
	struct caller c = caller_thread();

	return change(&c, arena, offset, bytes, true);
}

int tenon_arena_decommit(tenon_handle arena, size_t offset, size_t bytes)
{
	struct caller c = caller_thread();

	return change(&c, arena, offset, bytes, false);
}

int tenon_arena_destroy(tenon_handle arena)
{
	struct caller c = caller_thread();
	int err;
	struct arena *a = begin(&c, arena, &err);

	if (!a)
		return err;
	kpi.host->lock(&a->object.lock);
	return object_destroy(&a->object); /* it stays busy: whoever waits finds it gone */
}
