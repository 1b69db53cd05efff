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
	bool same_request;        /* and wants its answer: the two requests are the same */
	int result;               /* which is this */

	struct load *loads, **tail;  /* providers before users */
	struct load *verifying;      /* the load whose signature the host is looking at */
	struct load *path;           /* the load whose dependencies are being read; its needed_by is the one before */
	uint32_t open_cnt;           /* regions open for writing */
	struct plan_pin *pins;       /* live modules that must stay while this goes on */
	struct tenon_module *answer; /* the module asked for, when it is live */
	uint64_t deadline_ns;
	bool if_unused;              /* of an unload: only if nobody has entered the module since it was marked */
	char root[TENON_NAME_BYTES]; /* name of the module asked for, "" until its file has said it */
	struct tenon_diag own_diag;  /* of a request whose caller passed no diagnosis */
};

/* request.c: making plans, waiting for them. Core's lock held, but for the first two. */
/* The name as modules are called, '-' being '_'. Return: 0 or NAME_INVALID, NAME_TOO_LONG. */
int plan_name(char to[TENON_NAME_BYTES], const char *name, size_t len, struct tenon_diag *diag);
/*
 * Make a plan, zeroed, of a request; what goes wrong is about @name. Return: 0 or MODULES_DISABLED, CONTEXT,
 * REQUEST_DEPTH, ENTRY_DEPTH.
 */
int plan_init(struct tenon_plan *p, struct tenon *t, const char *name, struct tenon_diag *diag);
void plan_begin(struct tenon_plan *p);
void plan_end(struct tenon_plan *p, int result);
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

/* gather.c: read the module and everything it needs, in order. Without the core's lock. */
int plan_gather(struct tenon_plan *p);

/* plan.c: one stage of each load, providers before users, until it fails, which is then about its module. */
int plan_each(struct tenon_plan *p, int (*stage)(struct load *l));

/* reserve.c: memory for all of them, opening and closing their blocks. Without the core's lock. */
int plan_reserve(struct tenon_plan *p);
int plan_protect(struct tenon_plan *p);
/* The plan has failed: close what is open, one by one, needing no memory, and whatever the host says. */
void plan_abandon(struct tenon_plan *p);
int load_seal(struct load *l); /* as module_seal, with a diagnosis */

/* module.c: putting a module into the tables and taking it apart; shared by load, unload and kill. */
struct tenon_module *module_new(struct tenon_plan *p, const char *name);
int module_claim_name(struct tenon_module
			  *m); /* nobody has it. Return: 0 or -TENON_ENOMEM. Lock held, as for all here */
bool module_uses(const struct tenon_module *user, const struct tenon_module *m); /* is bound to an export of it */
void module_publish(struct tenon_module *m);  /* it is linked and protected: list it, coming */
void module_withdraw(struct tenon_module *m); /* name, exports and bindings go */
void module_free_memory(struct tenon_module *m, bool init_only);
void module_delete(struct tenon_module *m); /* what is left */
/*
 * Its init has run: what was writable until then becomes read-only, what only init needed goes. Return: the host's
 * error.
 */
int module_seal(struct tenon_module *m);
void module_set_state(struct tenon_module *m, enum tenon_module_state state, const struct tenon_diag *diag);
/* It faulted: nothing of it is called any more, its name and exports go; memory stays. */
void module_quarantine(struct tenon_module *m, const struct tenon_diag *diag);

/* start.c: init and exit, quiescence. Without the core's lock. */
int module_start(struct tenon_module *m, struct tenon_diag *diag);
int module_stop(struct tenon_module *m, struct tenon_diag *diag);
void module_note_fault(struct tenon_module *m, const char *why); /* lock held */
bool module_close(struct tenon_module
		      *m); /* no one can get or enter it any more; false: it has references. Lock held */
void module_close_gate(struct tenon_module *m); /* only to those who enter it; lock held */
void module_shut(struct tenon_module *m);       /* likewise, whatever references it has; lock held */
void module_reopen(struct tenon_module *m);     /* lock held */
bool thread_executes(const struct tenon_thread *thread, const struct tenon_module *m);
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
int module_remove(struct tenon_module *m, uint64_t deadline_ns, const struct tenon_diag *cause,
		  struct tenon_diag *diag);

#endif
