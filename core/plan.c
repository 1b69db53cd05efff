/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Loading: a plan from beginning to end. Only this file undoes anything: stages that fail just return.
 */
#include "core/string.h"

#include "core/personality.h"
#include "core/plan.h"
#include "core/symbols.h"

#define DEFAULT_WAIT_NS 30000000000ull

/* resolve, relocate, and let the rest of the plan see the exports */
static int link_load(struct tenon_plan *p, struct load *l)
{
	int err;

	diag_copy(p->diag.module, sizeof(p->diag.module), l->m->name);
	core_lock(p->t);
	err = load_resolve(l);
	core_unlock(p->t);
	if (!err)
		err = load_relocate(l);
	if (!err)
		err = load_exports(l);
	if (!err)
		err = l->kind->ops->after_relocate(l);
	if (!err)
		err = l->kind->ops->params(l);
	if (err)
		return err;
	core_lock(p->t);
	err = exports_add(p->t, p->domain, l->m->exports, l->m->export_cnt, &p->diag);
	l->m->exports_added = !err;
	core_unlock(p->t);
	return err;
}

static int link_all(struct tenon_plan *p)
{
	int err = 0;

	for (struct load *l = p->loads; l && !err; l = l->next) {
		diag_copy(p->diag.module, sizeof(p->diag.module), l->m->name);
		err = load_layout(l);
	}
	if (!err)
		err = plan_reserve(p);
	for (struct load *l = p->loads; l && !err; l = l->next)
		err = load_place(l);
	for (struct load *l = p->loads; l && !err; l = l->next)
		err = link_load(p, l);
	if (!err)
		err = plan_protect(p);
	return err;
}

/* init of each, in order; each is live as soon as its own has returned */
static int start_all(struct tenon_plan *p)
{
	int err = 0;

	core_lock(p->t);
	for (struct load *l = p->loads; l; l = l->next)
		module_publish(l->m);
	core_unlock(p->t);
	for (struct load *l = p->loads; l && !err; l = l->next) {
		diag_copy(p->diag.module, sizeof(p->diag.module), l->m->name);
		err = module_start(l->m, &p->diag);
		if (err)
			break;
		core_lock(p->t);
		if (p->domain->dead)
			err = fail_name(&p->diag, TENON_R_DOMAIN_DEAD, p->domain->name, NULL);
		else
			module_set_state(l->m, TENON_LIVE, NULL);
		core_unlock(p->t);
	}
	if (err)
		return err;
	core_lock(p->t);
	err = plan_seal(p);
	core_unlock(p->t);
	return err;
}

static bool is_root(const struct tenon_plan *p, const struct tenon_module *m)
{
	return !strcmp(m->name, p->root);
}

/* Undo one module. It stays if somebody else has come to depend on it meanwhile, or must not be freed. */
static void undo_module(struct tenon_plan *p, struct tenon_module *m)
{
	struct tenon_diag why = { 0 };
	char kinds[TENON_DIAG_NAME_BYTES];
	int err;

	core_lock(p->t);
	if (m->state == TENON_LIVE && (m->users || (m->wanted && !is_root(p, m)) || !module_close(m))) {
		m->plan = NULL;
		core_unlock(p->t);
		return;
	}
	m->gate.closed = true;
	if (m->state != TENON_QUARANTINED && m->state != TENON_UNFORMED)
		module_set_state(m, TENON_GOING, &p->diag);
	err = m->region[TENON_MEM_TEXT] ? module_quiesce(m, false, p->deadline_ns, &why) : 0;
	core_unlock(p->t);
	if (!err && m->state != TENON_QUARANTINED)
		err = module_stop(m, &why);
	module_reclaim(m, kinds, sizeof(kinds));
	core_lock(p->t);
	if (!err && m->region[TENON_MEM_TEXT])
		err = module_quiesce(m, true, p->deadline_ns, &why);
	m->plan = NULL;
	if (err || ((m->taints & TENON_TAINT_FAULTED) && !p->domain->dead)) {
		/* In this domain a pointer to it may be anywhere: its memory is not used again. */
		module_quarantine(m, &p->diag);
	} else {
		if (m->state != TENON_UNFORMED)
			core_event(p->t, m, &p->diag);
		module_withdraw(m);
		module_free_memory(m, false);
		module_delete(m);
	}
	core_unlock(p->t);
}

/* Take back everything, users before providers. */
static void roll_back(struct tenon_plan *p)
{
	struct load *reversed = NULL, *l, *next;

	plan_abandon_blocks(p);
	for (l = p->loads; l; l = next) {
		next = l->next;
		l->next = reversed;
		reversed = l;
	}
	/* Those whose dependencies were still being read have nothing yet but a name. */
	for (l = p->path; l; l = next) {
		next = l->needed_by;
		undo_module(p, l->m);
		load_free(l);
	}
	for (l = reversed; l; l = next) {
		next = l->next;
		undo_module(p, l->m);
		load_free(l);
	}
	p->loads = p->path = NULL;
}

static void free_loads(struct tenon_plan *p)
{
	struct load *l;

	while ((l = p->loads)) {
		p->loads = l->next;
		load_free(l);
	}
}

/* The caller gets @m, with a reference if it asked for one. It is live. Lock held. */
static void hand_out(struct tenon_module *m, const struct tenon_request *req)
{
	if (req->flags & TENON_LOAD_REF)
		tenon_try_get(m);
}

/* Carry out a plan. Return: its result; *out is the module asked for. */
static int carry_out(struct tenon_plan *p, const struct tenon_request *req, struct tenon_module **out)
{
	struct tenon *t = p->t;
	int err = plan_gather(p, req);
	struct tenon_module *m = NULL;

	if (!err)
		err = link_all(p);
	if (!err)
		err = start_all(p);
	if (err) {
		roll_back(p);
	} else {
		core_lock(t);
		for (struct load *l = p->loads; l; l = l->next) {
			m = l->m; /* the last is the one asked for */
			m->plan = NULL;
			t->stats.loads++;
			t->stats.relocations += l->relocation_cnt;
		}
		hand_out(m, req);
		core_unlock(t);
		free_loads(p);
	}
	if (p->answer) {
		m = p->answer;
		err = 0;
		if (!(req->flags & TENON_LOAD_REF))
			tenon_put(m, "the plan that pinned it");
	}
	for (uint32_t i = 0; i < p->pin_cnt; i++)
		tenon_put(p->pins[i], "the plan that pinned it");
	mem_free(t, p->pins, p->pin_cap * sizeof(*p->pins));
	*out = m;
	return err;
}

/* The name as modules are called: '-' is '_'. */
static int request_name(const struct tenon_request *req, char name[TENON_NAME_BYTES], struct tenon_diag *diag)
{
	name[0] = 0;
	if (req->source)
		return 0;
	if (!req->name || !req->name[0] || strchr(req->name, '/') || req->name[0] == '.')
		return fail_name(diag, TENON_R_NAME_INVALID, req->name ? req->name : "", NULL);
	if (!diag_copy(name, TENON_NAME_BYTES, req->name))
		return fail_name(diag, TENON_R_NAME_TOO_LONG, name, NULL);
	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	return 0;
}

/* It is there already. Lock held. */
static int already_loaded(struct tenon_module *m, const struct tenon_request *req, bool waited, struct tenon_diag *diag)
{
	if ((req->flags & TENON_LOAD_FRESH) && !waited)
		return fail(diag, TENON_R_LOADED);
	m->wanted = true;
	hand_out(m, req);
	if (req->params && req->params[0] && !waited) {
		fail(diag, TENON_R_LOADED_PARAMS);
		core_log(m->t, TENON_LOG_NOTICE, m->name, ": loaded already; parameters '", req->params, "' ignored", NULL);
	}
	return 0;
}

/* Answer at once or after a load that is under way, or begin a plan. Lock held. Return: 0 with *plan or *m, or an error. */
static int admit(struct tenon *t, const struct tenon_request *req, const char *name, uint64_t deadline_ns,
		 struct tenon_plan **plan, struct tenon_module **out, struct tenon_diag *diag)
{
	struct tenon_module *m;
	bool waited = false;
	int err, result = 0;

	while (name[0] && (m = module_find(t, req->domain, name))) {
		bool same = m->plan && !strcmp(m->plan->root, name);

		if (m->state == TENON_LIVE) {
			*out = m;
			return already_loaded(m, req, waited, diag);
		}
		err = plan_wait(m->plan, name, deadline_ns, &result, diag);
		if (err)
			return err;
		if (same && result)
			return result;
		waited = same;
	}
	*plan = plan_new(t, req->domain, name, deadline_ns);
	return *plan ? 0 : fail(diag, TENON_R_NO_MEMORY);
}

static int check_caller(struct tenon *t, const struct tenon_request *req, struct tenon_diag *diag)
{
	const struct tenon_thread *self = core_thread(t);

	if (tenon_modules_disabled(t))
		return fail(diag, TENON_R_MODULES_DISABLED);
	if (self->atomic || (tenon_current(self) && tenon_current(self)->state == TENON_GOING))
		return fail(diag, TENON_R_CONTEXT);
	if (!req->domain || req->domain->dead)
		return fail_name(diag, TENON_R_DOMAIN_DEAD, req->domain ? req->domain->name : "(none)", NULL);
	return 0;
}

int tenon_load(struct tenon *t, const struct tenon_request *req, struct tenon_module **out, struct tenon_diag *diag)
{
	struct tenon_diag unused;
	struct tenon_plan *plan = NULL;
	struct tenon_module *m = NULL;
	char name[TENON_NAME_BYTES];
	uint64_t deadline_ns = req->deadline_ns ? req->deadline_ns : t->host->now_ns(t->host->context) + DEFAULT_WAIT_NS;
	int err;

	diag = diag ? diag : &unused;
	*diag = (struct tenon_diag){ 0 };
	diag_copy(diag->module, sizeof(diag->module), req->name ? req->name : "module");
	err = check_caller(t, req, diag);
	if (!err)
		err = request_name(req, name, diag);
	if (!err) {
		core_lock(t);
		err = admit(t, req, name, deadline_ns, &plan, &m, diag);
		core_unlock(t);
	}
	if (plan) {
		err = carry_out(plan, req, &m);
		core_lock(t);
		if (err) {
			*diag = plan->diag;
			t->stats.load_failures++;
		}
		plan_end(plan, err);
		core_unlock(t);
	}
	if (req->source && req->source->close)
		req->source->close(req->source);
	if (!err && out)
		*out = m;
	return err;
}
