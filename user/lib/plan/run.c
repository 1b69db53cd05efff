/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Carrying out a plan: threads take the first step whose predecessors are finished and that a request still wants. With
 * one thread that is the order of the plan.
 */
#include <errno.h>

#include "user/lib/plan/prefer.h"
#include "user/lib/plan/run.h"
#include "user/lib/say.h"

/* A request that has failed wants nothing any more; nor do others, where it is all or nothing. */
static enum turn turn_of(const struct runner *r, uint32_t step)
{
	enum turn turn = TURN_NEVER;

	if (r->failed && r->p->flags & TMOD_ALL_OR_NOTHING)
		return TURN_NEVER;
	for (uint32_t w = plan_state(r->p, step)->wants; w != NO_WANT; w = plan_want(r->p, w)->next) {
		const struct request *request = plan_request(r->p, plan_want(r->p, w)->request);

		if (!request->err && request->turn < turn)
			turn = request->turn;
	}
	return turn;
}

static bool is_finished(const struct runner *r, uint32_t step)
{
	return plan_state(r->p, step)->progress > STEP_RUNNING;
}

static bool is_ready(const struct runner *r, uint32_t step)
{
	const struct tmod_step *s = plan_step(r->p, step);

	for (uint32_t i = 0; i < s->after_cnt; i++)
		if (!is_finished(r, s->after[i]))
			return false;
	return true;
}

/* The next step that can be done. The lock is held. Return: NO_STEP if there is none now. */
static uint32_t pick(struct runner *r)
{
	uint32_t cnt = plan_step_cnt(r->p);

	while (r->first < cnt && is_finished(r, r->first))
		r->first++;
	for (uint32_t i = r->first; i < cnt; i++) {
		enum turn turn;

		if (plan_state(r->p, i)->progress != STEP_WAITING)
			continue;
		turn = turn_of(r, i);
		if (turn == TURN_NEVER)
			plan_state(r->p, i)->progress = STEP_LEFT_OUT;
		else if (turn == TURN_NOW && is_ready(r, i))
			return i;
	}
	return NO_STEP;
}

/* The requests that require a step have failed with it. The lock is held. */
static void fail(struct runner *r, uint32_t step, int err)
{
	plan_state(r->p, step)->progress = STEP_FAILED;
	if (!plan_step(r->p, step)->required && r->p->unloads)
		report_failure(r, plan_step(r->p, step)->name, plan_step(r->p, step), err);
	for (uint32_t w = plan_state(r->p, step)->wants; w != NO_WANT; w = plan_want(r->p, w)->next) {
		struct request *request = plan_request(r->p, plan_want(r->p, w)->request);

		if (!plan_want(r->p, w)->required || request->err)
			continue;
		request->err = err;
		r->failed |= !request->replaced;
		report_failure(r, request->name, plan_step(r->p, step), err);
	}
}

/* The lock is held. */
static void succeed(struct runner *r, uint32_t step)
{
	plan_state(r->p, step)->progress = STEP_DONE;
	for (uint32_t w = plan_state(r->p, step)->wants; w != NO_WANT; w = plan_want(r->p, w)->next)
		plan_request(r->p, plan_want(r->p, w)->request)->pending -= plan_want(r->p, w)->required;
}

/* The step's own `required` is about the plan. */
static bool is_required(const struct runner *r, uint32_t step)
{
	for (uint32_t w = plan_state(r->p, step)->wants; w != NO_WANT; w = plan_want(r->p, w)->next)
		if (plan_want(r->p, w)->required)
			return true;
	return false;
}

/*
 * Steps that policy stops end the requests that require them before anything is done. Then the turn may come of others,
 * for which it is the same; each call ends one request at least.
 */
static void stop_forbidden(struct runner *r)
{
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < plan_step_cnt(r->p); i++) {
			const struct tmod_step *s = plan_step(r->p, i);

			if (!s->stopped_by || is_finished(r, i) || turn_of(r, i) != TURN_NOW ||
			    is_required(r, i) == pass)
				continue;
			if (pass)
				report_stopped(r, s);
			fail(r, i, -EPERM);
		}
	}
	if (prefer_turn(r->p))
		stop_forbidden(r);
}

static void *work(void *data)
{
	struct runner *r = data;

	pthread_mutex_lock(&r->lock);
	for (;;) {
		uint32_t step = pick(r);
		bool ours = false, begun;
		int err;

		if (step == NO_STEP && !r->running)
			break;
		if (step == NO_STEP) {
			pthread_cond_wait(&r->changed, &r->lock);
			continue;
		}
		plan_state(r->p, step)->progress = STEP_RUNNING;
		r->running++;
		begun = r->begun;
		pthread_mutex_unlock(&r->lock);
		err = do_step(r, plan_step(r->p, step), begun, &ours);
		pthread_mutex_lock(&r->lock);
		r->running--;
		r->begun |= !r->run->dry;
		plan_step(r->p, step)->done_here = ours;
		if (err)
			fail(r, step, err);
		else
			succeed(r, step);
		if (prefer_turn(r->p))
			stop_forbidden(r);
		pthread_cond_broadcast(&r->changed);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

/* Take out again, last first, what this run has loaded; if another request stood in, only for those that failed. */
static void undo_steps(struct runner *r)
{
	for (uint32_t i = plan_step_cnt(r->p); i-- > 0;) {
		struct tmod_step *s = plan_step(r->p, i);
		int err;

		if (turn_of(r, i) != TURN_NEVER)
			continue;
		if (plan_state(r->p, i)->progress == STEP_DONE && s->action == TMOD_RUN_INSTALL && !r->run->dry)
			say(r->p->messages, TMOD_WARNING, "what the install command of %s did is not undone", s->name);
		if (!s->done_here || s->action != TMOD_LOAD)
			continue;
		err = tmod_delete(s->name, 0, 0);
		s->done_here = err;
		if (err)
			say(r->p->messages, TMOD_ERROR, "could not unload %s again: %s", s->name, strerror(-err));
		else
			say(r->p->messages, TMOD_NOTICE, "unloaded %s again", s->name);
	}
}

/* A word has failed if the last of the modules has that it stands for: the others are alternatives, as with kmod. */
static int result(const struct runner *r)
{
	bool all = r->p->flags & TMOD_ALL_OR_NOTHING;

	for (uint32_t i = 0; i < plan_request_cnt(r->p); i++) {
		const struct request *request = plan_request(r->p, i);

		if (request->err && ((all && !request->replaced) || i + 1 == plan_request_cnt(r->p) ||
				     request[1].word != request->word))
			return request->err;
	}
	return 0;
}

int tmod_plan_run(struct tmod_plan *p, const struct tmod_run *run)
{
	struct runner r = { .p = p, .run = run };
	unsigned int threads = run->threads < plan_step_cnt(p) ? run->threads : plan_step_cnt(p);
	pthread_t *others = threads > 1 ? calloc(threads, sizeof(*others)) : NULL;
	unsigned int cnt = 0;

	pthread_mutex_init(&r.lock, NULL);
	pthread_cond_init(&r.changed, NULL);
	prefer_begin(p);
	stop_forbidden(&r);
	/* Without memory or threads for it, fewer do the same. */
	while (others && cnt + 1 < threads && !pthread_create(&others[cnt], NULL, work, &r))
		cnt++;
	work(&r);
	while (cnt)
		pthread_join(others[--cnt], NULL);
	free(others);
	if (p->flags & TMOD_ALL_OR_NOTHING)
		undo_steps(&r);
	pthread_cond_destroy(&r.changed);
	pthread_mutex_destroy(&r.lock);
	return result(&r);
}
