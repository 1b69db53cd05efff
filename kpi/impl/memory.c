/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * tenon_alloc and tenon_free: kpi/memory.def. In the kernel's own domain the kernel's memory, in an isolated one a part
 * of its heap. What is allocated is known by address in a table out of any module's reach. Nothing is cleared under a
 * lock.
 */
#include "kpi/impl/impl.h"

#define FIRST_BUCKETS 64u
#define BYTES_MAX (1ul << 30) /* of one allocation */
#define ZERO_BYTES 4096u

struct allocation {
	struct tenon_owned owned; /* must be first */
	struct allocation *next;  /* in its bucket */
	struct account *account;
	tenon_addr address;
	size_t bytes;
	struct extent *extent; /* NULL: the kernel's memory */
};

/* ---- the table; domain's lock ---- */

static struct allocation **bucket_of(struct allocation **buckets, size_t cnt, tenon_addr address)
{
	tenon_addr hash = address >> 4;

	return &buckets[(hash ^ hash / cnt) & (cnt - 1)];
}

/* Twice as many when there are as many allocations; if there is no memory for it, chains grow longer. */
static bool need_buckets(struct kpi_domain *d)
{
	size_t cnt = d->bucket_cnt ? d->bucket_cnt * 2 : FIRST_BUCKETS;
	struct allocation **more;

	if (d->allocation_cnt < d->bucket_cnt)
		return true;
	more = domain_alloc(d, cnt * sizeof(*more));
	if (!more)
		return d->bucket_cnt;
	for (size_t i = 0; i < d->bucket_cnt; i++)
		for (struct allocation *a = d->buckets[i], *next; a; a = next) {
			struct allocation **to = bucket_of(more, cnt, a->address);

			next = a->next;
			a->next = *to;
			*to = a;
		}
	domain_free(d, d->buckets, d->bucket_cnt * sizeof(*more));
	d->buckets = more;
	d->bucket_cnt = cnt;
	return true;
}

static bool insert(struct kpi_domain *d, struct allocation *a)
{
	struct allocation **to;
	bool ok;

	kpi.host->lock(&d->lock);
	ok = need_buckets(d);
	if (ok) {
		to = bucket_of(d->buckets, d->bucket_cnt, a->address);
		a->next = *to;
		*to = a;
		d->allocation_cnt++;
	}
	kpi.host->unlock(&d->lock);
	return ok;
}

/* Take it out of the table. NULL: there is no such, or no longer. */
static struct allocation *take_out(struct kpi_domain *d, tenon_addr address)
{
	struct allocation **link, *a = NULL;

	kpi.host->lock(&d->lock);
	if (d->bucket_cnt) {
		link = bucket_of(d->buckets, d->bucket_cnt, address);
		while (*link && (*link)->address != address)
			link = &(*link)->next;
		a = *link;
		if (a) {
			*link = a->next;
			d->allocation_cnt--;
		}
	}
	kpi.host->unlock(&d->lock);
	return a;
}

/* ---- memory ---- */

/* What stood there before belongs to nobody else of the domain. */
static bool clear(struct kpi_domain *d, tenon_addr address, size_t bytes)
{
	static const uint8_t zeros[ZERO_BYTES];

	for (size_t done = 0, len; done < bytes; done += len) {
		len = bytes - done < ZERO_BYTES ? bytes - done : ZERO_BYTES;
		if (kpi.host->copy_out(d->pub, address + done, zeros, len))
			return false;
	}
	return true;
}

static void give_memory(struct kpi_domain *d, struct allocation *a)
{
	if (a->extent) {
		kpi.host->lock(&d->lock);
		range_give(&d->heap, a->extent);
		kpi.host->unlock(&d->lock);
	} else if (a->address) {
		kpi.host->free((void *)a->address, a->bytes);
	}
	quota_give(&d->used.memory_bytes, a->bytes);
}

static bool take_memory(struct kpi_domain *d, struct allocation *a)
{
	if (!quota_take(&d->used.memory_bytes, d->quota.memory_bytes, a->bytes))
		return false;
	if (!d->pub->heap_bytes) {
		a->address = d->isolated ? 0 : (tenon_addr)kpi.host->alloc(a->bytes);
	} else {
		kpi.host->lock(&d->lock);
		a->extent = range_take(&d->heap, a->bytes);
		kpi.host->unlock(&d->lock);
		a->address = a->extent ? a->extent->start : 0;
	}
	if (a->address && (!a->extent || clear(d, a->address, a->bytes)))
		return true;
	give_memory(d, a);
	return false;
}

static void free_allocation(struct allocation *a)
{
	struct account *account = a->account;
	struct kpi_domain *d = account->domain;

	give_memory(d, a);
	domain_free(d, a, sizeof(*a));
	account_put(account);
	domain_drop(d);
}

/* Should tenon_free come at the same time, one of the two finds it in the table. */
static void reclaim(struct tenon_owned *owned)
{
	struct allocation *a = (struct allocation *)owned;

	account_reclaimed(a->account, owned);
	take_out(a->account->domain, a->address);
	free_allocation(a);
}

/* Known and owned, or freed again. Return: its address or 0. */
static tenon_addr publish(struct kpi_domain *d, struct allocation *a)
{
	tenon_addr address = a->address;

	domain_hold(d);
	if (insert(d, a)) {
		if (!account_own(a->account, &a->owned))
			return address;
		take_out(d, address);
	}
	free_allocation(a);
	return 0;
}

void *tenon_alloc(struct tenon_this_module *self, size_t bytes)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct account *account = m && bytes <= BYTES_MAX ? account_get(c.d, m) : NULL;
	struct allocation *a = account ? domain_alloc(c.d, sizeof(*a)) : NULL;

	if (a) {
		a->account = account;
		a->bytes = bytes ? bytes : 1;
		a->owned =
		    (struct tenon_owned){ .kind = "memory", .bytes = a->bytes, .caller = c.from, .reclaim = reclaim };
		if (take_memory(c.d, a))
			return (void *)publish(c.d, a);
		domain_free(c.d, a, sizeof(*a));
	}
	if (account)
		account_put(account);
	return NULL;
}

void tenon_free(void *memory)
{
	struct caller c = caller_thread();
	struct allocation *a;

	if (!memory)
		return;
	a = take_out(c.d, (tenon_addr)memory);
	if (!a)
		caller_fault(&c, "freed memory that it had not allocated");
	else if (account_disown(a->account, &a->owned))
		free_allocation(a);
}

bool memory_make(struct kpi_domain *d)
{
	return need_buckets(d);
}

void memory_close(struct kpi_domain *d)
{
	domain_free(d, d->buckets, d->bucket_cnt * sizeof(*d->buckets));
}
