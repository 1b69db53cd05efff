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

	diag_module(&p->diag, l->m->name);
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
	if (!err)
		err = load_keep_types(l);
	core_unlock(p->t);
	return err;
}

static int link_all(struct tenon_plan *p)
{
	int err = 0;

	for (struct load *l = p->loads; l && !err; l = l->next) {
		diag_module(&p->diag, l->m->name);
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

/* The caller gets @m, with a reference if it asked for one. It is live. Lock held. */
static void hand_out(struct tenon_module *m, const struct tenon_request *req)
{
	if (req->flags & TENON_LOAD_REF)
		tenon_try_get(m);
}

/* All are live. Return: the one asked for. Lock held. */
static struct tenon_module *commit(struct tenon_plan *p, const struct tenon_request *req)
{
	struct tenon_module *m = NULL;

	for (struct load *l = p->loads; l; l = l->next) {
		m = l->m; /* it is the last */
		m->plan = NULL;
		m->wanted |= l->wanted;
		p->t->stats.loads++;
		p->t->stats.relocations += l->relocation_cnt;
	}
	if (!req->more_cnt)
		hand_out(m, req);
	return m;
}

static int check_alive(struct tenon_plan *p)
{
	return p->domain->dead ? fail_name(&p->diag, TENON_R_DOMAIN_DEAD, p->domain->name) : 0;
}

/* init of each, in order; each is live as soon as its own has returned. The lock is released for init alone. */
static int start_all(struct tenon_plan *p, const struct tenon_request *req, struct tenon_module **out)
{
	int err;

	core_lock(p->t);
	err = check_alive(p);
	for (struct load *l = p->loads; l && !err; l = l->next)
		module_publish(l->m);
	for (struct load *l = p->loads; l && !err; l = l->next) {
		core_unlock(p->t);
		diag_module(&p->diag, l->m->name);
		err = module_start(l->m, &p->diag);
		core_lock(p->t);
		if (!err)
			err = check_alive(p);
		if (!err)
			module_set_state(l->m, TENON_LIVE, NULL);
	}
	if (!err)
		err = plan_seal(p);
	if (!err)
		*out = commit(p, req);
	core_unlock(p->t);
	return err;
}

/* Has another request come to depend on a live module, or been answered with it? If not, it is closed. Lock held. */
static bool needed(struct tenon_module *m)
{
	return m->users || m->wanted || !module_close(m);
}

/* Undo one module. It stays if it is live and somebody needs it or does not leave it. */
static void undo_module(struct tenon_plan *p, struct tenon_module *m)
{
	struct tenon_diag why = { 0 };
	bool live, stays;
	int err;

	core_lock(p->t);
	live = m->state == TENON_LIVE;
	stays = live && needed(m);
	if (!stays && m->state != TENON_UNFORMED && m->state != TENON_QUARANTINED) {
		module_shut(m);
		module_set_state(m, TENON_GOING, &p->diag);
		do
			err = module_quiesce(m, false, p->deadline_ns, &why);
		while (err == -TENON_EINTR);
		stays = err && live && m->state == TENON_GOING;
		if (stays) {
			module_reopen(m);
			module_set_state(m, TENON_LIVE, &why);
		}
	}
	if (stays) {
		m->plan = NULL;
		plan_seal_one(m);
	}
	core_unlock(p->t);
	if (!stays)
		module_remove(m, p->deadline_ns, &p->diag, &why);
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

/* Carry out a plan. Return: its result; *out is the module asked for. */
static int carry_out(struct tenon_plan *p, const struct tenon_request *req, struct tenon_module **out)
{
	struct plan_pin *pin;
	int err = plan_gather(p, req);

	if (!err)
		err = link_all(p);
	if (!err)
		err = start_all(p, req, out);
	if (err)
		roll_back(p);
	else
		free_loads(p);
	if (p->answer) {
		*out = p->answer;
		err = 0;
		if (!(req->flags & TENON_LOAD_REF))
			tenon_put(p->answer, "the plan that pinned it");
	}
	while ((pin = p->pins)) {
		p->pins = pin->next;
		tenon_put(pin->m, "the plan that pinned it");
		mem_free(p->t, pin, sizeof(*pin));
	}
	return err;
}

/* The name that the request starts with, "" for a file that says it itself. */
static int request_name(const struct tenon_request *req, char name[TENON_NAME_BYTES], struct tenon_diag *diag)
{
	name[0] = 0;
	if (req->source)
		return 0;
	return plan_name(name, req->name ? req->name : "", req->name ? strlen(req->name) : 0, diag);
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

	/* With more modules to load the first one being there answers nothing yet. */
	while (name[0] && !req->more_cnt && (m = module_find(t, req->domain, name))) {
		bool same = m->plan && plan_answers(m->plan, name, req);

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
	if (!*plan)
		return fail(diag, TENON_R_NO_MEMORY);
	(*plan)->req = req;
	return 0;
}

static int check_caller(struct tenon *t, const struct tenon_request *req, struct tenon_diag *diag)
{
	const struct tenon_thread *self = core_thread(t);

	if (tenon_modules_disabled(t))
		return fail(diag, TENON_R_MODULES_DISABLED);
	if (self->atomic || (tenon_current(self) && tenon_module_state(tenon_current(self)) == TENON_GOING))
		return fail(diag, TENON_R_CONTEXT);
	return req->domain ? 0 : fail_name(diag, TENON_R_DOMAIN_DEAD, "(none)");
}

/* Admit and carry out. The domain cannot be closed meanwhile. */
static int load(struct tenon *t, const struct tenon_request *req, const char *name, uint64_t deadline_ns,
		struct tenon_module **out, struct tenon_diag *diag)
{
	struct tenon_domain *d = req->domain;
	struct tenon_plan *plan = NULL;
	int err;

	core_lock(t);
	d->busy++;
	err = d->dead ? fail_name(diag, TENON_R_DOMAIN_DEAD, d->name) :
			admit(t, req, name, deadline_ns, &plan, out, diag);
	if (plan) {
		core_unlock(t);
		err = carry_out(plan, req, out);
		core_lock(t);
		if (err) {
			*diag = plan->diag;
			t->stats.load_failures++;
		}
		plan_end(plan, err);
	}
	d->busy--;
	core_unlock(t);
	return err;
}

int tenon_load(struct tenon *t, const struct tenon_request *req, struct tenon_module **out, struct tenon_diag *diag)
{
	struct tenon_diag unused;
	struct tenon_module *m = NULL;
	char name[TENON_NAME_BYTES];
	uint64_t deadline_ns = req->deadline_ns ? req->deadline_ns : t->host->now_ns(t->host->context) + DEFAULT_WAIT_NS;
	int err;

	diag = diag ? diag : &unused;
	*diag = (struct tenon_diag){ 0 };
	diag_module(diag, req->name ? req->name : "module");
	err = check_caller(t, req, diag);
	if (!err)
		err = request_name(req, name, diag);
	if (!err)
		err = load(t, req, name, deadline_ns, &m, diag);
	if (req->source && req->source->close)
		req->source->close(req->source);
	if (!err && out && !req->more_cnt)
		*out = m;
	return err;
}
