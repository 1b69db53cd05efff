// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/module/thread.h"

#include "kernel/module/module.h"
#include "kernel/sched/thread.h"

struct module_thread *module_thread(void)
{
	struct thread *self = thread_current();
	struct module_thread *m = &self->module;

	if (m->known)
		return m;
	m->known = true; /* first: making it known takes the core's lock, which comes here */
	tenon_thread_add(module_core, &m->core, self->name);
	tenon_kpi_thread_begin(&m->kpi, &m->core, self->id);
	return m;
}

void module_thread_end(void)
{
	struct module_thread *m = &thread_current()->module;

	if (m->known)
		tenon_thread_remove(module_core, &m->core);
}
