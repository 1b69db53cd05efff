/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Planning to load: what the two files share. */
#ifndef LIB_PLAN_LOAD_H
#define LIB_PLAN_LOAD_H

#include "user/lib/plan/plan.h"

struct planner {
	struct tmod_plan *p;
	const char *options; /* for what is asked for */
	uint32_t asked;      /* node */
	uint32_t request;
	uint32_t mark; /* the request's number from 1: what nodes are marked with */
	unsigned int depth;
};

/* Why a module is planned. */
struct reason {
	enum tmod_role role;
	const char *needed_by;
	uint32_t after; /* a step, or NO_STEP */
};

/**
 * load_append - add a module's own step
 * @pre: nodes of its softdeps that come before, or NULL
 *
 * Return: 0, -ELOOP after a message, or another negative errno value.
 */
int load_append(struct planner *l, uint32_t node, const struct reason *why, const struct buf *pre);

#endif
