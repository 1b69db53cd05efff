/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A plan is one request being carried out: a load with all its dependencies, or an unload. It owns the modules it
 * concerns (m->plan) until it ends. Other requests for them wait for it, and the core sees who waits for whom.
 *
 * A plan is counted: its own thread holds it, and so does each waiter. done, result and diag are written under the
 * core's lock and then never change.
 */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include "core/load.h"

struct plan_block {
	struct plan_block *next;
	struct arena_block *block;
	size_t start, end; /* bytes of it that the plan writes */
};

struct plan_pin {
	struct plan_pin *next;
	struct tenon_module *m;
};

struct tenon_plan {
	struct tenon *t;
	struct tenon_thread *thread;
	struct tenon_plan *outer; /* plan that the same thread was carrying out: this one was asked for from an init */
	struct tenon_domain *domain;
	const struct tenon_request *req; /* of a load; NULL: an unload */
	const char *root;         /* name of the module asked for, points to root_text */
	uint64_t deadline_ns;
	uint32_t refs;
	bool done;
	int result;

	struct load *loads, **tail;  /* providers before users */
	struct plan_block *blocks;   /* open for writing */
	struct plan_pin *pins;       /* live modules that must stay while this goes on */
	struct tenon_module *answer; /* live thanks to another load of the same file, which this one waited for; held */
	struct load *path;           /* the load whose dependencies are being read; its needed_by is the one before */
	struct arena_extent *sealed; /* first of the pages that become read-only after init */
	size_t sealed_bytes;
	struct tenon_diag diag;
	char root_text[TENON_NAME_BYTES];
};

/* request.c: making plans, waiting for them. Core's lock held. */
/* The name as modules are called, '-' being '_'. Return: 0 or NAME_INVALID, NAME_TOO_LONG. */
int plan_name(char to[TENON_NAME_BYTES], const char *name, size_t len, struct tenon_diag *diag);
struct tenon_plan *plan_new(struct tenon *t, struct tenon_domain *d, const char *root, uint64_t deadline_ns);
/* Is @p a load of module @name that was asked for in the same words as @req? Then its answer is that of @req too. */
bool plan_answers(const struct tenon_plan *p, const char *name, const struct tenon_request *req);
void plan_end(struct tenon_plan *p, int result);
void plan_put(struct tenon_plan *p);
/*
 * Wait until @p has ended; the caller keeps no hold on it but gets its answer in @diag. Return: 0 when it has, or
 * -TENON_EDEADLK (RECURSION, DEADLOCK, CONTEXT), -TENON_ETIMEDOUT, -TENON_EINTR, -TENON_EBUSY (the host cannot wait).
 */
int plan_wait(struct tenon_plan *p, const char *name, uint64_t deadline_ns, int *result, struct tenon_diag *diag);

/* gather.c: read the module and everything it needs, in order. Without the core's lock. */
int plan_gather(struct tenon_plan *p, const struct tenon_request *req);

/* reserve.c: memory for all of them, opening and closing their blocks. Without the core's lock. */
int plan_reserve(struct tenon_plan *p);
int plan_protect(struct tenon_plan *p);
int plan_seal(struct tenon_plan *p); /* lock held, as for the next */
void plan_seal_one(struct tenon_module *m); /* it stays although its plan has failed */
void plan_abandon_blocks(struct tenon_plan *p);

/* module.c: putting a module into the tables and taking it apart; shared by load, unload and kill. */
struct tenon_module *module_new(struct tenon *t, struct tenon_domain *d, const char *name);
int module_claim_name(struct tenon_module *m); /* nobody has it. Return: 0 or -TENON_ENOMEM. Lock held, as for all here */
void module_publish(struct tenon_module *m);   /* it is linked and protected: list it, coming */
void module_withdraw(struct tenon_module *m);  /* name, exports and bindings go */
void module_free_memory(struct tenon_module *m, bool init_only);
void module_delete(struct tenon_module *m);    /* what is left */
void module_set_state(struct tenon_module *m, enum tenon_module_state state, const struct tenon_diag *diag);
/* It faulted: nothing of it is called any more, its name and exports go; memory stays. */
void module_quarantine(struct tenon_module *m, const struct tenon_diag *diag);

/* start.c: init and exit, quiescence. Without the core's lock. */
int module_start(struct tenon_module *m, struct tenon_diag *diag);
int module_stop(struct tenon_module *m, struct tenon_diag *diag);
bool module_close(struct tenon_module *m); /* no one can get or enter it any more; false: it has references. Lock held */
void module_shut(struct tenon_module *m);  /* likewise, whatever references it has; lock held */
void module_reopen(struct tenon_module *m); /* lock held */
/* The thread that executes @m, or NULL; @own: also threads that the module made. Lock held. */
const struct tenon_thread *module_executing(struct tenon_module *m, bool own);
/*
 * Wait until nobody executes it, but for threads of its own that its exit will end; @last: nor they, nor anybody has a
 * reference. Return: 0, -TENON_EBUSY (IN_USE_THREAD, IN_USE_REFS, REF_SATURATED) or, if not @last, -TENON_EINTR.
 * Lock held, released meanwhile.
 */
int module_quiesce(struct tenon_module *m, bool last, uint64_t deadline_ns, struct tenon_diag *diag);
/* Take back what it owns. Return: how many things; their kinds are added to @kinds. Without the core's lock. */
uint32_t module_reclaim(struct tenon_module *m, char kinds[TENON_DIAG_NAME_BYTES]);
/*
 * unload.c: stop a module that is closed and that its users have left, take back what it owns, free it. If that cannot
 * be, or its domain is dead, it is quarantined instead. @cause: why, for the event; NULL: it was asked for.
 * Return: 0 or why it is quarantined; LEFT_BEHIND may be in @diag. Without the core's lock.
 */
int module_remove(struct tenon_module *m, uint64_t deadline_ns, const struct tenon_diag *cause, struct tenon_diag *diag);

#endif
