/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Plans as others see them: who carries one out, who waits for it, and whether waiting could ever end. Waiters are
 * woken by plan_end(), which every plan reaches.
 */
#include "core/string.h"

#include "core/fmt/modname.h"
#include "core/request.h"

int plan_name(char to[TENON_NAME_BYTES], const char *name, size_t len, struct tenon_diag *diag)
{
	if (!len || memchr(name, '/', len) || name[0] == '.')
		return fail_name(diag, TENON_R_NAME_INVALID, name);
	if (len >= TENON_NAME_BYTES)
		return fail_name(diag, TENON_R_NAME_TOO_LONG, name);
	for (size_t i = 0; i < len; i++)
		to[i] = modname_fold(name[i]);
	to[len] = 0;
	return 0;
}

int plan_alive(struct tenon_plan *p)
{
	return p->domain->dead ? fail_name(p->diag, TENON_R_DOMAIN_DEAD, p->domain->name) : 0;
}

int plan_enabled(struct tenon_plan *p)
{
	return tenon_modules_disabled(p->t) ? fail(p->diag, TENON_R_MODULES_DISABLED) : 0;
}

int plan_init(struct tenon_plan *p, struct tenon *t, const char *name, struct tenon_diag *diag)
{
	uint32_t depth = 0;

	diag = diag ? diag : &p->own_diag;
	*diag = (struct tenon_diag){ 0 };
	diag_module(diag, name);
	p->t = t;
	p->diag = diag;
	p->tail = &p->loads;
	p->thread = core_thread(t);
	if (plan_enabled(p))
		return -TENON_EPERM;
	if (p->thread->atomic)
		return fail(diag, TENON_R_CONTEXT);
	/* Each level takes stack of the thread, and a frame for init or exit. */
	for (const struct tenon_plan *outer = p->thread->plan; outer; outer = outer->outer)
		depth++;
	if (depth >= TENON_REQUEST_DEPTH_MAX)
		return fail_value(diag, TENON_R_REQUEST_DEPTH, depth, TENON_REQUEST_DEPTH_MAX);
	return p->thread->depth >= TENON_FRAME_MAX ? fail_value(diag, TENON_R_ENTRY_DEPTH, 0, TENON_FRAME_MAX) : 0;
}

/* Those that wait for its end learn the result, if that is their answer too. Lock held. */
static void wake_waiters(const struct tenon_plan *p, int result)
{
	const struct tenon_host *h = p->t->host;

	for (struct tenon_thread *thread = p->t->threads; thread; thread = thread->next) {
		struct tenon_plan *waiter = thread->plan;

		if (!waiter || waiter->waits != p)
			continue;
		waiter->waits = NULL;
		waiter->result = waiter->same_request ? result : 0;
		if (waiter->result)
			*waiter->diag = *p->diag;
	}
	if (h->wake)
		h->wake(h->context);
}

int plan_run(struct tenon_plan *p, int (*carry_out)(struct tenon_plan *p))
{
	struct tenon_domain *d = p->domain;
	struct tenon *t = p->t;
	int err;

	core_lock(t);
	p->outer = p->thread->plan;
	p->thread->plan = p;
	if (d)
		d->busy++; /* it cannot be closed meanwhile */
	core_unlock(t);
	err = carry_out(p);
	core_lock(t);
	if (p->req)
		t->stats.load_failures += err != 0;
	else
		t->stats.unloads += !err;
	/* First nobody finds it any more, then nobody waits for it: it lies on this thread's stack. */
	p->thread->plan = p->outer;
	wake_waiters(p, err);
	if (d)
		d->busy--;
	core_unlock(t);
	return err;
}

void plan_answer(struct tenon_plan *p, struct tenon_module *m)
{
	p->answer = m;
	m->wanted = true;
	if (p->req->flags & TENON_LOAD_REF)
		tenon_try_get(m);
}

static const char *text(const char *s)
{
	return s ? s : "";
}

bool plan_answers(const struct tenon_plan *other, const struct tenon_plan *p, const char *name)
{
	const struct tenon_request *a = other->req, *b = p->req;

	return a && !strcmp(other->root, name) && !a->more_cnt && !b->more_cnt && !a->source == !b->source &&
	       !((a->flags ^ b->flags) & ~(uint32_t)TENON_LOAD_REF) && !strcmp(text(a->params), text(b->params));
}

/* Is @p the unload of a module that @self executes? It waits for @self to leave. */
static bool waits_for_us(const struct tenon_plan *p, const struct tenon_thread *self)
{
	for (uint32_t i = 0; i < self->depth; i++)
		if (self->frame[i]->plan == p && self->frame[i]->state == TENON_GOING)
			return true;
	return false;
}

int plan_wait(struct tenon_plan *p, struct tenon_plan *other, const char *name, bool same)
{
	const struct tenon_host *h = p->t->host;
	enum tenon_reason reason = TENON_R_NONE;

	diag_module(p->diag, name);
	/* Would waiting never end, because that plan's thread waits, by whatever way round, for this one? */
	for (const struct tenon_plan *o = other; o; o = o->thread->plan->waits)
		if (o->thread == p->thread)
			return fail_name(p->diag, o == other ? TENON_R_RECURSION : TENON_R_DEADLOCK, o->root);
	if (waits_for_us(other, p->thread))
		return fail(p->diag, TENON_R_CONTEXT);
	if (!h->wait)
		return fail_name(p->diag, TENON_R_BEING_LOADED, other->root);
	p->waits = other;
	p->same_request = same;
	do {
		if (h->now_ns(h->context) >= p->deadline_ns)
			reason = TENON_R_TIMEOUT;
		else if (h->wait(h->context, p->deadline_ns) == -TENON_EINTR)
			reason = TENON_R_INTERRUPTED;
	} while (p->waits && !reason);
	if (!p->waits)
		return p->result;
	p->waits = NULL;
	return fail_name(p->diag, reason, other->root);
}
