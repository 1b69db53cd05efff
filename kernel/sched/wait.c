// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Wait queues. A queue's lock protects its list; whether a thread sleeps is the scheduler's (run.h). */
#include "kernel/sched/wait.h"

#include "tenon/errno.h"
#include "kernel/domain/trap.h"
#include "kernel/log.h"
#include "kernel/sched/run.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"

struct alarm {
	struct timer timer;
	struct wait *wait;
};

void wait_queue_init(struct wait_queue *q)
{
	*q = (struct wait_queue)WAIT_QUEUE_INIT;
}

void wait_init(struct wait *w)
{
	w->thread = thread_current();
	atomic_store(&w->woken, false);
}

void wait_add(struct waiter *r, struct wait *w, struct wait_queue *q)
{
	r->wait = w;
	r->queue = q;
	r->next = NULL;
	spin_lock(&q->lock);
	r->prev = q->last;
	if (q->last)
		q->last->next = r;
	else
		q->first = r;
	q->last = r;
	spin_unlock(&q->lock);
}

void wait_remove(struct waiter *r)
{
	struct wait_queue *q = r->queue;

	spin_lock(&q->lock);
	if (r->next)
		r->next->prev = r->prev;
	else
		q->last = r->prev;
	if (r->prev)
		r->prev->next = r->next;
	else
		q->first = r->next;
	spin_unlock(&q->lock);
}

void wait_wake(struct wait *w)
{
	struct thread *t = w->thread; /* w may be gone as soon as it is woken and its owner sees it */

	run_wake(t, &w->woken);
}

void wait_wake_all(struct wait_queue *q)
{
	spin_lock(&q->lock);
	for (struct waiter *r = q->first; r; r = r->next)
		wait_wake(r->wait);
	spin_unlock(&q->lock);
}

static void ring(struct timer *timer)
{
	struct alarm *a = (struct alarm *)timer;

	run_wake(a->wait->thread, NULL);
}

/* THREAD_LEAVE is for whom it may concern. Cleared before it is looked, so that none is lost that comes meanwhile. */
static bool must_leave(struct thread *self)
{
	thread_interrupt_clear(self, THREAD_LEAVE);
	if (!domain_must_leave(&self->module))
		return false;
	atomic_fetch_or(&self->interrupts, THREAD_LEAVE); /* for the waits after this one */
	return true;
}

bool wait_insist(bool insist)
{
	return __atomic_exchange_n(&thread_current()->module.insists, insist, __ATOMIC_RELAXED);
}

int wait_sleep(struct wait *w, uint64_t deadline_ns, enum wait_mode mode)
{
	struct alarm alarm = { .wait = w };
	unsigned ends = mode == WAIT_DEADLINE ? 0 : THREAD_LEAVE, came;
	bool woken;

	if (ends && !w->thread->module.insists)
		ends |= mode == WAIT_SIGNAL ? THREAD_SIGNALS : THREAD_KILL;
	if (spin_any_held())
		panic("a thread sleeps while it holds a spin lock");
	if (deadline_ns != DEADLINE_NONE)
		timer_set(&alarm.timer, deadline_ns, ring);
	do {
		woken = run_sleep(&w->woken, ends, deadline_ns);
		came = atomic_load(&w->thread->interrupts) & ends;
	} while (!woken && came == THREAD_LEAVE && !must_leave(w->thread));
	if (deadline_ns != DEADLINE_NONE)
		timer_cancel(&alarm.timer);
	if (woken)
		return 0;
	return came ? -TENON_EINTR : -TENON_ETIMEDOUT;
}

int sleep_until(uint64_t deadline_ns, enum wait_mode mode)
{
	struct wait w;
	int err = 0;

	wait_init(&w);
	while (!err)
		err = wait_sleep(&w, deadline_ns, mode);
	return err;
}
