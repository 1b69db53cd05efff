/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Loading: a plan from beginning to end. Only this file undoes anything: stages that fail just return.
 */
#include "core/string.h"

#include "core/personality.h"
#include "core/gather.h"
#include "core/reference.h"
#include "core/request.h"
#include "core/reserve.h"
#include "core/start.h"
#include "core/thread.h"
#include "core/unload.h"
#include "core/symbols.h"

#define DEFAULT_WAIT_NS 30000000000ull

int plan_each(struct tenon_plan *p, int (*stage)(struct load *l))
{
	int err = 0;

	for (struct load *l = p->loads; l && !err; l = l->next) {
		diag_module(p->diag, l->m->name);
		err = stage(l);
	}
	return err;
}

/* Let the rest of the plan see its exports. */
static int add_exports(struct load *l)
{
	struct tenon_module *m = l->m;
	int err;

	core_lock(l->t);
	err = exports_add(l->t, m->domain, m->exports, m->export_cnt, l->diag);
	m->exports_added = !err;
	core_unlock(l->t);
	return !err && l->t->types ? l->t->types->keep(l) : err;
}

static int link_load(struct load *l)
{
	return load_resolve(l)                     ?:
		   load_relocate(l)                ?:
		   load_exports(l)                 ?:
		   l->kind->ops->after_relocate(l) ?:
		   l->kind->ops->params(l)         ?:
		   load_tell_host(l)               ?:
						     add_exports(l);
}

static int publish(struct load *l)
{
	module_publish(l->m);
	return 0;
}

/* Each is live as soon as its own init has returned. The lock is held, and released for init alone. */
static int start(struct load *l)
{
	int err;

	core_unlock(l->t);
	err = load_check_switches(l) ?: module_start(l->m, l->diag);
	core_lock(l->t);
	err = err ?: plan_alive(l->plan);
	if (!err)
		module_set_state(l->m, TENON_LIVE, NULL);
	return err;
}

/* All are live. Lock held. */
static int commit(struct load *l)
{
	struct tenon_module *m = l->m;

	m->plan = NULL;
	m->wanted |= l->wanted;
	l->t->stats.loads++;
	l->t->stats.relocations += l->relocation_cnt;
	/* What was asked for comes last. */
	if (!l->next && !l->plan->req->more_cnt)
		plan_answer(l->plan, m);
	return 0;
}

static int start_all(struct tenon_plan *p)
{
	int err;

	core_lock(p->t);
	err = plan_alive(p)               ?:
		  plan_each(p, publish)   ?:
		  plan_each(p, start)     ?:
		  plan_each(p, load_seal) ?:
					    plan_each(p, commit);
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
		module_set_state(m, TENON_GOING, p->diag);
		do
			err = module_quiesce(m, false, &why);
		while (err == -TENON_EINTR);
		stays = err && live && m->state == TENON_GOING;
		if (stays) {
			module_reopen(m);
			module_set_state(m, TENON_LIVE, &why);
		}
	}
	if (stays) {
		m->plan = NULL;
		if (module_seal(m))
			core_log(m->t, TENON_LOG_ERR, m->name, "its data could not be made read-only", "");
	}
	core_unlock(p->t);
	if (!stays)
		module_remove(m, p->diag, &why);
}

/* Free the loads; if the plan has failed, take back everything first, users before providers. */
static void end_loads(struct tenon_plan *p, bool failed)
{
	struct load *l;

	if (failed)
		plan_abandon(p);
	/* Put them on top of those whose dependencies were still being read, which have nothing yet but a name. */
	while ((l = p->loads)) {
		p->loads = l->next;
		l->needed_by = p->path;
		p->path = l;
	}
	while ((l = p->path)) {
		p->path = l->needed_by;
		if (failed && l->m)
			undo_module(p, l->m);
		load_free(l);
	}
}

static int load(struct tenon_plan *p)
{
	struct plan_pin *pin;
	int err = plan_gather(p)                ?:
		      plan_each(p, load_layout) ?:
		      plan_reserve(p)           ?:
		      plan_each(p, load_place)  ?:
		      plan_each(p, link_load)   ?:
		      plan_protect(p)           ?:
						  start_all(p);

	/* Whatever had no memory only returned this. */
	if (err == -TENON_ENOMEM && !p->diag->reason)
		fail(p->diag, TENON_R_NO_MEMORY);
	end_loads(p, err);
	while ((pin = p->pins)) {
		p->pins = pin->next;
		tenon_put(pin->m, "the plan that pinned it");
		mem_free(p->t, pin, sizeof(*pin));
	}
	return p->answer ? 0 : err;
}

static int check_request(struct tenon_plan *p)
{
	const struct tenon_module *caller = tenon_current(p->thread);
	const struct tenon_request *req = p->req;
	const char *name = req->name ? req->name : "";

	if (caller && tenon_module_state(caller) == TENON_GOING)
		return fail(p->diag, TENON_R_CONTEXT);
	if (!req->domain)
		return fail_name(p->diag, TENON_R_DOMAIN_DEAD, "(none)");
	/* A file says its name itself. */
	return req->source ? 0 : plan_name(p->root, name, strlen(name), p->diag);
}

int tenon_load(struct tenon *t, const struct tenon_request *req, struct tenon_module **out, struct tenon_diag *diag)
{
	struct tenon_plan p = { .req = req, .domain = req->domain, .deadline_ns = req->deadline_ns };
	int err;

	if (!p.deadline_ns)
		p.deadline_ns = t->host->now_ns(t->host->context) + DEFAULT_WAIT_NS;
	err = plan_init(&p, t, req->name ? req->name : "module", diag) ?: check_request(&p) ?: plan_run(&p, load);
	if (req->source && req->source->close)
		req->source->close(req->source);
	if (!err && out && !req->more_cnt)
		*out = p.answer;
	return err;
}
