/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Trap fix-up: kpi/trap.def. A domain's functions are asked for traps in its own modules only, and whoever takes one
 * back waits for that one: a domain that sleeps in its handler stops nobody else.
 */
#include "kpi/impl/impl.h"

struct trap_handler {
	struct object object;
	struct trap_handler *next; /* of the domain, newest first; domain's lock */
	bool listed;               /* domain's lock */
	uint32_t running;          /* threads in its function; object's lock */
	struct tenon_kpi_code code;
};

static void unlist(struct trap_handler *t)
{
	struct kpi_domain *d = t->object.domain;
	struct trap_handler **link = &d->traps;

	kpi.host->lock(&d->lock);
	while (*link && *link != t)
		link = &(*link)->next;
	if (*link)
		*link = t->next;
	t->listed = false;
	kpi.host->unlock(&d->lock);
}

static void cancel(struct object *o)
{
	unlist((struct trap_handler *)o);
}

static const struct object_type trap_type = { .name = "trap handler",
					      .size = sizeof(struct trap_handler),
					      .cancel = cancel };

tenon_handle tenon_trap_register(struct tenon_this_module *self, tenon_trap_fn *fn)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct trap_handler *t;
	tenon_handle handle;

	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	if (!is_code(m, (tenon_addr)fn))
		return (tenon_handle)-TENON_EINVAL;
	t = object_new(&c, &trap_type, m, 0);
	if (!t)
		return (tenon_handle)-TENON_ENOMEM;
	t->code = (struct tenon_kpi_code){ .module = m,
					   .address = (tenon_addr)fn,
					   .type = callback_type("tenon_trap_fn", 0) };
	handle = object_publish_held(&t->object);
	if ((long)handle < 0)
		return handle;
	kpi.host->lock(&t->object.lock);
	if (!t->object.dead) { /* reclaimed already, it would stay in the list */
		kpi.host->lock(&c.d->lock);
		t->next = c.d->traps;
		c.d->traps = t;
		t->listed = true;
		kpi.host->unlock(&c.d->lock);
	}
	object_unlock(&t->object);
	return handle;
}

int tenon_trap_unregister(tenon_handle trap)
{
	struct caller c = caller_any();
	struct trap_handler *t;
	int err = 0;

	if (c.self->in_trap)
		return -TENON_EDEADLK;
	t = object_lock(c.d, trap, &trap_type);
	if (!t)
		return -TENON_EBADF;
	unlist(t);
	while (!err && t->running)
		err = object_wait(&c, &t->object, UINT64_MAX);
	if (!err)
		return object_destroy(&t->object);
	object_unlock(&t->object);
	return err;
}

/* The handler after @last, or the first, for the caller to put; is its module entered? NULL: there is none. */
static struct trap_handler *next_handler(struct kpi_domain *d, const struct trap_handler *last, bool *entered)
{
	struct trap_handler *t;

	kpi.host->lock(&d->lock);
	t = !last ? d->traps : last->listed ? last->next : NULL;
	if (t) {
		object_hold(&t->object); /* what is in the list has not been withdrawn */
		*entered = enter_module(kpi.host->self()->core, t->code.module);
	}
	kpi.host->unlock(&d->lock);
	return t;
}

static void count_running(struct trap_handler *t, uint32_t change)
{
	kpi.host->lock(&t->object.lock);
	t->running += change;
	if (!t->running)
		kpi.host->wake(&t->object.lock);
	kpi.host->unlock(&t->object.lock);
}

/* Ask one, whose module is entered. What it changed without fixing the trap is forgotten. */
static bool ask(struct trap_handler *t, struct tenon_trap *trap)
{
	struct tenon_trap copy = *trap;
	const uint64_t args[KPI_ARGS_MAX] = { (uintptr_t)&copy };
	int64_t result = 0;

	count_running(t, 1);
	if (upcall_entered(&t->code, args, &result))
		result = 0;
	count_running(t, -1u);
	if (result == 1)
		*trap = copy;
	return result == 1;
}

bool tenon_kpi_trap_fix(struct tenon_kpi_domain *pub, struct tenon_trap *trap)
{
	struct tenon_kpi_thread *self = kpi.host->self();
	struct trap_handler *t = NULL, *next;
	bool fixed = false, entered;

	if (self->in_trap)
		return false;
	self->in_trap = true;
	while (!fixed && (next = next_handler(pub->impl, t, &entered))) {
		if (t)
			object_put(&t->object);
		t = next;
		fixed = entered && ask(t, trap);
	}
	if (t)
		object_put(&t->object);
	self->in_trap = false;
	return fixed;
}
