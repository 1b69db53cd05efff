/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What the host keeps for modules: objects, named by handles, owned by modules. One lock, kpi_lock, protects all of them
 * and what they contain. It is taken before the core's lock, never after, and never held while a module is called.
 *
 * An object is in the handle table from creation until its module gives it back or it is reclaimed; whoever takes it out
 * of there frees it. Functions that wait on an object count as its users meanwhile, and keep it alive.
 */
#ifndef PORT_PROCESS_KPI_OBJECT_H
#define PORT_PROCESS_KPI_OBJECT_H

#include <time.h>

#include "port/process/child.h"
#include "tenon/kpi.h"

struct object;

struct object_type {
	const char *name; /* as the module's owner list shows it */
	size_t size;      /* of the structure that begins with struct object */
	/*
	 * It is out of the handle table, has no users, and is freed next: give up what it holds. Called without kpi_lock,
	 * also when its module or its domain is dead. May be NULL.
	 */
	void (*release)(struct object *o);
	/* Before that, under kpi_lock: make users leave. Those in kpi_wait() are woken in any case. May be NULL. */
	void (*cancel)(struct object *o);
};

struct object {
	struct tenon_owned owned; /* must be first */
	const struct object_type *type;
	struct process_domain *domain;
	struct tenon_module *module;
	pthread_cond_t changed;
	uint32_t users;
	bool cancelled; /* is being reclaimed */
	tenon_handle handle;
};

/* Who is calling: an interface function begins with this. */
struct caller {
	struct process_host *h;
	struct process_thread *self;
	struct process_domain *domain;
	uint64_t from; /* address in the module that the call returns to */
};

struct caller kpi_caller_at(uint64_t from);

/* Inlined into the interface function, whose own return address is in the module, or in the dispatch of a gate. */
static inline __attribute__((always_inline)) struct caller kpi_caller(void)
{
	return kpi_caller_at((uintptr_t)__builtin_return_address(0));
}

/* The module that THIS_MODULE means, or NULL. */
struct tenon_module *kpi_module(const struct caller *c, const struct tenon_this_module *self);
/* Is @address a function of @m? */
bool kpi_is_code(const struct caller *c, const struct tenon_module *m, uint64_t address);

void kpi_lock(void);
void kpi_unlock(void);

/* Say in the log that a module left @o behind, and where in the module it was asked for. Without locks. */
void kpi_log_left(struct process_domain *d, const struct tenon_owned *o);

/* Make an object, zeroed beyond its head, owned by nobody yet. NULL: no memory. */
void *object_new(const struct caller *c, const struct object_type *type, size_t bytes);
/*
 * The object is complete: give it to the module and make it known. Return: its handle, or a negative errno value and it
 * is freed (released too).
 */
tenon_handle object_publish(struct object *o, struct tenon_module *m);
/* The same with kpi_lock held, and the object stays the caller's if it fails. */
tenon_handle object_publish_locked(struct object *o, struct tenon_module *m);
/* Find by handle, type and domain, or NULL. kpi_lock held. */
void *object_find(const struct caller *c, tenon_handle handle, const struct object_type *type);
/*
 * Give back: with kpi_lock held, and the object without users. Return: 0 with the lock released and the object freed, or
 * -TENON_EBADF with the lock released: it is being reclaimed.
 */
int object_destroy(struct object *o);
/* Without a handle, the other half: free an object that object_publish never saw, or that is no longer owned. */
void object_free(struct object *o);

/*
 * Sleep until the object changes; it counts as used. kpi_lock held, released meanwhile. Return: 0 (look again),
 * -TENON_ETIMEDOUT, -TENON_EINTR (the thread was asked to end, or its domain died), -TENON_EBADF (it is reclaimed).
 */
int kpi_wait(const struct caller *c, struct object *o, uint64_t deadline_ns);

/* The same with no object: sleep until the deadline. kpi_lock held. Return: never 0 at the deadline. */
int kpi_sleep(const struct caller *c, uint64_t deadline_ns);
/* Plain waiting for a condition, without end if @until is NULL. kpi_lock held. */
void kpi_cond_wait(pthread_cond_t *cond, const struct timespec *until);

/* The description of callback @nr of a callback table of the interface. */
const struct kpi_call *kpi_callback(const char *table, int nr);

/* A timespec of a deadline, not beyond what the system takes. */
struct timespec kpi_timespec(uint64_t ns);

/* The module's mistake cannot be answered with an error: a fault, as if the instruction had trapped. */
void kpi_fault(const struct caller *c, const char *why);

#endif
