/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Unloading: decide and close in one step, wait until nobody executes it, exit, reclaim, free. Until exit is called
 * every failure opens the module again, fully working.
 */
#include "core/string.h"

#include "core/owner.h"
#include "core/reference.h"
#include "core/request.h"
#include "core/start.h"
#include "core/thread.h"
#include "core/unload.h"

/* The modules that use @m, also those that are bound already and not listed yet. Imports bind inside of a domain. */
static void name_users(const struct tenon_module *m, char list[TENON_DIAG_NAME_BYTES])
{
	const struct table *tab = &m->domain->modules;

	list[0] = '\0';
	for (uint32_t i = 0; i <= tab->mask; i++) {
		const void *item = tab->slots[i].item;

		if (item && module_uses(module_of_item(item), m))
			diag_list(list, module_of_item(item)->name);
	}
}

/* May it go? Closes it if so. Lock held. */
static int decide(const struct tenon_plan *p, struct tenon_module *m)
{
	struct tenon_diag *diag = p->diag;
	int err;

	if (m->state != TENON_LIVE)
		return fail_name(diag, TENON_R_NOT_LIVE, tenon_state_name(m->state));
	if (m->users) {
		name_users(m, diag->name);
		return fail(diag, TENON_R_IN_USE_BY);
	}
	if (m->init && !m->exit && !m->no_start)
		return fail(diag, TENON_R_PERMANENT);
	if (thread_executes(p->thread, m)) {
		fail_name(diag, TENON_R_IN_USE_THREAD, p->thread->name);
		return -TENON_EDEADLK;
	}
	/* The last reference may be put between the two. */
	while (!module_close(m)) {
		err = module_check_refs(m, diag);
		if (err)
			return err;
	}
	return 0;
}

/* Lock held. */
static void free_module(struct tenon_module *m, const struct tenon_diag *diag)
{
	if (m->state != TENON_UNFORMED)
		core_event(m->t, m, diag);
	module_withdraw(m);
	module_free_memory(m, false);
	module_delete(m);
}

int module_remove(struct tenon_module *m, const struct tenon_diag *cause, struct tenon_diag *diag)
{
	struct tenon *t = m->t;
	char kinds[TENON_DIAG_NAME_BYTES];
	int err = module_stop(m, diag);
	uint32_t left;

	kinds[0] = '\0';
	/* Before waiting for its own threads: taking back what they sleep on is what makes them end. */
	left = module_reclaim(m, kinds);
	core_lock(t);
	if (!err && m->state != TENON_UNFORMED)
		err = module_quiesce(m, true, diag);
	/* A pointer to one that faulted may be anywhere in its domain: its memory is not used again. */
	if (err || ((m->taints & TENON_TAINT_FAULTED) && !m->domain->dead))
		module_quarantine(m, cause ? cause : diag);
	core_unlock(t);
	/* What its own threads obtained before they ended. */
	left += module_reclaim(m, kinds);
	if (!err && left && !cause) {
		fail_name(diag, TENON_R_LEFT_BEHIND, kinds);
		diag->got = left;
		cause = diag;
	}
	core_lock(t);
	m->plan = NULL;
	if (m->state != TENON_QUARANTINED)
		free_module(m, cause);
	else if (m->domain->dead)
		module_free_memory(m, false);
	core_unlock(t);
	return err;
}

/* Find it, wait for whoever is loading or unloading it, close it. Lock held. */
static int begin(struct tenon_plan *p)
{
	struct tenon_module *m;
	int err;

	while ((m = module_find(p->t, p->domain, p->root)) && m->plan) {
		err = plan_wait(p, m->plan, p->root, false);
		if (err)
			return err;
	}
	if (!m)
		return fail(p->diag, TENON_R_NOT_LOADED);
	err = decide(p, m);
	if (err)
		return err;
	m->plan = p;
	module_set_state(m, TENON_GOING, NULL);
	err = module_quiesce(m, false, p->diag); /* whoever came before it was closed has left by now */
	if (!err)
		err = p->if_unused && !m->gate.unused ? fail(p->diag, TENON_R_IN_USE_THREAD) : plan_enabled(p);
	/* If its domain died meanwhile, there is no way back: module_remove finds that it cannot call exit. */
	if (err && m->state != TENON_QUARANTINED) {
		module_reopen(m);
		m->plan = NULL;
		module_set_state(m, TENON_LIVE, p->diag);
		return err;
	}
	p->answer = m;
	return 0;
}

static int unload(struct tenon_plan *p)
{
	int err;

	core_lock(p->t);
	err = begin(p);
	core_unlock(p->t);
	return err ? err : module_remove(p->answer, NULL, p->diag);
}

int tenon_unload(struct tenon *t, struct tenon_domain *d, const char *name, uint64_t deadline_ns,
		 struct tenon_diag *diag)
{
	struct tenon_plan p = { .domain = d, .deadline_ns = deadline_ns };

	return plan_init(&p, t, name, diag) ?: plan_name(p.root, name, strlen(name), p.diag) ?: plan_run(&p, unload);
}

int tenon_unload_unused(struct tenon *t, struct tenon_domain *d, const char *name, uint64_t deadline_ns,
			struct tenon_diag *diag)
{
	struct tenon_plan p = { .domain = d, .deadline_ns = deadline_ns, .if_unused = true };

	return plan_init(&p, t, name, diag) ?: plan_name(p.root, name, strlen(name), p.diag) ?: plan_run(&p, unload);
}
