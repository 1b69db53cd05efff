// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/module/thread.h"

#include "kernel/module/module.h"
#include "kernel/sched/thread.h"

/* Those that are known. */
static struct spinlock threads_lock = SPINLOCK_INIT(LOCK_WAIT);
static struct module_thread *threads;

bool module_thread_lives(uint64_t number)
{
	struct module_thread *m;

	spin_lock(&threads_lock);
	for (m = threads; m && m->kpi.number != number;)
		m = m->next;
	spin_unlock(&threads_lock);
	return m;
}

void module_threads_interrupt(unsigned what)
{
	spin_lock(&threads_lock);
	for (struct module_thread *m = threads; m; m = m->next)
		thread_interrupt((struct thread *)((char *)m - offsetof(struct thread, module)), what);
	spin_unlock(&threads_lock);
}

static void link_thread(struct module_thread *m)
{
	spin_lock(&threads_lock);
	m->next = threads;
	m->prev = &threads;
	if (threads)
		threads->prev = &m->next;
	threads = m;
	spin_unlock(&threads_lock);
}

static void unlink_thread(struct module_thread *m)
{
	spin_lock(&threads_lock);
	*m->prev = m->next;
	if (m->next)
		m->next->prev = m->prev;
	spin_unlock(&threads_lock);
}

struct module_thread *module_thread_begin(void)
{
	struct thread *self = thread_current();
	struct module_thread *m = &self->module;

	m->known = true; /* first: making it known takes the core's lock, which comes here */
	tenon_thread_add(module_core, &m->core, self->name);
	tenon_kpi_thread_begin(&m->kpi, &m->core, self->id);
	spin_init(&m->sleep_lock, LOCK_WAIT);
	link_thread(m);
	return m;
}

void module_thread_end(void)
{
	struct module_thread *m = &thread_current()->module;

	if (!m->known)
		return;
	unlink_thread(m);
	tenon_thread_remove(module_core, &m->core);
}
