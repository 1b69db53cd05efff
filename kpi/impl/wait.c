/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Waiting. Every wait of a module ends: at its own deadline, when the thread is asked to end, when its domain dies, or
 * when the entry that it is part of has taken too long: then whoever called the module has waited long enough.
 */
#include "kpi/impl/impl.h"
#include "kpi/impl/task.h"

bool asked_to_end(const struct tenon_kpi_thread *t)
{
	return t->task && __atomic_load_n(&t->task->stop, __ATOMIC_RELAXED);
}

/* The caller is in an isolated domain: one of the kernel's own cannot be ended here, under the lock. */
static void end_late(const struct caller *c)
{
	struct line why = { 0 };

	line_add(&why, tenon_module_name(c->m));
	line_add(&why, ": did not return in time");
	caller_fault(c, why.text);
}

int wait_on(const struct caller *c, struct tenon_kpi_lock *l, uint64_t deadline_ns)
{
	uint64_t watchdog_ns = c->self->watchdog_ns, now = now_ns();

	if (asked_to_end(c->self))
		return -TENON_EINTR;
	if (now >= deadline_ns)
		return -TENON_ETIMEDOUT;
	if (now >= watchdog_ns) {
		if (c->d->isolated)
			end_late(c);
		return -TENON_EINTR;
	}
	return kpi.host->wait(l, deadline_ns < watchdog_ns ? deadline_ns : watchdog_ns);
}

int object_wait(const struct caller *c, struct object *o, uint64_t deadline_ns)
{
	int err;

	o->waiters++;
	err = wait_on(c, &o->lock, deadline_ns);
	o->waiters--;
	return o->dead ? -TENON_EBADF : err;
}
