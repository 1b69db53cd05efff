/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The first half of a plan: the module asked for and everything it depends on is claimed by name, read, verified and
 * checked, providers before users. Nothing is laid out yet, and nobody else sees anything but taken names.
 */
#include "core/string.h"

#include "core/personality.h"
#include "core/plan.h"

struct need {
	const char *name;            /* may be "" for the root: then the file says it */
	struct tenon_source *source; /* NULL: the host finds it */
	const struct tenon_request *req; /* for what was asked for, NULL for dependencies */
	const char *params;
	uint32_t depth;
};

static int gather(struct tenon_plan *p, const struct need *need);

/* Keep a live module until the plan ends. Lock held. */
static int pin(struct tenon_plan *p, struct tenon_module *m)
{
	struct plan_pin *pin = mem_alloc(p->t, sizeof(*pin));

	if (!pin)
		return fail(&p->diag, TENON_R_NO_MEMORY);
	if (!tenon_try_get(m)) {
		mem_free(p->t, pin, sizeof(*pin));
		return fail_name(&p->diag, TENON_R_DEPENDENCY_LEAVING, m->name);
	}
	*pin = (struct plan_pin){ p->pins, m };
	p->pins = pin;
	return 0;
}

/* Met again while its own dependencies are being read. */
static int cycle(struct tenon_plan *p, const char *name)
{
	int err = fail_names(&p->diag, TENON_R_DEPENDENCY_CYCLE, "", name);

	load_need_path(p->path, p->diag.other);
	return err;
}

static bool on_path(const struct tenon_plan *p, const struct tenon_module *m)
{
	for (const struct load *l = p->path; l; l = l->needed_by)
		if (l->m == m)
			return true;
	return false;
}

/*
 * Claim @name for this plan: make a module of it, if nobody has it. Lock held, released while waiting.
 * Return: 0 with *out set if it is ours to load, or NULL if it is there already; or an error.
 */
static int claim(struct tenon_plan *p, const char *name, struct tenon_module **out)
{
	struct tenon_module *m;
	int err, result = 0;

	*out = NULL;
	for (;;) {
		m = module_find(p->t, p->domain, name);
		if (!m)
			break;
		if (m->plan == p)
			return on_path(p, m) ? cycle(p, name) : 0;
		if (m->state == TENON_LIVE)
			return pin(p, m);
		err = plan_wait(m->plan, name, p->deadline_ns, &result, &p->diag);
		if (err)
			return err;
	}
	m = module_new(p->t, p->domain, name);
	if (!m)
		return fail(&p->diag, TENON_R_NO_MEMORY);
	m->plan = p;
	if (name[0] && module_claim_name(m)) {
		module_delete(m);
		return fail(&p->diag, TENON_R_NO_MEMORY);
	}
	*out = m;
	return 0;
}

/*
 * The file has said its name. If the request did not know it, claim it now. Whoever waited for the same request for the
 * same content gets that load's answer, which is p->answer.
 */
static int settle_name(struct tenon_plan *p, struct load *l)
{
	struct tenon_module *m = l->m, *other;
	bool waited = false;
	int err = 0, result = 0;

	if (m->in_table)
		return 0;
	core_lock(p->t);
	diag_copy(p->root_text, sizeof(p->root_text), m->name);
	while (!err && (other = module_find(p->t, p->domain, m->name))) {
		if (other->state == TENON_LIVE) {
			bool same = other->content_hash == m->content_hash;

			p->answer = same && waited && tenon_try_get(other) ? other : NULL;
			other->wanted |= p->answer != NULL;
			err = fail(&p->diag, same ? TENON_R_LOADED : TENON_R_LOADED_DIFFERENT);
		} else {
			waited = plan_answers(other->plan, m->name, p->req) && other->content_hash == m->content_hash;
			err = plan_wait(other->plan, m->name, p->deadline_ns, &result, &p->diag);
			if (!err && waited)
				err = result;
		}
	}
	if (!err && module_claim_name(m))
		err = fail(&p->diag, TENON_R_NO_MEMORY);
	core_unlock(p->t);
	return err;
}

static int apply_policy(struct tenon_plan *p, struct load *l)
{
	struct tenon *t = p->t;
	char why[64] = "";
	int err = t->policy ? t->policy(t->policy_context, l->m, why) : 0;

	if (!err)
		return 0;
	fail_name(&p->diag, TENON_R_POLICY_REFUSED, why);
	return err;
}

static int gather_needed(struct tenon_plan *p, const char *name, size_t len, uint32_t depth)
{
	char text[TENON_NAME_BYTES];
	struct need need = { .name = text, .depth = depth + 1 };
	int err = plan_name(text, name, len, &p->diag);

	if (err)
		return err;
	if (depth >= TENON_DEPTH_MAX)
		return fail_value(&p->diag, TENON_R_DEPENDENCY_DEPTH, depth, TENON_DEPTH_MAX);
	return gather(p, &need);
}

static int gather_dependencies(struct tenon_plan *p, struct load *l, uint32_t depth)
{
	const char *at = modinfo_get(&l->modinfo, "depends"), *item, *base = l->kind->base;
	size_t len;
	int err = 0;

	/* The base belongs to the kernel, not to what a module depends on. */
	if (base && strcmp(base, l->m->name))
		err = gather_needed(p, base, strlen(base), depth);
	if (l->flags & TENON_LOAD_NO_DEPS)
		return err;
	while (!err && at && (item = modinfo_list_next(&at, &len)))
		err = gather_needed(p, item, len, depth);
	return err;
}

static int not_found(struct tenon_plan *p, const char *name)
{
	int err;

	if (!p->path->needed_by) {
		fail_name(&p->diag, TENON_R_NOT_FOUND, name);
		return -TENON_ENOENT;
	}
	diag_module(&p->diag, p->path->needed_by->m->name);
	err = fail_name(&p->diag, TENON_R_DEPENDENCY_MISSING, name);
	load_need_path(p->path->needed_by, p->diag.other);
	return err;
}

/* read, verify, check */
static int examine(struct tenon_plan *p, struct load *l, const struct need *need)
{
	struct tenon_host const *h = p->t->host;
	struct tenon_source found, *src = need->source;
	int err;

	if (!src) {
		if (!h->find)
			return not_found(p, need->name);
		err = h->find(h->context, p->domain, need->name, &found);
		if (err == -TENON_ENOENT)
			return not_found(p, need->name);
		if (err)
			return fail_at(&p->diag, TENON_R_READ_FAILED, 0, (tenon_addr)-err);
		src = &found;
	}
	err = load_read(l, src);
	if (!need->source && src->close)
		src->close(src);
	if (!err)
		err = load_verify(l);
	if (!err)
		err = load_check(l);
	return err;
}

/* @l has its module. */
static void load_init(struct tenon_plan *p, struct load *l, const struct need *need)
{
	struct tenon_module *m = l->m;

	l->plan = p;
	l->t = p->t;
	l->diag = &p->diag;
	l->needed_by = p->path;
	p->path = l;
	l->params = need->params;
	if (need->req) {
		l->flags = need->req->flags;
		l->wanted = true;
		m->no_start = l->flags & TENON_LOAD_NO_START;
	} else if (l->needed_by) {
		l->flags = l->needed_by->flags & ~(uint32_t)TENON_LOAD_REF;
		m->no_start = l->needed_by->m->no_start;
	}
}

static int gather(struct tenon_plan *p, const struct need *need)
{
	struct load *l = mem_alloc(p->t, sizeof(*l));
	struct tenon_module *m;
	int err;

	if (!l)
		return fail(&p->diag, TENON_R_NO_MEMORY);
	core_lock(p->t);
	err = claim(p, need->name, &l->m);
	core_unlock(p->t);
	m = l->m;
	if (err || !m) {
		mem_free(p->t, l, sizeof(*l));
		return err;
	}
	load_init(p, l, need);
	diag_module(&p->diag, m->name[0] ? m->name : "module");
	err = examine(p, l, need);
	if (!err) {
		diag_module(&p->diag, m->name);
		err = settle_name(p, l);
	}
	if (!err)
		err = apply_policy(p, l);
	if (!err)
		err = gather_dependencies(p, l, need->depth);
	if (err)
		return err;
	/* Its dependencies stand in the list; now it comes behind them. */
	p->path = l->needed_by;
	*p->tail = l;
	p->tail = &l->next;
	return 0;
}

int plan_gather(struct tenon_plan *p, const struct tenon_request *req)
{
	struct need need = { .name = req->source ? "" : p->root_text, .source = req->source, .req = req, .params = req->params };
	char text[TENON_NAME_BYTES];
	int err = gather(p, &need);

	for (size_t i = 0; i < req->more_cnt && !err; i++) {
		need = (struct need){ .name = text, .req = req };
		err = plan_name(text, req->more[i], strlen(req->more[i]), &p->diag);
		if (!err)
			err = gather(p, &need);
	}
	return err;
}
