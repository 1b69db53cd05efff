/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Objects and handles: object.h. */
#include <stdlib.h>
#include <string.h>

#include "port/process/kpi/object.h"

#define SLICE_NS 100000000ull
#define INDEX_BITS 24
#define GENERATION_BITS 39 /* a handle is positive as a signed number */

/* A place in the handle table. Its generation grows with every use, so that old handles are not taken for new ones. */
struct slot {
	struct object *object; /* NULL: free */
	uint64_t generation;
	uint32_t next_free;    /* index + 1 */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct slot *slots;
static uint32_t slot_cnt, first_free; /* index + 1 */

void kpi_lock(void)
{
	pthread_mutex_lock(&lock);
}

void kpi_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

/* ---- who calls ---- */

struct caller kpi_caller_at(uint64_t from)
{
	struct caller c = { .h = process_host_here, .from = from };
	struct tenon_module *m;

	c.self = thread_self(c.h);
	m = tenon_current(&c.self->core);
	c.domain = m ? tenon_domain_host(tenon_module_domain(m)) : &c.h->kernel;
	if (c.domain->child)
		c.from = c.self->gate_from;
	return c;
}

struct tenon_module *kpi_module(const struct caller *c, const struct tenon_this_module *self)
{
	struct tenon_module *m = tenon_current(&c->self->core);

	return m && tenon_module_this(m) == (uintptr_t)self ? m : lookup_this(c->domain, (uintptr_t)self);
}

bool kpi_is_code(const struct caller *c, const struct tenon_module *m, uint64_t address)
{
	struct place at;

	return m && lookup_place(c->domain, address, &at) && at.module == m &&
	       (at.mem == TENON_MEM_TEXT || at.mem == TENON_MEM_INIT_TEXT);
}

/* ---- the handle table; lock held ---- */

static bool grow(void)
{
	uint32_t cnt = slot_cnt ? slot_cnt * 2 : 64;
	struct slot *more;

	if (cnt > 1u << INDEX_BITS)
		return false;
	more = realloc(slots, cnt * sizeof(*more));
	if (!more)
		return false;
	for (uint32_t i = cnt; i-- > slot_cnt;) {
		more[i] = (struct slot){ .next_free = first_free };
		first_free = i + 1;
	}
	slots = more;
	slot_cnt = cnt;
	return true;
}

static bool add_handle(struct object *o)
{
	uint32_t i;

	if (!first_free && !grow())
		return false;
	i = first_free - 1;
	first_free = slots[i].next_free;
	slots[i].object = o;
	slots[i].generation = (slots[i].generation + 1) & ((1ull << GENERATION_BITS) - 1);
	o->handle = slots[i].generation << INDEX_BITS | i;
	if (!o->handle) /* 0 is never a handle */
		o->handle = (slots[i].generation = 1) << INDEX_BITS | i;
	return true;
}

static void remove_handle(struct object *o)
{
	uint32_t i = o->handle & ((1u << INDEX_BITS) - 1);

	slots[i].object = NULL;
	slots[i].next_free = first_free;
	first_free = i + 1;
	o->handle = 0;
}

void *object_find(const struct caller *c, tenon_handle handle, const struct object_type *type)
{
	uint32_t i = handle & ((1u << INDEX_BITS) - 1);
	struct object *o = i < slot_cnt ? slots[i].object : NULL;

	return o && o->handle == handle && o->type == type && o->domain == c->domain && !o->cancelled ? o : NULL;
}

/* ---- life ---- */

void kpi_log_left(struct process_domain *d, const struct tenon_owned *o)
{
	struct place at;

	if (lookup_place(d, o->caller, &at))
		process_log(d->h, TENON_LOG_WARNING, "left behind: %s, %zu bytes, asked for at %s+%#llx", o->kind, o->bytes,
			    at.name, (unsigned long long)at.offset);
	else
		process_log(d->h, TENON_LOG_WARNING, "left behind: %s, %zu bytes, asked for by init", o->kind,
			    o->bytes); /* whose own text has gone */
}

/* The module is being unloaded or is dead: nobody gives it back any more. */
static void reclaim(struct tenon_owned *owned)
{
	struct object *o = (struct object *)owned;

	kpi_log_left(o->domain, owned);
	kpi_lock();
	o->cancelled = true;
	if (o->type->cancel)
		o->type->cancel(o);
	while (o->users) {
		pthread_cond_broadcast(&o->changed);
		pthread_cond_wait(&o->changed, &lock);
	}
	remove_handle(o);
	kpi_unlock();
	object_free(o);
}

void *object_new(const struct caller *c, const struct object_type *type, size_t bytes)
{
	pthread_condattr_t attr;
	struct object *o = fail_point(c->h) ? NULL : calloc(1, type->size);

	if (!o)
		return NULL;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&o->changed, &attr);
	o->type = type;
	o->domain = c->domain;
	o->owned = (struct tenon_owned){ .kind = type->name, .bytes = bytes, .caller = c->from, .reclaim = reclaim };
	return o;
}

void object_free(struct object *o)
{
	if (o->type->release)
		o->type->release(o);
	pthread_cond_destroy(&o->changed);
	free(o);
}

tenon_handle object_publish_locked(struct object *o, struct tenon_module *m)
{
	int err;

	if (!m)
		return (tenon_handle)-TENON_EINVAL;
	o->module = m;
	if (!add_handle(o))
		return (tenon_handle)-TENON_ENOMEM;
	err = tenon_own(m, &o->owned);
	if (!err)
		return o->handle;
	remove_handle(o);
	return (tenon_handle)(long)err;
}

tenon_handle object_publish(struct object *o, struct tenon_module *m)
{
	tenon_handle handle;

	kpi_lock();
	handle = object_publish_locked(o, m);
	kpi_unlock();
	if ((long)handle < 0)
		object_free(o);
	return handle;
}

int object_destroy(struct object *o)
{
	struct process_host *h = o->domain->h;

	/* Under kpi_lock: a reclaim that has begun cannot free it before we have seen that it has. */
	if (!tenon_disown(h->core, &o->owned)) {
		kpi_unlock();
		return -TENON_EBADF;
	}
	remove_handle(o);
	kpi_unlock();
	object_free(o);
	return 0;
}

/* ---- waiting ---- */

struct timespec kpi_timespec(uint64_t ns)
{
	return (struct timespec){ .tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u) };
}

static bool asked_to_end(const struct caller *c)
{
	return (c->self->stop && atomic_load(c->self->stop)) || (c->domain->child && atomic_load(&c->domain->child->dead));
}

/* A slice of waiting: threads that end, or are asked to, cannot always tell the one who waits for them. */
static void wait_slice(const struct caller *c, pthread_cond_t *cond, uint64_t deadline_ns)
{
	uint64_t until = sync_now(NULL) + SLICE_NS;
	struct timespec ts = kpi_timespec(until < deadline_ns ? until : deadline_ns);

	c->self->waits = cond;
	pthread_cond_timedwait(cond, &lock, &ts);
	c->self->waits = NULL;
}

int kpi_wait(const struct caller *c, struct object *o, uint64_t deadline_ns)
{
	if (asked_to_end(c))
		return -TENON_EINTR;
	if (sync_now(NULL) >= deadline_ns)
		return -TENON_ETIMEDOUT;
	o->users++;
	wait_slice(c, &o->changed, deadline_ns);
	o->users--;
	if (!o->cancelled)
		return 0;
	pthread_cond_broadcast(&o->changed); /* who reclaims it waits for the last user */
	return -TENON_EBADF;
}

int kpi_sleep(const struct caller *c, uint64_t deadline_ns)
{
	static pthread_cond_t nothing = PTHREAD_COND_INITIALIZER;

	if (asked_to_end(c))
		return -TENON_EINTR;
	if (sync_now(NULL) >= deadline_ns)
		return -TENON_ETIMEDOUT;
	wait_slice(c, &nothing, deadline_ns);
	return 0;
}

void kpi_cond_wait(pthread_cond_t *cond, const struct timespec *until)
{
	if (until)
		pthread_cond_timedwait(cond, &lock, until);
	else
		pthread_cond_wait(cond, &lock);
}

const struct kpi_call *kpi_callback(const char *table, int nr)
{
	for (uint32_t i = 0; i < kpi_ops_cnt; i++)
		if (!strcmp(kpi_ops_table[i].name, table))
			return &kpi_ops_table[i].calls[nr];
	return NULL;
}

void kpi_wake_domain(struct process_host *h, const struct child *child)
{
	kpi_lock();
	pthread_mutex_lock(&h->threads_lock);
	for (struct process_thread *t = h->threads; t; t = t->next)
		if (t->waits && t->channel && t->channel->child == child)
			pthread_cond_broadcast(t->waits);
	pthread_mutex_unlock(&h->threads_lock);
	kpi_unlock();
}

void kpi_fault(const struct caller *c, const char *why)
{
	if (c->domain->child)
		child_kill(c->domain->child, why);
	else
		guard_raise(c->h, why);
}
