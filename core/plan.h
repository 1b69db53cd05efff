/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A plan is one request being carried out: a load with all its dependencies, or an unload. It lies on the stack of the
 * thread that carries it out, and owns the modules it concerns (m->plan) until it ends. Other requests for them wait
 * for that, and the core sees who waits for whom: every request has a plan from its beginning.
 */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include "core/load.h"

struct plan_pin {
	struct plan_pin *next;
	struct tenon_module *m;
};

struct tenon_plan {
	struct tenon *t;
	struct tenon_diag *diag;
	const struct tenon_request *req; /* of a load; NULL: an unload */
	struct tenon_domain *domain;
	struct tenon_thread *thread;
	struct tenon_plan *outer; /* plan that the same thread was carrying out: this one was asked for from an init */

	struct tenon_plan *waits; /* it waits for the end of that one, which sets this to NULL */
	bool if_unused;           /* of an unload: only if nobody has entered the module since it was marked */
	bool same_request; /* and takes its answer, for the two requests are equal; stays set until the next wait */
	int result;        /* which is this */

	struct load *loads, **tail;  /* providers before users */
	struct load *verifying;      /* the load whose signature the host is looking at */
	struct load *path;           /* the load whose dependencies are being read; its needed_by is the one before */
	uint32_t open_cnt;           /* regions open for writing */
	struct plan_pin *pins;       /* live modules that must stay while this goes on */
	struct tenon_module *answer; /* the module asked for: when it is live; of an unload, when it is closed */
	uint64_t deadline_ns;
	char root[TENON_NAME_BYTES]; /* name of the module asked for, "" until its file has said it */
	struct tenon_diag own_diag;  /* of a request whose caller passed no diagnosis */
};

/* One stage of each load, providers before users, until it fails, which is then about its module. */
int plan_each(struct tenon_plan *p, int (*stage)(struct load *l));

#endif
