/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Threads and what they are executing: the quiescence scan. */
#include "core/context.h"
#include "core/fail.h"
#include "core/plan.h"
#include "core/reference.h"
#include "core/thread.h"

#define POLL_NS 500000ull /* a thread that leaves a module signals nobody: the scan is repeated */

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

bool thread_executes(const struct tenon_thread *thread, const struct tenon_module *m)
{
	uint32_t depth = __atomic_load_n(&thread->depth, __ATOMIC_ACQUIRE);

	for (uint32_t i = 0; i < depth; i++)
		if (__atomic_load_n(&thread->frame[i], __ATOMIC_RELAXED) == m)
			return true;
	return false;
}

const struct tenon_thread *module_executing(struct tenon_module *m, bool own)
{
	for (const struct tenon_thread *thread = m->t->threads; thread; thread = thread->next)
		if ((own || thread->owner != m) && thread_executes(thread, m))
			return thread;
	return NULL;
}

static int check_unused(struct tenon_module *m, bool last, struct tenon_diag *diag)
{
	const struct tenon_thread *who = module_executing(m, last);

	if (who)
		return fail_name(diag, TENON_R_IN_USE_THREAD, who->name);
	return last ? module_check_refs(m, diag) : 0;
}

void threads_sync(struct tenon *t)
{
	core_unlock(t);
	t->host->sync_cpus(t->host->context);
	core_lock(t);
}

int threads_wait(struct tenon *t, uint64_t deadline_ns)
{
	const struct tenon_host *h = t->host;
	uint64_t now = h->now_ns(h->context);

	return h->wait && now < deadline_ns ? h->wait(h->context, now + POLL_NS) : -TENON_ETIMEDOUT;
}

int module_quiesce(struct tenon_module *m, bool last, struct tenon_diag *diag)
{
	int err, waited;

	threads_sync(m->t);
	while ((err = check_unused(m, last, diag))) {
		waited = m->domain->dead ? -TENON_ETIMEDOUT : threads_wait(m->t, m->plan->deadline_ns);
		if (waited == -TENON_ETIMEDOUT)
			return err;
		if (waited && !last)
			return fail_name(diag, TENON_R_INTERRUPTED, m->name);
	}
	diag->reason = TENON_R_NONE; /* of a look that found somebody */
	return 0;
}
