/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Timers: kpi/timer.def. They expire at the tick, in its interrupt. The thread therefore never sees a callback that is
 * running; what the interrupt reads of a timer, the thread changes with interrupts forbidden.
 */
#include "port/mps2/board.h"
#include "port/mps2/kpi.h"

struct timer {
	struct object object;
	struct timer *next; /* in the list of all */
	tenon_timer_fn *fn;
	void *arg;
	uint64_t at_ns, every_ns;
	bool armed, running;
};

static struct timer *timers;

static void release(struct object *o)
{
	struct timer *timer = (struct timer *)o, **link = &timers;
	uint32_t irq = irq_save();

	while (*link && *link != timer)
		link = &(*link)->next;
	if (*link)
		*link = timer->next;
	irq_restore(irq);
}

static const struct object_type timer_type = { .name = "timer", .size = sizeof(struct timer), .release = release };

static void expire(struct timer *timer, uint64_t now_ns)
{
	struct tenon_thread *self = mps2_thread(NULL);

	/* Expiries that were missed count as this one. */
	if (timer->every_ns)
		timer->at_ns += ((now_ns - timer->at_ns) / timer->every_ns + 1) * timer->every_ns;
	else
		timer->armed = false;
	if (!tenon_enter(self, timer->object.module))
		return;
	timer->running = true;
	timer->fn(timer->arg);
	timer->running = false;
	tenon_leave(self);
}

void timers_tick(uint64_t now_ns)
{
	/* A callback may start and stop timers, but neither make nor destroy any. */
	for (struct timer *timer = timers; timer; timer = timer->next)
		if (timer->armed && timer->at_ns <= now_ns)
			expire(timer, now_ns);
}

tenon_handle tenon_timer_create(struct tenon_this_module *self, tenon_timer_fn *fn, void *arg)
{
	struct tenon_module *m = kpi_module(self);
	struct timer *timer;
	tenon_handle handle;
	uint32_t irq;

	if (m && !kpi_is_code(m, (const void *)fn))
		return (tenon_handle)-TENON_EINVAL;
	timer = object_new(&timer_type, 0);
	if (!timer)
		return (tenon_handle)-TENON_ENOMEM;
	timer->fn = fn;
	timer->arg = arg;
	handle = object_publish(&timer->object, m);
	if (tenon_handle_error(handle))
		return handle;
	irq = irq_save();
	timer->next = timers;
	timers = timer;
	irq_restore(irq);
	return handle;
}

int tenon_timer_start(tenon_handle handle, uint64_t at_ns, uint64_t every_ns)
{
	struct timer *timer = object_find(handle, &timer_type);
	uint32_t irq;

	if (!timer)
		return -TENON_EBADF;
	if (every_ns && every_ns < TENON_TIMER_PERIOD_MIN_NS)
		return -TENON_EINVAL;
	irq = irq_save();
	timer->at_ns = at_ns;
	timer->every_ns = every_ns;
	timer->armed = true;
	irq_restore(irq);
	return 0;
}

int tenon_timer_stop(tenon_handle handle)
{
	struct timer *timer = object_find(handle, &timer_type);
	bool armed;

	if (!timer)
		return -TENON_EBADF;
	armed = timer->armed;
	timer->armed = false;
	return armed;
}

/* Only its own callback can find it running: there is never anything to wait for. */
int tenon_timer_stop_wait(tenon_handle handle, uint64_t deadline_ns)
{
	const struct timer *timer = object_find(handle, &timer_type);
	int armed = tenon_timer_stop(handle);

	(void)deadline_ns;
	if (timer && timer->running)
		return -TENON_EDEADLK;
	kpi_thread_context("tenon_timer_stop_wait");
	return armed;
}

int tenon_timer_destroy(tenon_handle handle)
{
	struct timer *timer = object_find(handle, &timer_type);

	return timer ? object_destroy(&timer->object) : -TENON_EBADF;
}
