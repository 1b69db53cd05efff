/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Unloading: decide and close in one step, wait until nobody executes it, exit, reclaim, free. Until exit is called
 * every failure opens the module again, fully working.
 */
#include "core/string.h"

#include "core/plan.h"

/* The modules that use @m, also those that are bound already and not listed yet. Imports bind inside of a domain. */
static void name_users(const struct tenon_module *m, char list[TENON_DIAG_NAME_BYTES])
{
	const struct table *tab = &m->domain->modules;

	list[0] = '\0';
	for (uint32_t i = 0; i <= tab->mask; i++) {
		const struct tenon_module *user = tab->slots[i].item;

		if (user && module_uses(user, m))
			diag_list(list, user->name);
	}
}

/* May it go? Closes it if so. Lock held. */
static int decide(struct tenon_module *m, struct tenon_diag *diag)
{
	uint32_t refs = module_refs(m);

	if (m->state != TENON_LIVE)
		return fail_name(diag, TENON_R_NOT_LIVE, tenon_state_name(m->state));
	if (m->users) {
		name_users(m, diag->name);
		return fail(diag, TENON_R_IN_USE_BY);
	}
	if (refs & REFS_SATURATED)
		return fail(diag, TENON_R_REF_SATURATED);
	if (m->init && !m->exit && !m->no_start)
		return fail(diag, TENON_R_PERMANENT);
	if (thread_executes(core_thread(m->t), m)) {
		fail_name(diag, TENON_R_IN_USE_THREAD, core_thread(m->t)->name);
		return -TENON_EDEADLK;
	}
	if (!module_close(m))
		return fail_got(diag, TENON_R_IN_USE_REFS, refs & REFS_COUNT);
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

int module_remove(struct tenon_module *m, uint64_t deadline_ns, const struct tenon_diag *cause, struct tenon_diag *diag)
{
	struct tenon *t = m->t;
	char kinds[TENON_DIAG_NAME_BYTES];
	int err = module_stop(m, diag);
	uint32_t left;

	kinds[0] = '\0';
	left = module_reclaim(m, kinds);
	core_lock(t);
	if (!err && m->state != TENON_UNFORMED)
		err = module_quiesce(m, true, deadline_ns, diag);
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
static int begin(struct tenon_plan *p, struct tenon_module **out)
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
	err = decide(m, p->diag);
	if (err)
		return err;
	m->plan = p;
	module_set_state(m, TENON_GOING, NULL);
	err = module_quiesce(m, false, p->deadline_ns, p->diag);
	if (!err && tenon_modules_disabled(p->t))
		err = fail(p->diag, TENON_R_MODULES_DISABLED);
	/* Whoever came before it was closed has left by now. */
	if (!err && p->if_unused && !tenon_is_unused(m))
		err = fail_name(p->diag, TENON_R_IN_USE_THREAD, "one that has left");
	/* If its domain died meanwhile, there is no way back: module_remove finds that it cannot call exit. */
	if (err && m->state != TENON_QUARANTINED) {
		module_reopen(m);
		m->plan = NULL;
		module_set_state(m, TENON_LIVE, p->diag);
		return err;
	}
	*out = m;
	return 0;
}

static int unload(struct tenon *t, struct tenon_domain *d, const char *name, uint64_t deadline_ns, bool if_unused,
		  struct tenon_diag *diag)
{
	struct tenon_plan p = { .domain = d, .deadline_ns = deadline_ns, .if_unused = if_unused };
	struct tenon_module *m = NULL;
	int err = plan_init(&p, t, name, diag) ?: plan_name(p.root, name, strlen(name), p.diag);

	if (err)
		return err;
	core_lock(t);
	plan_begin(&p);
	err = begin(&p, &m);
	core_unlock(t);
	if (!err)
		err = module_remove(m, deadline_ns, NULL, p.diag);
	core_lock(t);
	t->stats.unloads += !err;
	plan_end(&p, err);
	core_unlock(t);
	return err;
}

int tenon_unload(struct tenon *t, struct tenon_domain *d, const char *name, uint64_t deadline_ns,
		 struct tenon_diag *diag)
{
	return unload(t, d, name, deadline_ns, false, diag);
}

int tenon_unload_unused(struct tenon *t, struct tenon_domain *d, const char *name, uint64_t deadline_ns,
			struct tenon_diag *diag)
{
	return unload(t, d, name, deadline_ns, true, diag);
}
