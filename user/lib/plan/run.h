/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Carrying out a plan: what the files that do it share. */
#ifndef LIB_PLAN_RUN_H
#define LIB_PLAN_RUN_H

#include <pthread.h>

#include "user/lib/plan/plan.h"

struct runner {
	struct tmod_plan *p;
	const struct tmod_run *run;
	pthread_mutex_t lock; /* for all below, the plan's states and requests, and messages */
	pthread_cond_t changed;
	uint32_t first; /* all before it are finished */
	uint32_t running;
	bool begun;  /* a step has been done */
	bool failed; /* a request has */
};

/* Say something, from any thread that does not hold the lock. */
__attribute__((format(printf, 3, 4))) void runner_say(struct runner *r, enum tmod_level level, const char *format, ...);

/**
 * do_step - do it, or only tell of it
 * @begun: steps have been done, so that the kernel's state is no longer what was planned with
 * @ours: set if that changed the kernel
 *
 * Return: 0, or a negative errno value, which is not yet reported. The lock is not held.
 */
int do_step(struct runner *r, const struct tmod_step *step, bool begun, bool *ours);

/** run_command - run the command of a step, with its parameters in it. Return: as tmod_command_run(). */
int run_command(const struct tmod_step *step);

/* Tell why something failed: @name, for which @step was done, which met @err. The lock is held. */
void report_failure(struct runner *r, const char *name, const struct tmod_step *step, int err);

/* Tell of a step that policy stops, and that is not required. */
void report_stopped(struct runner *r, const struct tmod_step *step);

#endif
