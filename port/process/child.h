/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The child process of an isolated domain, as the host sees it. It lives as long as its domain: when it dies, by its
 * own fault or because the host ends it, the domain is taken down and another one must be opened.
 */
#ifndef PORT_PROCESS_CHILD_H
#define PORT_PROCESS_CHILD_H

#include "port/process/domain/protocol.h"
#include "port/process/internal.h"

#define CHANNELS_ALL ((1ull << CHANNEL_CNT) - 1)
#define CHANNELS_LOOKED (1ull << CHANNEL_CNT)

/* How long the domain may still run in a call. */
struct budget {
	uint64_t left_ns;
	bool measured; /* by what its thread computes; until then by the clock */
};

/* The host's side of a channel. Belongs to one thread of the host while it is busy. */
struct channel_end {
	struct child *child;
	struct channel *shared;  /* believe nothing in it */
	uint64_t shared_address; /* of it in the domain */
	uint32_t nr;
	int tid;        /* of its thread; 0: not started */
	bool watched;   /* a thread waits for the call, and must not wait for ever */
	bool unlimited; /* a thread of the module's own: only each stretch between two gate calls has a deadline */
	_Atomic uint32_t rounds; /* of the watchdog, since the call began */
	const struct tenon_module
	    *_Atomic module; /* whose function it runs; NULL: none. To be read after channel_look() */
	size_t scratch_used; /* bytes, by the calls that are under way */
	struct budget budget;
	uint64_t base; /* data base register of its thread now */
};

/*
 * A thread waits for a channel that is free. The monitor counts for each, as for each call, how many of its rounds that
 * has lasted; what still lasts after the last one ends the domain.
 */
struct watch {
	struct watch *next, **prev;
	uint32_t rounds;
	const struct tenon_module *module; /* that is to be called; it exists while it is watched */
};

struct child {
	struct process_domain domain;
	struct child *next;   /* in the host's list */
	struct log_ring *log; /* what its threads write */
	int pid, pidfd;
	int socket;               /* on which it sends the listener */
	int listener;             /* where its control loop asks for orders; -1: it has not begun */
	uint64_t gate;            /* where the domain's gate is */
	uint64_t channels_offset; /* of channel 0 in domain memory */
	pthread_t monitor;

	pthread_mutex_t lock; /* everything below */
	pthread_cond_t changed;
	_Atomic bool dead;     /* or about to be; nothing in it runs any more once it is set and `gone` too */
	bool gone;             /* the process has ended */
	bool closing;          /* by process_domain_close: nobody is to blame */
	bool died_before;      /* it was gone when closing began */
	bool settled;          /* what it had is reclaimed */
	uint32_t waiting;      /* threads that wait for a channel */
	struct watch *watches; /* of these threads */
	char why[64];          /* it died */
	struct channel_end channels[CHANNEL_CNT];
	/*
	 * The channels that are free, a bit each, taken and given back without the lock; unless CHANNELS_LOOKED is set,
	 * because a thread looks at them under the lock or waits for one: then they are given back under it.
	 */
	_Atomic uint64_t free;
	uint32_t lookers;
	pthread_mutex_t control; /* held by the one who gives an order */
	uint64_t ask;            /* the control loop's call that the next order answers; under it */
};

static inline struct process_host *child_host(const struct child *c)
{
	return c->domain.h;
}

/* ---- child.c ---- */

/* End it. @why goes to the log; the first reason counts. Any context but a signal handler. */
void child_kill(struct child *c, const char *why);
/* The process has ended: return when the monitor has seen it too, so that it is `dead`. */
void child_wait_dead(struct child *c);
/* Why it died, or "". */
void child_why(struct child *c, char why[64]);
void child_close_all(struct process_host *h);

/* ---- watch.c ---- */

/* Return when the process has ended. */
void watch_process(struct child *c);
/* Child's lock held. */
void watch_link(struct child *c, struct watch *w);
void watch_unlink(struct watch *w);

/* ---- control.c: with the core's lock held or not. Errors: -TENON_ENOMEM (refused), -TENON_EOWNERDEAD ---- */

/* Wait until the control loop asks for its first order. */
int control_ready(struct child *c);
/* Start the thread of channel @nr. *tid: the system's number of it. */
int control_thread(struct child *c, uint32_t nr, int *tid);
int child_map(struct process_domain *d, uint64_t run, size_t size, int prot);
int child_protect(struct process_domain *d, uint64_t run, size_t size, int prot);
/* Also when it is dead. Return: whether nothing can see the memory there any more. */
bool child_unmap(struct process_domain *d, uint64_t run, size_t size);
/* Other CPUs forget instructions that they fetched. */
int child_sync_code(struct process_domain *d);

/* ---- turn.c: whose turn it is on a channel ---- */

/* Give it to the domain. */
void turn_give(struct channel_end *e, uint32_t op);
/* A call begins: the domain has all its time. */
void turn_budget(struct channel_end *e);
/* Until the host has it. Return: 0, -TENON_ETIMEDOUT (the budget is used up), -TENON_EOWNERDEAD. */
int turn_wait(struct channel_end *e);

/* ---- channel.c ---- */

void channel_init(struct child *c, uint32_t nr, struct channel *shared);
/* Wake everybody who waits for the child, which is gone. */
void channel_wake_all(struct child *c);
/*
 * Between look and looked, with the child's lock held, the modules that channels run are not left by their threads:
 * their names can be read.
 */
void channel_look(struct child *c);
void channel_looked(struct child *c);
/* The name of a module that the domain is executing at this moment, or NULL. Between look and looked. */
const char *channel_running(const struct child *c);
/* Wait until no thread is inside child_call. The domain is dead. */
void channel_wait_unused(struct child *c);

/*
 * Run a function of a module there, plain values or as the code's type says. -TENON_EOWNERDEAD: the domain died, @why
 * says how. Context: thread, no lock held.
 */
int child_call(struct process_domain *d, const struct process_code *code, const uint64_t args[KPI_ARGS_MAX],
	       int64_t *result, char why[64]);

/* ---- trap.c ---- */

/* A fault on this channel: ask the functions that modules registered. Return: whether the thread can go on. */
bool trap_fix_isolated(struct channel_end *e);

/* ---- bind.c ---- */

/* Write the gates of all interface functions into the domain. */
int gates_make(struct child *c);
int bind_export(void *context, struct tenon_domain *domain, const struct tenon_export *e, uint64_t *address);

/* Memory of the domain: the host's view of @len bytes at an address in it, or NULL if that is not inside. */
static inline void *domain_view(const struct process_domain *d, uint64_t address, uint64_t len)
{
	uint64_t offset = address - d->base;

	return offset <= d->size && len <= d->size - offset ? d->view + offset : NULL;
}

#endif
