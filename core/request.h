/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Making plans, and waiting for those of others. Core's lock held, unless said otherwise. */
#ifndef CORE_REQUEST_H
#define CORE_REQUEST_H

#include "core/plan.h"

/* The name as modules are called, '-' being '_'. Return: 0 or NAME_INVALID, NAME_TOO_LONG. Any context. */
int plan_name(char to[TENON_NAME_BYTES], const char *name, size_t len, struct tenon_diag *diag);
/*
 * Make a plan, zeroed, of a request; what goes wrong is about @name. Return: 0 or MODULES_DISABLED, CONTEXT,
 * REQUEST_DEPTH, ENTRY_DEPTH. Without the lock.
 */
int plan_init(struct tenon_plan *p, struct tenon *t, const char *name, struct tenon_diag *diag);
/*
 * Carry it out, seen by others as what this thread does; then those that wait for it go on. Return: what @carry_out
 * returns. Both are called without the lock.
 */
int plan_run(struct tenon_plan *p, int (*carry_out)(struct tenon_plan *p));
/* Its domain lives. Return: 0 or DOMAIN_DEAD. With or without the lock: what dies a moment later is found at init. */
int plan_alive(struct tenon_plan *p);
/* Modules may still be loaded and unloaded. Return: 0 or MODULES_DISABLED. With or without the lock. */
int plan_enabled(struct tenon_plan *p);
/* @m, which is live, is what was asked for: the caller gets it, with a reference if it wants one. */
void plan_answer(struct tenon_plan *p, struct tenon_module *m);
/* Is @other a load of module @name, with arguments identical to those of @p? Then its answer is that of @p too. */
bool plan_answers(const struct tenon_plan *other, const struct tenon_plan *p, const char *name);
/*
 * Wait until @other, which has module @name, has ended. @same: its answer is ours. Return: 0 when it has ended, or that
 * answer, or -TENON_EDEADLK (RECURSION, DEADLOCK, CONTEXT), -TENON_ETIMEDOUT, -TENON_EINTR, -TENON_EBUSY (the host
 * cannot wait).
 */
int plan_wait(struct tenon_plan *p, struct tenon_plan *other, const char *name, bool same);

#endif
