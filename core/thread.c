/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Threads and what they are executing: the quiescence scan. */
#include "core/plan.h"

#define POLL_NS 500000ull /* a thread leaves a module without telling, so the scan is repeated */

void tenon_thread_add(struct tenon *t, struct tenon_thread *self, const char *name)
{
	*self = (struct tenon_thread){ 0 };
	diag_copy(self->name, sizeof(self->name), name);
	core_lock(t);
	self->next = t->threads;
	t->threads = self;
	core_unlock(t);
}

void tenon_thread_remove(struct tenon *t, struct tenon_thread *self)
{
	struct tenon_thread **link = &t->threads;

	core_lock(t);
	if (self->depth)
		t->host->panic(t->host->context, "tenon_thread_remove: the thread is inside a module");
	while (*link != self)
		link = &(*link)->next;
	*link = self->next;
	core_unlock(t);
}

static bool thread_in(const struct tenon_thread *thread, const struct tenon_module *m)
{
	uint32_t depth = __atomic_load_n(&thread->depth, __ATOMIC_ACQUIRE);

	/* Deeper than there is room for: it may be anywhere. */
	if (depth > TENON_FRAME_MAX)
		return true;
	for (uint32_t i = 0; i < depth; i++)
		if (__atomic_load_n(&thread->frame[i], __ATOMIC_RELAXED) == m)
			return true;
	return false;
}

const struct tenon_thread *module_executing(struct tenon_module *m, bool own)
{
	for (const struct tenon_thread *thread = m->t->threads; thread; thread = thread->next)
		if ((own || thread->owner != m) && thread_in(thread, m))
			return thread;
	return NULL;
}

int module_quiesce(struct tenon_module *m, bool own, uint64_t deadline_ns, struct tenon_diag *diag)
{
	const struct tenon_host *h = m->t->host;
	const struct tenon_thread *who;
	uint64_t now;

	core_unlock(m->t);
	h->sync_cpus(h->context);
	core_lock(m->t);
	while ((who = module_executing(m, own))) {
		now = h->now_ns(h->context);
		if (!h->wait || now >= deadline_ns)
			return fail_name(diag, TENON_R_IN_USE_THREAD, who->name, NULL);
		h->wait(h->context, now + POLL_NS < deadline_ns ? now + POLL_NS : deadline_ns);
	}
	return 0;
}
