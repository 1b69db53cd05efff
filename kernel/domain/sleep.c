// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Locks of the native interface, which threads also sleep on: spin locks with a count that every wake changes, so that
 * none is lost between the release and the sleep. Held briefly, with interrupts off; several are held in the order that
 * kpi/impl/impl.h says.
 */
#include "kernel/domain/domain.h"
#include "kernel/domain/primitives.h"
#include "kernel/domain/trap.h"
#include "kernel/module/thread.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/wait.h"
#include "tenon/errno.h"

struct sleep_lock {
	struct wait_queue queue; /* its lock is the lock */
	_Atomic uint32_t wakes;
};

_Static_assert(sizeof(struct sleep_lock) <= sizeof(struct tenon_kpi_lock), "it has room for a lock");

static struct sleep_lock *lock_of(struct tenon_kpi_lock *l)
{
	return (struct sleep_lock *)l;
}

void sleep_lock_init(struct tenon_kpi_lock *l)
{
	spin_init(&lock_of(l)->queue.lock, LOCK_INTERFACE);
}

void sleep_lock(struct tenon_kpi_lock *l)
{
	spin_lock_second(&lock_of(l)->queue.lock);
}

void sleep_unlock(struct tenon_kpi_lock *l)
{
	spin_unlock(&lock_of(l)->queue.lock);
}

void sleep_wake(struct tenon_kpi_lock *l)
{
	atomic_fetch_add(&lock_of(l)->wakes, 1);
	for (struct waiter *r = lock_of(l)->queue.first; r; r = r->next)
		wait_wake(r->wait);
}

/* Say where it sleeps, for sleep_interrupt(). Return: false: it is not to sleep this time. */
static bool begin(struct module_thread *self, struct wait *w)
{
	bool sleep;

	spin_lock(&self->sleep_lock);
	sleep = !self->interrupted;
	self->interrupted = false;
	self->sleeps = sleep ? w : NULL;
	spin_unlock(&self->sleep_lock);
	return sleep;
}

static void end(struct module_thread *self)
{
	spin_lock(&self->sleep_lock);
	self->sleeps = NULL;
	spin_unlock(&self->sleep_lock);
}

/* What a thread of a program waits for inside of a module a fatal signal ends; what the kernel waits for comes. */
int sleep_wait(struct tenon_kpi_lock *l, uint64_t deadline_ns)
{
	struct module_thread *self = module_thread();
	struct sleep_lock *lock = lock_of(l);
	enum wait_mode mode = self->core.depth ? WAIT_KILL : WAIT_DEADLINE;
	uint32_t seen = atomic_load(&lock->wakes);
	struct waiter waiter;
	struct wait wait;
	int err = 0;

	if (domain_must_leave(self))
		return -TENON_EINTR;
	sleep_unlock(l);
	wait_init(&wait);
	wait_add(&waiter, &wait, &lock->queue);
	if (begin(self, &wait)) {
		if (atomic_load(&lock->wakes) == seen && !domain_must_leave(self))
			err = wait_sleep(&wait, deadline_ns, mode);
		end(self);
	}
	wait_remove(&waiter);
	sleep_lock(l);
	return err == -TENON_EINTR || domain_must_leave(self) ? -TENON_EINTR : 0;
}

void sleep_interrupt(struct tenon_kpi_thread *k)
{
	struct module_thread *t = (struct module_thread *)((char *)k - offsetof(struct module_thread, kpi));

	spin_lock(&t->sleep_lock);
	t->interrupted = true;
	if (t->sleeps)
		wait_wake(t->sleeps);
	spin_unlock(&t->sleep_lock);
}
