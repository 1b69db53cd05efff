/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a plan is made of: nodes, requests, steps. */
#include <errno.h>

#include "user/lib/plan/prefer.h"
#include "user/lib/say.h"
#include "user/lib/system.h"

int plan_open(struct tmod_system *system, unsigned int flags, struct tmod_plan **plan)
{
	struct tmod_plan *p = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->system = system;
	p->messages = system_messages(system);
	p->flags = flags;
	*plan = p;
	return 0;
}

void tmod_plan_close(struct tmod_plan *p)
{
	if (!p)
		return;
	arena_close(&p->strings);
	names_free(&p->keys);
	buf_free(&p->nodes);
	buf_free(&p->requests);
	buf_free(&p->rivals);
	buf_free(&p->wants);
	buf_free(&p->after);
	buf_free(&p->steps);
	buf_free(&p->states);
	free(p);
}

const struct tmod_step *tmod_plan_steps(const struct tmod_plan *p, size_t *cnt)
{
	*cnt = plan_step_cnt(p);
	return plan_step(p, 0);
}

/* Return: the number of a key, with a node without content if it is new; NAME_NONE: no memory. */
static uint32_t add_key(struct tmod_plan *p, const char *key)
{
	uint32_t number = names_add(&p->keys, key);
	struct node n = { .step = NO_STEP };

	if (number == NAME_NONE || number < plan_node_cnt(p))
		return number;
	buf_add(&p->nodes, &n, sizeof(n));
	return p->nodes.failed ? NAME_NONE : number;
}

uint32_t plan_add_node(struct tmod_plan *p, const char *name, const char *alias)
{
	uint32_t base = add_key(p, name), number = base;
	struct node *n;

	if (base == NAME_NONE)
		return NAME_NONE;
	n = plan_node(p, base);
	if (!n->name) {
		n->name = arena_copy(&p->strings, name, strlen(name));
		n->base = base;
		if (!n->name)
			return NAME_NONE;
	}
	if (alias) {
		size_t name_len = strlen(name), len = name_len + 1 + strlen(alias);
		char *key = arena_bytes(&p->strings, len + 1);

		if (!key)
			return NAME_NONE;
		memcpy(key, name, name_len);
		key[name_len] = '\\';
		memcpy(key + name_len + 1, alias, len - name_len);
		number = add_key(p, key);
		if (number == NAME_NONE)
			return NAME_NONE;
		n = plan_node(p, number);
		n->name = plan_node(p, base)->name;
		n->alias = key + name_len + 1;
		n->base = base;
	}
	return number;
}

int plan_know(struct tmod_plan *p, uint32_t node)
{
	struct node *n = plan_node(p, plan_node(p, node)->base);
	int err;

	if (n->known)
		return 0;
	err = lookup_module(tmod_system_tree(p->system), n->name, &n->info);
	n->known = !err;
	return err;
}

uint32_t plan_add_request(struct tmod_plan *p, const char *name, uint32_t word)
{
	struct request r = { .name = name, .word = word, .rivals = NO_RIVAL };

	buf_add(&p->requests, &r, sizeof(r));
	return p->requests.failed ? NAME_NONE : plan_request_cnt(p) - 1;
}

int plan_add_want(struct tmod_plan *p, uint32_t step, uint32_t request, bool required)
{
	struct step_state *state = plan_state(p, step);
	struct want w = { request, state->wants, required };

	if (w.next != NO_WANT && plan_want(p, w.next)->request == request) {
		plan_want(p, w.next)->required |= required;
	} else {
		state->wants = plan_want_cnt(p);
		buf_add(&p->wants, &w, sizeof(w));
	}
	plan_step(p, step)->required |= required;
	return p->wants.failed ? -ENOMEM : 0;
}

uint32_t plan_add_step(struct tmod_plan *p, const struct tmod_step *step, uint32_t request, bool required,
		       const uint32_t *after, size_t after_cnt)
{
	struct step_state state = { .wants = NO_WANT, .after_off = (uint32_t)(p->after.len / sizeof(*after)) };
	uint32_t number = plan_step_cnt(p);
	struct tmod_step s = *step;

	for (size_t i = 0; i < after_cnt; i++) {
		bool twice = false;

		for (size_t j = 0; j < i; j++)
			twice |= after[j] == after[i];
		if (twice)
			continue;
		buf_add(&p->after, &after[i], sizeof(*after));
		s.after_cnt++;
	}
	buf_add(&p->steps, &s, sizeof(s));
	buf_add(&p->states, &state, sizeof(state));
	if (p->after.failed || p->steps.failed || p->states.failed || plan_add_want(p, number, request, required))
		return NO_STEP;
	return number;
}

void plan_finish(struct tmod_plan *p)
{
	const uint32_t *after = (const uint32_t *)(const void *)p->after.data;

	for (uint32_t i = 0; i < plan_step_cnt(p); i++)
		plan_step(p, i)->after = after ? after + plan_state(p, i)->after_off : NULL;
	if (p->rivals.len)
		prefer_finish(p);
}
