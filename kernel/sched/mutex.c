// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Sleeping locks. Who gives one back hands it to the first that waits, so nobody is passed over for ever.
 */
#include "tenon/runtime.h"
#include "kernel/log.h"
#include "kernel/sched/held.h"
#include "kernel/sched/lock.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/wait.h"

struct mutex_waiter {
	struct wait wait;
	struct mutex_waiter *next;
};

void mutex_init(struct mutex *m, enum lock_rank rank)
{
	*m = (struct mutex)MUTEX_INIT((uint8_t)rank);
}

/* It has no owner, so nobody waits for it either. */
static bool try_take(struct mutex *m, struct thread *self)
{
	struct thread *none = NULL;

	return __atomic_compare_exchange_n(&m->owner, &none, self, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/* Wait until it is handed over. The owner changes to none under the lock only, and finds us in the list before. */
static void wait_for(struct mutex *m, struct thread *self)
{
	struct mutex_waiter w = {};

	spin_lock(&m->lock);
	if (try_take(m, self)) {
		spin_unlock(&m->lock);
		return;
	}
	wait_init(&w.wait);
	if (m->last)
		m->last->next = &w;
	else
		m->first = &w;
	m->last = &w;
	spin_unlock(&m->lock);
	while (__atomic_load_n(&m->owner, __ATOMIC_ACQUIRE) != self)
		wait_sleep(&w.wait, DEADLINE_NONE, WAIT_DEADLINE);
	/* Who handed it over may still be about to wake us. */
	spin_lock(&m->lock);
	spin_unlock(&m->lock);
}

static void take(struct mutex *m, bool second, const void *where)
{
	struct thread *self = thread_current();

	if (self->spin_depth)
		panic("a mutex is taken while a spin lock is held");
	if (m->owner == self)
		panic("mutex %p is taken twice, first by %p", (void *)m, m->where);
	held_add(m->rank, second, m);
	if (!try_take(m, self))
		wait_for(m, self);
	m->where = where;
}

void mutex_lock(struct mutex *m)
{
	take(m, false, __builtin_return_address(0));
}

void mutex_lock_second(struct mutex *m)
{
	take(m, true, __builtin_return_address(0));
}

void mutex_unlock(struct mutex *m)
{
	struct mutex_waiter *next;

	if (m->owner != thread_current())
		panic("mutex %p is given back by another thread than took it", (void *)m);
	held_remove(m->rank);
	spin_lock(&m->lock);
	next = m->first;
	if (next) {
		m->first = next->next;
		if (!m->first)
			m->last = NULL;
	}
	__atomic_store_n(&m->owner, next ? next->wait.thread : NULL, __ATOMIC_RELEASE);
	if (next)
		wait_wake(&next->wait);
	spin_unlock(&m->lock);
}
