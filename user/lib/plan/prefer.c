/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>

#include "user/lib/plan/prefer.h"
#include "user/lib/say.h"

bool prefer_any(const struct tmod_config *config)
{
	return tmod_config_next(config, TMOD_PREFER, NULL) || tmod_config_next(config, TMOD_FALLBACK, NULL);
}

/* The line by which one of the modules from @from on is preferred to @modules[at], or NULL. */
static const struct tmod_entry *find_preferred(const struct tmod_config *config, const struct tmod_module *modules,
					       size_t from, size_t cnt, size_t at)
{
	const struct tmod_entry *by = NULL;

	for (size_t i = from; i < cnt && !by; i++)
		by = i == at ? NULL : tmod_config_prefers(config, modules[i].name, modules[at].name);
	return by;
}

void prefer_sort(const struct tmod_config *config, struct tmod_module *modules, size_t cnt,
		 const struct tmod_messages *messages)
{
	for (size_t i = 0; i < cnt; i++) {
		const struct tmod_entry *by = NULL;
		size_t first = i;
		struct tmod_module m;

		while (first < cnt && (by = find_preferred(config, modules, i, cnt, first)))
			first++;
		if (first == cnt) {
			first = i;
			by = find_preferred(config, modules, i, cnt, i);
			say(messages, TMOD_WARNING,
			    "%s:%u: this line and others prefer modules to each other in a cycle; %s comes first",
			    by->file, by->line, modules[i].name);
		}
		m = modules[first];
		memmove(modules + i + 1, modules + i, (first - i) * sizeof(m));
		modules[i] = m;
	}
}

int prefer_link(struct tmod_plan *p, uint32_t request)
{
	const struct tmod_config *config = tmod_system_config(p->system);
	struct request *r = plan_request(p, request);

	if (!prefer_any(config))
		return 0;
	for (uint32_t i = request; i-- > 0 && plan_request(p, i)->word == r->word;) {
		struct rival rival = { i, r->rivals, tmod_config_prefers(config, plan_request(p, i)->name, r->name) };

		if (!rival.by)
			continue;
		r->rivals = plan_rival_cnt(p);
		plan_request(p, i)->replaced = true;
		buf_add(&p->rivals, &rival, sizeof(rival));
	}
	return p->rivals.failed ? -ENOMEM : 0;
}

/* The first rival of a request for which something is not yet excluded, or NULL. */
static const struct rival *open_rival(const struct tmod_plan *p, const struct request *r)
{
	for (uint32_t i = r->rivals; i != NO_RIVAL; i = plan_rival(p, i)->next)
		if (plan_request(p, plan_rival(p, i)->request)->turn != TURN_NEVER)
			return plan_rival(p, i);
	return NULL;
}

/*
 * A request is out (TURN_NEVER) if policy stops it and all its rivals are out: then neither it nor what is preferred to it
 * will be loaded.
 */
static void find_stopped(struct tmod_plan *p)
{
	for (uint32_t i = 0; i < plan_step_cnt(p); i++)
		for (uint32_t w = plan_state(p, i)->wants; w != NO_WANT && plan_step(p, i)->stopped_by;
		     w = plan_want(p, w)->next)
			if (plan_want(p, w)->required)
				plan_request(p, plan_want(p, w)->request)->err = -EPERM;
	for (uint32_t i = 0; i < plan_request_cnt(p); i++) {
		struct request *r = plan_request(p, i);

		r->turn = r->err && !open_rival(p, r) ? TURN_NEVER : TURN_NOW;
		r->err = 0;
	}
}

void prefer_finish(struct tmod_plan *p)
{
	find_stopped(p);
	for (uint32_t i = 0; i < plan_step_cnt(p); i++) {
		struct tmod_step *s = plan_step(p, i);
		const struct rival *rival = NULL;
		bool always = false;

		s->required = false;
		for (uint32_t w = plan_state(p, i)->wants; w != NO_WANT; w = plan_want(p, w)->next) {
			const struct request *r = plan_request(p, plan_want(p, w)->request);
			const struct rival *open = open_rival(p, r);

			s->required |= plan_want(p, w)->required && !r->replaced && !open;
			always |= !open;
			rival = open;
		}
		if (always)
			continue;
		s->instead_of = plan_request(p, rival->request)->name;
		s->preferred_by = rival->by;
	}
}

void prefer_begin(struct tmod_plan *p)
{
	for (uint32_t i = 0; i < plan_step_cnt(p); i++)
		for (uint32_t w = plan_state(p, i)->wants; w != NO_WANT; w = plan_want(p, w)->next)
			plan_request(p, plan_want(p, w)->request)->pending += plan_want(p, w)->required;
	for (uint32_t i = 0; i < plan_request_cnt(p); i++)
		plan_request(p, i)->turn = plan_request(p, i)->rivals == NO_RIVAL ? TURN_NOW : TURN_LATER;
	prefer_turn(p);
}

/* NEVER: one that is preferred is loaded, or is not needed itself. LATER: that is not decided yet. */
static enum turn turn_of(const struct tmod_plan *p, const struct request *r)
{
	enum turn turn = TURN_NOW;

	for (uint32_t i = r->rivals; i != NO_RIVAL; i = plan_rival(p, i)->next) {
		const struct request *rival = plan_request(p, plan_rival(p, i)->request);

		if (rival->err)
			continue;
		if (rival->turn == TURN_NEVER || !rival->pending)
			return TURN_NEVER;
		turn = TURN_LATER;
	}
	return turn;
}

bool prefer_turn(struct tmod_plan *p)
{
	/* All are to be shown. */
	bool all = p->flags & TMOD_LOADED_TOO, any = false;

	for (uint32_t i = 0; p->rivals.len && i < plan_request_cnt(p); i++) {
		struct request *r = plan_request(p, i);
		const struct rival *rival;

		if (r->turn != TURN_LATER || r->err)
			continue;
		r->turn = all ? TURN_NOW : turn_of(p, r);
		if (r->turn != TURN_NOW || all)
			continue;
		any = true;
		rival = plan_rival(p, r->rivals);
		say(p->messages, TMOD_WARNING, "trying %s instead of %s (%s:%u)", r->name,
		    plan_request(p, rival->request)->name, rival->by->file, rival->by->line);
	}
	return any;
}
