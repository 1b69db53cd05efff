/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Timers: kpi/timer.def. Each domain that has timers has one thread that calls their functions, so that a domain that
 * does not answer delays its own timers only; where there are no threads the kernel's tick does it. Those that are to
 * expire are a heap with the soonest first: what a module does with one takes no longer for there being many.
 */
#include "kpi/impl/impl.h"

#define FIRST_ROOM 8u
#define STOPPED UINT32_MAX /* index of a timer that is not in the heap */

struct timer {
	struct object object;
	uint32_t index; /* in the heap; this and the rest: timers' lock */
	bool running;
	uint64_t at_ns, every_ns;
	struct tenon_kpi_code code;
	uint64_t arg;
};

/* ---- the heap; timers' lock ---- */

static void put_at(struct kpi_domain *d, uint32_t i, struct timer *t)
{
	d->timers[i] = t;
	t->index = i;
}

static void sift_up(struct kpi_domain *d, uint32_t i, struct timer *t)
{
	for (uint32_t above; i && d->timers[above = (i - 1) / 2]->at_ns > t->at_ns; i = above)
		put_at(d, i, d->timers[above]);
	put_at(d, i, t);
}

static void sift_down(struct kpi_domain *d, uint32_t i, struct timer *t)
{
	for (uint32_t below; (below = 2 * i + 1) < d->timer_cnt; i = below) {
		if (below + 1 < d->timer_cnt && d->timers[below + 1]->at_ns < d->timers[below]->at_ns)
			below++;
		if (d->timers[below]->at_ns >= t->at_ns)
			break;
		put_at(d, i, d->timers[below]);
	}
	put_at(d, i, t);
}

static void queue(struct kpi_domain *d, struct timer *t)
{
	sift_up(d, d->timer_cnt++, t);
	if (!t->index)
		kpi.host->wake(&d->timer_lock);
}

/* Return: whether it was to expire. */
static bool unqueue(struct kpi_domain *d, struct timer *t)
{
	uint32_t i = t->index;
	struct timer *last;

	if (i == STOPPED)
		return false;
	t->index = STOPPED;
	last = d->timers[--d->timer_cnt];
	if (last == t)
		return true;
	if (i && d->timers[(i - 1) / 2]->at_ns > last->at_ns)
		sift_up(d, i, last);
	else
		sift_down(d, i, last);
	return true;
}

/* There is room for every timer that exists before any is started, so that starting one cannot fail. */
static bool need_room(struct kpi_domain *d)
{
	uint32_t room = d->timer_room ? d->timer_room * 2 : FIRST_ROOM;
	struct timer **more, **old;

	if (d->timer_made < d->timer_room)
		return true;
	more = domain_alloc(d, room * sizeof(*more));
	if (!more)
		return false;
	old = d->timers;
	if (old)
		memcpy(more, old, d->timer_cnt * sizeof(*more));
	domain_free(d, old, d->timer_room * sizeof(*more));
	d->timers = more;
	d->timer_room = room;
	return true;
}

/* ---- expiry ---- */

/* Expiries that were missed are made up for by this one. */
static void set_next(struct kpi_domain *d, struct timer *t, uint64_t now)
{
	if (!t->every_ns)
		return;
	t->at_ns = add_ns(t->at_ns, t->every_ns);
	if (t->at_ns <= now)
		t->at_ns = add_ns(now - (now - t->at_ns) % t->every_ns, t->every_ns);
	queue(d, t);
}

/*
 * Its module is closed: for ever, and then the timer is taken back soon, or for an unload that fails, after which nothing
 * may be missing.
 */
static void put_off(struct kpi_domain *d, struct timer *t, uint64_t now)
{
	unqueue(d, t);
	t->at_ns = add_ns(now, CLOSED_NS);
	queue(d, t);
}

/* The soonest. Timers' lock, released during the call. */
static void expire(struct kpi_domain *d, uint64_t now)
{
	struct timer *t = d->timers[0];
	const uint64_t args[KPI_ARGS_MAX] = { t->arg };
	int64_t result;
	bool failed;

	if (!tenon_enter(kpi.host->self()->core, t->code.module)) {
		put_off(d, t, now);
		return;
	}
	object_hold(&t->object); /* what is in the heap has not been withdrawn */
	unqueue(d, t);
	set_next(d, t, now);
	t->running = true;
	kpi.host->unlock(&d->timer_lock);
	failed = upcall_entered(&t->code, args, &result);
	kpi.host->lock(&d->timer_lock);
	if (failed)
		unqueue(d, t);
	t->running = false;
	kpi.host->wake(&d->timer_lock);
	kpi.host->unlock(&d->timer_lock);
	object_put(&t->object);
	kpi.host->lock(&d->timer_lock);
}

void tenon_kpi_tick(struct tenon_kpi_domain *pub)
{
	struct kpi_domain *d = pub->impl;
	uint64_t now = now_ns();

	kpi.host->lock(&d->timer_lock);
	/* Each at most once: the next expiry of one that repeats is after @now. */
	while (d->timer_cnt && d->timers[0]->at_ns <= now)
		expire(d, now);
	kpi.host->unlock(&d->timer_lock);
}

static void run(void *arg)
{
	struct kpi_domain *d = arg;
	uint64_t now;

	kpi.host->lock(&d->timer_lock);
	d->timer_number = kpi.host->self()->number;
	while (!d->timers_end) {
		now = now_ns();
		if (d->timer_cnt && d->timers[0]->at_ns <= now)
			expire(d, now);
		else
			kpi.host->wait(&d->timer_lock, d->timer_cnt ? d->timers[0]->at_ns : UINT64_MAX);
	}
	d->timer_thread = false;
	kpi.host->wake(&d->timer_lock);
	kpi.host->unlock(&d->timer_lock);
}

/* The domain's thread, made when it is first needed. */
static bool need_thread(struct kpi_domain *d)
{
	bool make;

	if (!kpi.host->thread_make)
		return true;
	kpi.host->lock(&d->timer_lock);
	make = !d->timer_thread;
	d->timer_thread = true;
	kpi.host->unlock(&d->timer_lock);
	if (!make || !kpi.host->thread_make(d->pub, run, d, "timers"))
		return true;
	kpi.host->lock(&d->timer_lock);
	d->timer_thread = false;
	kpi.host->unlock(&d->timer_lock);
	return false;
}

/* No timer is left. The thread runs no code of a module any more. */
void timers_close(struct kpi_domain *d)
{
	kpi.host->lock(&d->timer_lock);
	d->timers_end = true;
	kpi.host->wake(&d->timer_lock);
	while (d->timer_thread)
		kpi.host->wait(&d->timer_lock, UINT64_MAX);
	kpi.host->unlock(&d->timer_lock);
}

bool timers_make(struct kpi_domain *d)
{
	return need_room(d);
}

void timers_free(struct kpi_domain *d)
{
	domain_free(d, d->timers, d->timer_room * sizeof(*d->timers));
}

/* ---- the interface ---- */

/* Return: what tenon_timer_stop does. Timers' lock. */
static int stop(struct kpi_domain *d, struct timer *t)
{
	t->every_ns = 0;
	return unqueue(d, t);
}

static void cancel(struct object *o)
{
	kpi.host->lock(&o->domain->timer_lock);
	stop(o->domain, (struct timer *)o);
	kpi.host->unlock(&o->domain->timer_lock);
}

static void release(struct object *o)
{
	kpi.host->lock(&o->domain->timer_lock);
	o->domain->timer_made--;
	kpi.host->unlock(&o->domain->timer_lock);
}

static const struct object_type timer_type = {
	.name = "timer",
	.size = sizeof(struct timer),
	.release = release,
	.cancel = cancel,
};

tenon_handle tenon_timer_create(struct tenon_this_module *self, tenon_timer_fn *fn, void *arg)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct timer *t;
	bool ok;

	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	if (!is_code(m, (tenon_addr)fn))
		return (tenon_handle)-TENON_EINVAL;
	if (!need_thread(c.d))
		return (tenon_handle)-TENON_ENOMEM;
	t = object_new(&c, &timer_type, m, 0);
	if (!t)
		return (tenon_handle)-TENON_ENOMEM;
	kpi.host->lock(&c.d->timer_lock);
	ok = need_room(c.d);
	c.d->timer_made++;
	kpi.host->unlock(&c.d->timer_lock);
	if (!ok) {
		object_free(&t->object);
		return (tenon_handle)-TENON_ENOMEM;
	}
	t->index = STOPPED;
	t->code = (struct tenon_kpi_code){ .module = m,
					   .address = (tenon_addr)fn,
					   .type = callback_type("tenon_timer_fn", 0) };
	t->arg = (uintptr_t)arg;
	return object_publish(&t->object);
}

int tenon_timer_start(tenon_handle timer, uint64_t at_ns, uint64_t every_ns)
{
	struct caller c = caller_any();
	struct timer *t = object_lock(c.d, timer, &timer_type);
	int err = 0;

	if (!t)
		return -TENON_EBADF;
	if (every_ns && every_ns < TENON_TIMER_PERIOD_MIN_NS) {
		err = -TENON_EINVAL;
	} else {
		kpi.host->lock(&c.d->timer_lock);
		unqueue(c.d, t);
		t->at_ns = at_ns;
		t->every_ns = every_ns;
		queue(c.d, t);
		kpi.host->unlock(&c.d->timer_lock);
	}
	object_unlock(&t->object);
	return err;
}

int tenon_timer_stop(tenon_handle timer)
{
	struct caller c = caller_any();
	struct timer *t = object_lock(c.d, timer, &timer_type);
	int ret;

	if (!t)
		return -TENON_EBADF;
	kpi.host->lock(&c.d->timer_lock);
	ret = stop(c.d, t);
	kpi.host->unlock(&c.d->timer_lock);
	object_unlock(&t->object);
	return ret;
}

/* Is the caller the one that runs the functions, and this one's now? Timers' lock. */
static bool own_callback(const struct caller *c, const struct timer *t)
{
	return t->running && (!kpi.host->thread_make || c->self->number == c->d->timer_number);
}

int tenon_timer_stop_wait(tenon_handle timer, uint64_t deadline_ns)
{
	struct caller c = caller_any();
	struct timer *t = object_get(c.d, timer, &timer_type);
	int ret, err = 0;
	bool atomic;

	if (!t)
		return -TENON_EBADF;
	kpi.host->lock(&c.d->timer_lock);
	ret = stop(c.d, t);
	if (own_callback(&c, t))
		err = -TENON_EDEADLK;
	atomic = !err && c.self->core->atomic;
	while (t->running && !err && !atomic)
		err = wait_on(&c, &c.d->timer_lock, deadline_ns);
	kpi.host->unlock(&c.d->timer_lock);
	object_put(&t->object);
	if (atomic)
		caller_sleeping_at(c.from); /* says what is wrong with that */
	return err ? err : ret;
}

int tenon_timer_destroy(tenon_handle timer)
{
	struct caller c = caller_thread();
	struct timer *t = object_lock(c.d, timer, &timer_type);
	bool running;

	if (!t)
		return -TENON_EBADF;
	kpi.host->lock(&c.d->timer_lock);
	stop(c.d, t);
	running = t->running;
	kpi.host->unlock(&c.d->timer_lock);
	if (!running)
		return object_destroy(&t->object);
	object_unlock(&t->object);
	return -TENON_EBUSY;
}
