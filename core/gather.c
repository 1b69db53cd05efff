/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The first half of a plan: the module asked for and everything it depends on is claimed by name, read, verified and
 * checked, providers before users. Nothing is laid out yet, and nobody else sees anything but taken names.
 */
#include "core/string.h"

#include "core/personality.h"
#include "core/gather.h"
#include "core/request.h"

struct need {
	const char *name;            /* "": the file says it */
	struct tenon_source *source; /* NULL: the host finds it */
	const char *params;
	bool asked; /* by the request itself */
	uint32_t depth;
};

static int gather(struct tenon_plan *p, const struct need *need);

/* Keep a live module, on which there is a reference, until the plan ends. */
static int pin(struct tenon_plan *p, struct tenon_module *m)
{
	struct plan_pin *pin = mem_alloc(p->t, sizeof(*pin));

	if (!pin) {
		tenon_put(m, "a plan that cannot pin it");
		return -TENON_ENOMEM;
	}
	*pin = (struct plan_pin){ p->pins, m };
	p->pins = pin;
	return 0;
}

/* @m is there already. If this ends the plan, the answer is in p->answer. */
static int already_loaded(struct tenon_plan *p, struct tenon_module *m)
{
	const struct tenon_request *req = p->req;

	if ((req->flags & TENON_LOAD_FRESH) && !p->same_request)
		return fail(p->diag, TENON_R_LOADED);
	plan_answer(p, m);
	if (p->same_request || !req->params || !req->params[0])
		return -TENON_EEXIST;
	core_log(m->t, TENON_LOG_NOTICE, m->name, "loaded already; ignored parameters: ", req->params);
	return fail(p->diag, TENON_R_LOADED_PARAMS);
}

/* @m, which this plan is loading, is needed once more: by one of its own dependencies? */
static int check_cycle(struct tenon_plan *p, const struct tenon_module *m)
{
	const struct load *l = p->path;
	int err;

	while (l && l->m != m)
		l = l->needed_by;
	if (!l)
		return 0;
	err = fail_names(p->diag, TENON_R_DEPENDENCY_CYCLE, "", m->name);
	load_need_path(p->path);
	return err;
}

/*
 * Wait until no other plan has the module's name, which is that of @file if the file has said it. p->same_request: the
 * last one waited for was equal to this one. Return: 0 with *out, which is live, or of this plan, or NULL if nobody has
 * the name.
 */
static int settle(struct tenon_plan *p, const struct need *need, const struct tenon_module *file,
		  struct tenon_module **out)
{
	const char *name = file ? file->name : need->name;
	struct tenon_module *m = NULL;
	int err = 0;

	p->same_request = false;
	while (!err && (m = module_find(p->t, p->domain, name)) && m->plan != p && m->state != TENON_LIVE)
		err = plan_wait(p, m->plan, name,
				need->asked && plan_answers(m->plan, p, name) &&
				    (!file || m->content_hash == file->content_hash));
	*out = m;
	return err;
}

/* What loading a module takes. Made before it is known whether nobody has the name: the lock is not held here. */
static struct load *load_new(struct tenon_plan *p, const struct need *need)
{
	struct load *l = mem_alloc(p->t, sizeof(*l));

	if (!l)
		return NULL;
	l->plan = p;
	l->t = p->t;
	l->diag = p->diag;
	l->flags = p->req->flags;
	l->params = need->params;
	l->wanted = need->asked;
	l->m = module_new(p, need->name);
	return l;
}

/*
 * Claim a name for this plan. Return: 0 with @l on the path if it is ours to load, or with a reference on *live if it
 * is there already, or with neither if this plan is loading it; or an error. Lock held.
 */
static int claim(struct tenon_plan *p, const struct need *need, struct load *l, struct tenon_module **live)
{
	struct tenon_module *m;
	int err = settle(p, need, NULL, &m) ?: plan_alive(p);

	if (err)
		return err;
	if (!m) {
		/* Whatever fails from here on, roll back finds it on the path. */
		l->needed_by = p->path;
		p->path = l;
		return need->name[0] ? module_claim_name(l->m) : 0;
	}
	if (m->plan == p)
		return check_cycle(p, m);
	/* With more modules to load the first one being there answers nothing yet. */
	if (need->asked && !p->req->more_cnt)
		return already_loaded(p, m);
	if (!tenon_try_get(m))
		return fail_name(p->diag, TENON_R_DEPENDENCY_LEAVING, m->name);
	*live = m;
	return 0;
}

/* The file has said its name. If the request did not know it, claim it now. */
static int settle_name(struct tenon_plan *p, const struct need *need, struct tenon_module *m)
{
	struct tenon_module *other;
	bool same;
	int err;

	if (m->in_table)
		return 0;
	core_lock(p->t);
	diag_copy(p->root, sizeof(p->root), m->name);
	err = settle(p, need, m, &other);
	if (!err && other) {
		same = other->content_hash == m->content_hash;
		err = same && p->same_request ? already_loaded(p, other) :
						fail(p->diag, same ? TENON_R_LOADED : TENON_R_LOADED_DIFFERENT);
	}
	err = err ?: module_claim_name(m);
	core_unlock(p->t);
	return err;
}

int load_apply_policy(struct load *l)
{
	struct tenon *t = l->t;
	char why[64];
	int err;

	if (!t->policy || l->allowed)
		return 0;
	why[0] = '\0';
	err = t->policy(t->policy_context, l->m, why);
	if (err)
		fail_name(l->diag, TENON_R_POLICY_REFUSED, why);
	l->allowed = !err;
	return err;
}

int load_check_switches(struct load *l)
{
	int err = load_apply_policy(l) ?: plan_enabled(l->plan);

	if (err || tenon_sig_mode(l->t) != TENON_SIG_ENFORCE)
		return err;
	if (l->m->taints & TENON_TAINT_FORCED)
		return fail(l->diag, TENON_R_FORCED);
	return l->verified ? 0 : load_verify(l);
}

/* A module that is known by its name: one that others need, or one more that is asked for. */
static int gather_named(struct tenon_plan *p, const char *name, size_t len, bool asked, uint32_t depth)
{
	char text[TENON_NAME_BYTES];
	struct need need = { .name = text, .asked = asked, .depth = depth };
	int err = plan_name(text, name, len, p->diag);

	if (err)
		return err;
	if (depth > TENON_DEPTH_MAX)
		return fail_value(p->diag, TENON_R_DEPENDENCY_DEPTH, depth, TENON_DEPTH_MAX);
	return gather(p, &need);
}

static int gather_dependencies(struct tenon_plan *p, struct load *l, uint32_t depth)
{
	const char *at = modinfo_get(&l->modinfo, "depends"), *item, *base = l->kind->base;
	size_t len;
	int err = 0;

	/* The base belongs to the kernel, not to what a module depends on. */
	if (base && strcmp(base, l->m->name))
		err = gather_named(p, base, strlen(base), false, depth + 1);
	if (l->flags & TENON_LOAD_NO_DEPS)
		return err;
	while (!err && at && (item = modinfo_list_next(&at, &len)))
		err = gather_named(p, item, len, false, depth + 1);
	return err;
}

static int not_found(struct tenon_plan *p, const char *name)
{
	const struct load *user = p->path->needed_by;
	int err;

	if (!user)
		return fail_name(p->diag, TENON_R_NOT_FOUND, name);
	diag_module(p->diag, user->m->name);
	err = fail_name(p->diag, TENON_R_DEPENDENCY_MISSING, name);
	load_need_path(user);
	return err;
}

/* read, verify, check */
static int examine(struct tenon_plan *p, struct load *l, const struct need *need)
{
	struct tenon_host const *h = p->t->host;
	int err;

	if (!need->source) {
		err = h->find ? h->find(h->context, p->domain, need->name, &l->found) : -TENON_ENOENT;
		if (err == -TENON_ENOENT)
			return not_found(p, need->name);
		if (err)
			return fail_got(p->diag, TENON_R_READ_FAILED, (tenon_addr)(intptr_t)err);
	}
	err = load_read(l, need->source ? need->source : &l->found);
	if (l->file_is_copy)
		load_close_found(l);
	return err ?: load_verify(l) ?: load_check(l);
}

static int gather(struct tenon_plan *p, const struct need *need)
{
	struct load *l = load_new(p, need);
	struct tenon_module *live = NULL;
	int err;

	if (!l || !l->m) {
		mem_free(p->t, l, sizeof(*l));
		return -TENON_ENOMEM;
	}
	core_lock(p->t);
	err = claim(p, need, l, &live);
	core_unlock(p->t);
	/* It was not claimed: somebody has the name, or there was an error. */
	if (p->path != l) {
		mem_free(p->t, l->m, sizeof(*l->m));
		mem_free(p->t, l, sizeof(*l));
		return live ? pin(p, live) : err;
	}
	if (err)
		return err;
	if (need->name[0])
		diag_module(p->diag, need->name);
	err = examine(p, l, need);
	if (err)
		return err;
	diag_module(p->diag, l->m->name);
	err = settle_name(p, need, l->m) ?: load_apply_policy(l) ?: gather_dependencies(p, l, need->depth);
	if (err)
		return err;
	/* Its dependencies are in the list; now it follows them. */
	p->path = l->needed_by;
	*p->tail = l;
	p->tail = &l->next;
	return 0;
}

int plan_gather(struct tenon_plan *p)
{
	const struct tenon_request *req = p->req;
	struct need need = { .name = p->root, .source = req->source, .asked = true, .params = req->params };
	int err = gather(p, &need);

	for (size_t i = 0; i < req->more_cnt && !err; i++)
		err = gather_named(p, req->more[i], strlen(req->more[i]), true, 0);
	return err;
}
