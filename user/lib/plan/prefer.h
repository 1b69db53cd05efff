/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * `prefer` and `fallback`: of the modules that one alias stands for, some are only loaded if others cannot be. In a plan,
 * each is a request of the same word, and the preferred ones come first: a request has rivals only before it.
 */
#ifndef LIB_PLAN_PREFER_H
#define LIB_PLAN_PREFER_H

#include "user/lib/plan/plan.h"

/** prefer_any - has the configuration such lines at all? */
bool prefer_any(const struct tmod_config *config);

/**
 * prefer_sort - put what is preferred first; the order remains where nothing is said
 *
 * Time grows with the square of @cnt, which is the number of modules of one alias. A cycle is reported, and ends at the
 * module that comes first.
 */
void prefer_sort(const struct tmod_config *config, struct tmod_module *modules, size_t cnt,
		 const struct tmod_messages *messages);

/** prefer_link - note the rivals of a request, the last so far. Return: 0, -ENOMEM. */
int prefer_link(struct tmod_plan *p, uint32_t request);

/** prefer_finish - say in the steps which of them are alternatives, as far as policy does not already decide. */
void prefer_finish(struct tmod_plan *p);

/** prefer_begin - get ready to carry out the plan: count what requests wait for. */
void prefer_begin(struct tmod_plan *p);

/**
 * prefer_turn - find out whose turn it is now that steps are done or have failed; what is tried instead is reported
 * Return: whether the turn of another request has come.
 */
bool prefer_turn(struct tmod_plan *p);

#endif
