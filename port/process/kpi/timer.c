/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Timers: kpi/timer.def. Each domain that has timers has one thread that calls their functions, so that a domain that
 * does not answer delays its own timers only.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <time.h>

#include "port/process/kpi/object.h"

struct timer {
	struct object object;
	struct timer *next; /* in the clock's list, soonest first */
	bool queued, running;
	uint64_t at_ns, every_ns;
	struct process_code code;
	uint64_t arg;
};

/* The timers of one domain; kpi_lock. */
struct timer_clock {
	struct process_domain *domain;
	pthread_t id;
	pthread_cond_t changed;
	struct timer *first;
	uint64_t number; /* of its thread */
	bool stop;
};

/* ---- the list; kpi_lock held ---- */

static void queue(struct timer *t)
{
	struct timer **link = &t->object.domain->clock->first;

	while (*link && (*link)->at_ns <= t->at_ns)
		link = &(*link)->next;
	t->next = *link;
	*link = t;
	t->queued = true;
	pthread_cond_signal(&t->object.domain->clock->changed);
}

/* Return: whether it was in the list. */
static bool unqueue(struct timer *t)
{
	struct timer **link = &t->object.domain->clock->first;

	if (!t->queued)
		return false;
	while (*link != t)
		link = &(*link)->next;
	*link = t->next;
	t->queued = false;
	return true;
}

/* ---- the thread ---- */

/* Expiries that were missed are made up for by this one. */
static void set_next(struct timer *t, uint64_t now)
{
	if (!t->every_ns)
		return;
	t->at_ns += t->every_ns;
	if (t->at_ns <= now)
		t->at_ns = now - (now - t->at_ns) % t->every_ns + t->every_ns;
	queue(t);
}

/* kpi_lock held, released during the call. */
static void expire(struct process_host *h, struct timer *t, uint64_t now)
{
	const uint64_t args[KPI_ARGS_MAX] = { t->arg };
	const struct process_code code = t->code;
	int64_t result;
	char why[64];
	int err;

	unqueue(t);
	set_next(t, now);
	t->running = true;
	t->object.users++;
	kpi_unlock();
	err = process_upcall(h, &code, args, &result, why);
	kpi_lock();
	if (err)
		unqueue(t);
	t->running = false;
	t->object.users--;
	pthread_cond_broadcast(&t->object.changed);
}

static void *run(void *arg)
{
	struct timer_clock *clock = arg;
	struct process_host *h = clock->domain->h;
	struct timespec ts;
	uint64_t now;

	pthread_setname_np(pthread_self(), "timers");
	kpi_lock();
	clock->number = thread_self(h)->number;
	while (!clock->stop) {
		now = sync_now(NULL);
		if (!clock->first) {
			kpi_cond_wait(&clock->changed, NULL);
		} else if (clock->first->at_ns > now) {
			ts = kpi_timespec(clock->first->at_ns);
			kpi_cond_wait(&clock->changed, &ts);
		} else {
			expire(h, clock->first, now);
		}
	}
	kpi_unlock();
	return NULL;
}

/* The domain's clock, made when it is first needed. NULL: no memory. kpi_lock held. */
static struct timer_clock *need_clock(struct process_domain *d)
{
	struct timer_clock *clock = d->clock;
	pthread_condattr_t attr;

	if (clock)
		return clock;
	clock = calloc(1, sizeof(*clock));
	if (!clock)
		return NULL;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&clock->changed, &attr);
	clock->domain = d;
	if (pthread_create(&clock->id, NULL, run, clock)) {
		free(clock);
		return NULL;
	}
	d->clock = clock;
	return clock;
}

void timers_end(struct process_domain *d)
{
	struct timer_clock *clock;

	kpi_lock();
	clock = d->clock;
	if (clock) {
		clock->stop = true;
		pthread_cond_signal(&clock->changed);
	}
	kpi_unlock();
	if (!clock)
		return;
	pthread_join(clock->id, NULL);
	pthread_cond_destroy(&clock->changed);
	free(clock);
	d->clock = NULL;
}

/* ---- the interface ---- */

static void cancel(struct object *o)
{
	struct timer *t = (struct timer *)o;

	t->every_ns = 0;
	unqueue(t);
}

static const struct object_type timer_type = { .name = "timer", .size = sizeof(struct timer), .cancel = cancel };

tenon_handle tenon_timer_create(struct tenon_this_module *self, tenon_timer_fn *fn, void *arg)
{
	struct caller c = kpi_caller();
	struct tenon_module *m = kpi_module(&c, self);
	struct timer_clock *clock;
	struct timer *t;

	if (!kpi_is_code(&c, m, (uintptr_t)fn))
		return (tenon_handle)-TENON_EINVAL;
	t = object_new(&c, &timer_type, 0);
	if (!t)
		return (tenon_handle)-TENON_ENOMEM;
	kpi_lock();
	clock = need_clock(c.domain);
	kpi_unlock();
	if (!clock) {
		object_free(&t->object);
		return (tenon_handle)-TENON_ENOMEM;
	}
	t->code = (struct process_code){ .module = m, .address = (uintptr_t)fn, .type = kpi_callback("tenon_timer_fn", 0) };
	t->arg = (uintptr_t)arg;
	return object_publish(&t->object, m);
}

int tenon_timer_start(tenon_handle timer, uint64_t at_ns, uint64_t every_ns)
{
	struct caller c = kpi_caller();
	struct timer *t;

	if (every_ns && every_ns < TENON_TIMER_PERIOD_MIN_NS)
		return -TENON_EINVAL;
	kpi_lock();
	t = object_find(&c, timer, &timer_type);
	if (t) {
		unqueue(t);
		t->at_ns = at_ns;
		t->every_ns = every_ns;
		queue(t);
	}
	kpi_unlock();
	return t ? 0 : -TENON_EBADF;
}

/* Return: what tenon_timer_stop does. kpi_lock held. */
static int stop(struct timer *t)
{
	t->every_ns = 0;
	return unqueue(t);
}

int tenon_timer_stop(tenon_handle timer)
{
	struct caller c = kpi_caller();
	struct timer *t;
	int ret;

	kpi_lock();
	t = object_find(&c, timer, &timer_type);
	ret = t ? stop(t) : -TENON_EBADF;
	kpi_unlock();
	return ret;
}

int tenon_timer_stop_wait(tenon_handle timer, uint64_t deadline_ns)
{
	struct caller c = kpi_caller();
	struct timer *t;
	int ret, err = 0;

	kpi_lock();
	t = object_find(&c, timer, &timer_type);
	ret = t ? stop(t) : -TENON_EBADF;
	if (t && t->running && c.self->number == c.domain->clock->number)
		err = -TENON_EDEADLK;
	while (t && t->running && !err)
		err = kpi_wait(&c, &t->object, deadline_ns);
	kpi_unlock();
	return err ? err : ret;
}

int tenon_timer_destroy(tenon_handle timer)
{
	struct caller c = kpi_caller();
	struct timer *t;
	int err = -TENON_EBADF;

	kpi_lock();
	t = object_find(&c, timer, &timer_type);
	if (t) {
		stop(t);
		if (!t->object.users)
			return object_destroy(&t->object);
		err = -TENON_EBUSY;
	}
	kpi_unlock();
	return err;
}
