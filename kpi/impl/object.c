/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Objects and handles. A handle is the index of a slot, the generation that it had, and the number of the domain; slots
 * stay where they are until the domain is closed. So a lookup takes no lock: it makes itself a user of the slot in one
 * atomic step that fails if the generation is another or the object has been withdrawn. The table itself counts as a
 * user; the last user frees the object, so nobody waits for anybody when one is destroyed or reclaimed.
 */
#include "kpi/impl/impl.h"

#define LONG_BITS (8 * (unsigned int)sizeof(long))
#define INDEX_BITS (LONG_BITS == 64 ? 20u : 9u)
#define SERIAL_BITS (LONG_BITS == 64 ? 16u : 0u)
#define GENERATION_BITS (LONG_BITS - 1 - INDEX_BITS - SERIAL_BITS) /* a handle is positive as a signed number */
#define GENERATION_MAX ((1ul << GENERATION_BITS) - 1)
#define USER_BITS (LONG_BITS - 1 - GENERATION_BITS)
#define USERS ((1ul << USER_BITS) - 1)
#define PUBLISHED (1ul << USER_BITS)
#define FIRST_CHUNK 32u /* slots; each further chunk has as many as all before and this */

/* generation, PUBLISHED, users: see above. */
struct slot {
	unsigned long word;
	struct object *object;
	uint32_t next_free; /* index + 1; domain's lock */
};

static unsigned long generation_of(unsigned long word)
{
	return word >> (USER_BITS + 1);
}

/* ---- the table ---- */

static unsigned int chunk_of(uint32_t i, uint32_t *offset)
{
	unsigned int nr = 31u - (unsigned int)__builtin_clz(i / FIRST_CHUNK + 1);

	*offset = i - FIRST_CHUNK * ((1u << nr) - 1);
	return nr;
}

static struct slot *slot_at(struct kpi_domain *d, uint32_t i)
{
	uint32_t offset;
	unsigned int nr = chunk_of(i, &offset);

	return &d->chunk[nr][offset];
}

/* Domain's lock. Return: false: there are as many as there may be, or no memory. */
static bool add_slot(struct kpi_domain *d)
{
	uint32_t i = d->slot_cnt, offset;
	unsigned int nr = chunk_of(i, &offset);

	if (i >= 1u << INDEX_BITS || nr >= SLOT_CHUNKS)
		return false;
	if (!d->chunk[nr])
		d->chunk[nr] = domain_alloc(d, (FIRST_CHUNK << nr) * sizeof(struct slot));
	if (!d->chunk[nr])
		return false;
	/* Lookups see the count, then the chunk. */
	__atomic_store_n(&d->slot_cnt, i + 1, __ATOMIC_RELEASE);
	d->first_free = i + 1;
	return true;
}

/* With two users: the table and the caller. */
static bool slot_take(struct object *o)
{
	struct kpi_domain *d = o->domain;
	bool ok;

	kpi.host->lock(&d->lock);
	ok = d->first_free || add_slot(d);
	if (ok) {
		o->index = d->first_free - 1;
		o->slot = slot_at(d, o->index);
		d->first_free = o->slot->next_free;
		o->slot->next_free = 0;
		o->slot->object = o;
		__atomic_store_n(&o->slot->word, (generation_of(o->slot->word) + 1) << (USER_BITS + 1) | PUBLISHED | 2,
				 __ATOMIC_RELEASE);
	}
	kpi.host->unlock(&d->lock);
	return ok;
}

/* One whose generations are used up is not used again, so no handle ever comes back. */
static void slot_give(struct kpi_domain *d, struct slot *s, uint32_t index)
{
	kpi.host->lock(&d->lock);
	s->object = NULL;
	if (generation_of(s->word) < GENERATION_MAX) {
		s->next_free = d->first_free;
		d->first_free = index + 1;
	}
	kpi.host->unlock(&d->lock);
}

bool slots_make(struct kpi_domain *d)
{
	d->chunk[0] = domain_alloc(d, FIRST_CHUNK * sizeof(struct slot));
	return d->chunk[0];
}

void slots_free(struct kpi_domain *d)
{
	for (unsigned int nr = 0; nr < SLOT_CHUNKS; nr++)
		domain_free(d, d->chunk[nr], (FIRST_CHUNK << nr) * sizeof(struct slot));
}

/* Of what is there now. */
static tenon_handle handle_at(struct kpi_domain *d, uint32_t i)
{
	unsigned long serial = d->serial & ((1ul << SERIAL_BITS) - 1);

	return (serial << GENERATION_BITS | generation_of(__atomic_load_n(&slot_at(d, i)->word, __ATOMIC_RELAXED)))
		   << INDEX_BITS |
	       i;
}

void *object_get(struct kpi_domain *d, tenon_handle handle, const struct object_type *type)
{
	uint32_t i = handle & ((1ul << INDEX_BITS) - 1);
	unsigned long tag = handle >> INDEX_BITS, word;
	struct slot *s;

	if (tag >> GENERATION_BITS != (d->serial & ((1ul << SERIAL_BITS) - 1)) ||
	    i >= __atomic_load_n(&d->slot_cnt, __ATOMIC_ACQUIRE))
		return NULL;
	s = slot_at(d, i);
	word = __atomic_load_n(&s->word, __ATOMIC_RELAXED);
	do {
		if (!(word & PUBLISHED) || generation_of(word) != (tag & GENERATION_MAX) || (word & USERS) == USERS)
			return NULL;
	} while (!__atomic_compare_exchange_n(&s->word, &word, word + 1, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
	if (s->object->type == type || !type)
		return s->object;
	object_put(s->object);
	return NULL;
}

void object_hold(struct object *o)
{
	__atomic_fetch_add(&o->slot->word, 1, __ATOMIC_RELAXED);
}

void object_put(struct object *o)
{
	struct slot *s = o->slot;
	struct kpi_domain *d = o->domain;
	uint32_t index = o->index;

	if ((__atomic_sub_fetch(&s->word, 1, __ATOMIC_ACQ_REL) & (PUBLISHED | USERS)))
		return;
	object_free(o);
	slot_give(d, s, index);
	domain_drop(d);
}

/* No handle finds it any more; the table is no user of it. */
static void withdraw(struct object *o)
{
	__atomic_fetch_and(&o->slot->word, ~PUBLISHED, __ATOMIC_RELAXED);
	object_put(o);
}

/* ---- life ---- */

/* The module is being unloaded or is dead: nobody gives it back any more. */
static void reclaim(struct tenon_owned *owned)
{
	struct object *o = (struct object *)owned;

	if (!o->domain->isolated && tenon_module_state(o->account->module) == TENON_QUARANTINED)
		__atomic_store_n(&o->domain->reclaims_live, true, __ATOMIC_RELAXED);
	account_reclaimed(o->account, owned);
	kpi.host->lock(&o->lock);
	o->dead = true;
	kpi.host->wake(&o->lock);
	kpi.host->unlock(&o->lock);
	if (o->type->cancel)
		o->type->cancel(o);
	withdraw(o);
}

void objects_reclaim(struct kpi_domain *d, bool (*is_of)(const struct object *o, const void *device),
		     const void *device)
{
	struct object *o;

	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* pairs with that in object_publish_of() */
	for (uint32_t i = 0; i < __atomic_load_n(&d->slot_cnt, __ATOMIC_RELAXED); i++) {
		o = object_get(d, handle_at(d, i), NULL);
		if (!o)
			continue;
		if (is_of(o, device) && tenon_disown(kpi.core, &o->owned))
			reclaim(&o->owned);
		object_put(o);
	}
}

void *object_new(const struct caller *c, const struct object_type *type, struct tenon_module *m, size_t bytes)
{
	struct kpi_domain *d = c->d;
	struct account *a;
	struct object *o = NULL;

	if (!quota_take_cnt(&d->used.objects, d->quota.objects))
		return NULL;
	a = account_get(d, m);
	if (a)
		o = domain_alloc(d, type->size);
	if (!o) {
		if (a)
			account_put(a);
		quota_give_cnt(&d->used.objects);
		return NULL;
	}
	o->type = type;
	o->domain = d;
	o->account = a;
	o->owned = (struct tenon_owned){ .kind = type->name, .bytes = bytes, .caller = c->from, .reclaim = reclaim };
	kpi.host->lock_init(&o->lock);
	return o;
}

void object_free(struct object *o)
{
	struct kpi_domain *d = o->domain;

	if (o->type->release)
		o->type->release(o);
	account_put(o->account);
	domain_free(d, o, o->type->size);
	quota_give_cnt(&d->used.objects);
}

tenon_handle object_publish_held(struct object *o)
{
	tenon_handle handle;
	int err;

	domain_hold(o->domain);
	if (!slot_take(o)) {
		domain_drop(o->domain);
		object_free(o);
		return (tenon_handle)-TENON_ENOMEM;
	}
	handle = handle_at(o->domain, o->index);
	err = account_own(o->account, &o->owned);
	if (!err)
		return handle;
	withdraw(o);
	object_put(o);
	return (tenon_handle)(long)err;
}

tenon_handle object_publish(struct object *o)
{
	tenon_handle handle = object_publish_held(o);

	if ((long)handle > 0)
		object_put(o);
	return handle;
}

tenon_handle object_settle(struct object *o, tenon_handle handle, int err)
{
	if (err) {
		object_give_back(o);
		return (tenon_handle)(long)err;
	}
	object_put(o);
	return handle;
}

tenon_handle object_publish_of(struct object *o, tenon_handle device, int err)
{
	struct object *of;
	tenon_handle handle;

	if (err) {
		object_free(o);
		return (tenon_handle)(long)err;
	}
	handle = object_publish_held(o);
	if ((long)handle < 0)
		return handle;
	/* Either objects_reclaim() saw it, or we see that the device has gone. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	of = object_get(o->domain, device, NULL);
	if (of)
		object_put(of);
	return object_settle(o, handle, of ? 0 : -TENON_EBADF);
}

/* ---- use ---- */

void *object_lock(struct kpi_domain *d, tenon_handle handle, const struct object_type *type)
{
	struct object *o = object_get(d, handle, type);

	if (!o)
		return NULL;
	kpi.host->lock(&o->lock);
	if (!o->dead)
		return o;
	object_unlock(o);
	return NULL;
}

void object_unlock(struct object *o)
{
	kpi.host->unlock(&o->lock);
	object_put(o);
}

int object_destroy(struct object *o)
{
	bool mine;

	o->dead = true; /* whoever finds it now finds nothing */
	kpi.host->unlock(&o->lock);
	mine = account_disown(o->account, &o->owned);
	if (mine)
		withdraw(o);
	object_put(o);
	return mine ? 0 : -TENON_EBADF;
}

int object_give_back(struct object *o)
{
	kpi.host->lock(&o->lock);
	if (!o->dead)
		return object_destroy(o);
	object_unlock(o);
	return -TENON_EBADF;
}

int object_destroy_idle(struct kpi_domain *d, tenon_handle handle, const struct object_type *type)
{
	struct object *o = object_lock(d, handle, type);

	if (!o)
		return -TENON_EBADF;
	if (!o->waiters)
		return object_destroy(o);
	object_unlock(o);
	return -TENON_EBUSY;
}
