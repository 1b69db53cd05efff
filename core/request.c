/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Plans as others see them: who carries one out, who waits for it, and whether waiting could ever end. Waiters are
 * woken by plan_end(), which every plan reaches. Everything here runs with the core's lock held.
 */
#include "core/string.h"

#include "core/plan.h"

/* Without the lock too: it touches nothing. */
int plan_name(char to[TENON_NAME_BYTES], const char *name, size_t len, struct tenon_diag *diag)
{
	if (!len || memchr(name, '/', len) || name[0] == '.')
		return fail_name(diag, TENON_R_NAME_INVALID, name);
	if (len >= TENON_NAME_BYTES)
		return fail_name(diag, TENON_R_NAME_TOO_LONG, name);
	for (size_t i = 0; i < len; i++)
		to[i] = name[i] == '-' ? '_' : name[i];
	to[len] = 0;
	return 0;
}

struct tenon_plan *plan_new(struct tenon *t, struct tenon_domain *d, const char *root, uint64_t deadline_ns)
{
	struct tenon_plan *p = mem_alloc(t, sizeof(*p));
	struct tenon_thread *self = core_thread(t);

	if (!p)
		return NULL;
	p->t = t;
	p->domain = d;
	p->thread = self;
	p->outer = self->plan;
	p->refs = 1;
	p->deadline_ns = deadline_ns;
	p->tail = &p->loads;
	p->root = p->root_text;
	diag_copy(p->root_text, sizeof(p->root_text), root);
	self->plan = p;
	return p;
}

bool plan_answers(const struct tenon_plan *p, const char *name, const struct tenon_request *req)
{
	const struct tenon_request *other = p->req;

	return other && !strcmp(p->root, name) && !other->more_cnt && !other->source == !req->source &&
	       !((other->flags ^ req->flags) & ~(uint32_t)TENON_LOAD_REF) &&
	       !strcmp(other->params ? other->params : "", req->params ? req->params : "");
}

void plan_put(struct tenon_plan *p)
{
	if (!--p->refs)
		mem_free(p->t, p, sizeof(*p));
}

void plan_end(struct tenon_plan *p, int result)
{
	const struct tenon_host *h = p->t->host;

	p->thread->plan = p->outer;
	p->thread = NULL;
	p->result = result;
	p->done = true;
	if (h->wake)
		h->wake(h->context);
	plan_put(p);
}

/* Would waiting for @p never end, because its thread waits, by whatever way round, for @self? */
static bool would_deadlock(const struct tenon_plan *p, const struct tenon_thread *self)
{
	while (p && p->thread && p->thread != self)
		p = p->thread->waits;
	return p && p->thread == self;
}

/* Is @p the unload of a module that @self executes? It waits for @self to leave. */
static bool waits_for_us(const struct tenon_plan *p, const struct tenon_thread *self)
{
	for (uint32_t i = 0; i < self->depth && i < TENON_FRAME_MAX; i++)
		if (self->frame[i]->plan == p && self->frame[i]->state == TENON_GOING)
			return true;
	return false;
}

int plan_wait(struct tenon_plan *p, const char *name, uint64_t deadline_ns, int *result, struct tenon_diag *diag)
{
	const struct tenon_host *h = p->t->host;
	struct tenon_thread *self = core_thread(p->t);
	int err = 0;

	diag_module(diag, name);
	for (const struct tenon_plan *mine = self->plan; mine; mine = mine->outer)
		if (mine == p)
			return fail(diag, TENON_R_RECURSION);
	if (would_deadlock(p, self))
		return fail_name(diag, TENON_R_DEADLOCK, self->plan ? self->plan->root : name);
	if (waits_for_us(p, self))
		return fail(diag, TENON_R_CONTEXT);
	if (!h->wait)
		return fail_name(diag, TENON_R_BEING_LOADED, p->root);
	p->refs++;
	self->waits = p;
	while (!p->done && !err) {
		if (h->now_ns(h->context) >= deadline_ns)
			err = fail_name(diag, TENON_R_TIMEOUT, p->root);
		else if (h->wait(h->context, deadline_ns) == -TENON_EINTR)
			err = fail_name(diag, TENON_R_INTERRUPTED, p->root);
	}
	self->waits = NULL;
	if (p->done) {
		err = 0;
		*result = p->result;
		if (p->result)
			*diag = p->diag;
	}
	plan_put(p);
	return err;
}
