/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The native interface: what its files share. Everything is kept per domain, so that no domain waits for another's lock
 * or uses up another's share. What is shared by all is in `struct kpi` and, for devices, in chrdev.c, with the reason.
 *
 * Locks, in the order in which they are taken: devices (chrdev.c), an object's, the domain's timers', the domain's.
 * Under none of them is slept, a module called, or the core asked (whose lock may be one that sleeps).
 */
#ifndef KPI_IMPL_H
#define KPI_IMPL_H

#include "tenon/kpi.h"
#include "tenon/kpi_host.h"
#include "tenon/runtime.h"

#include "kpi/impl/range.h"

/* Set once by tenon_kpi_open(), read by all: there is one kernel. */
struct kpi {
	const struct tenon_kpi_host *host;
	const struct tenon_host *core_host;
	struct tenon *core;
	struct kpi_domain *kernel; /* who calls if the thread is in no module */
	unsigned long last_serial; /* of domains, in their handles; devices' lock */
	struct tenon_kpi_lock
	    devices; /* and what of them outlives domains: their names are one space for all programs */
};

extern struct kpi kpi;

struct idle;
struct timer;
struct allocation;
struct trap_handler;
struct shared_pages;

#define SLOT_CHUNKS 14
#define IMPORT_WORDS 8 /* 256 functions */
#define ASKED_MAX 32u  /* each may take as long as a call may, and all domains wait for all of them */

/* What a module of the domain has; there while it has something. Domain's lock. */
struct account {
	struct account *next;
	struct kpi_domain *domain;
	struct tenon_module *module;
	uint32_t users;    /* things that point here */
	uint32_t owned;    /* of these, those that its owner list has */
	uint32_t left_cnt; /* taken back from it, without its having given them back */
	size_t left_bytes;
	struct idle *idle;       /* whom to ask whether it may go, or NULL */
	struct tenon_owned held; /* its references on itself, in one */
	uint32_t held_cnt;
};

struct kpi_domain {
	struct tenon_kpi_domain *pub;
	bool isolated;
	struct tenon_kpi_quota quota, used; /* used: atomic counters */
	uint32_t imported[IMPORT_WORDS];    /* a bit for each function that may be called through a gate; atomic */
	uint32_t buses;                     /* that it offers; atomic, as the next */
	uint32_t asked;                     /* things of kinds of which all are asked, one after the other */
	bool reclaims_live;                 /* things of a module whose code may still run went; set once, atomic */

	struct tenon_kpi_lock lock; /* everything below */
	uint32_t live;              /* things that must go before it is closed */

	struct slot *chunk[SLOT_CHUNKS]; /* object.c */
	uint32_t slot_cnt, first_free;   /* index + 1 */
	unsigned long serial;

	struct account *accounts;

	struct allocation **buckets; /* memory.c */
	size_t bucket_cnt, allocation_cnt;
	struct range heap, pages;

	uint64_t log_ns; /* log.c: when log_tokens was right */
	uint32_t log_tokens, log_dropped;
	char log_name[TENON_NAME_BYTES]; /* the domain's, if lines were dropped */

	struct trap_handler *traps;  /* trap.c, newest first */
	struct shared_pages *shared; /* buffer.c; devices' lock */

	struct tenon_kpi_lock timer_lock; /* timer.c: all below */
	struct timer **timers;            /* a heap by time */
	uint32_t timer_cnt, timer_room;
	uint32_t timer_made; /* timers that exist */
	bool timers_end;
	bool timer_thread;     /* there is one, or one begins */
	uint64_t timer_number; /* of it */
};

/* ---- caller.c: who calls; an interface function begins with this ---- */

struct caller {
	struct tenon_kpi_thread *self;
	struct kpi_domain *d;
	struct tenon_module *m; /* the module that the thread is in, or NULL */
	tenon_addr from;        /* address in the module that the call returns to */
};

struct caller caller_at(tenon_addr from);
/* As caller_at, for functions that may sleep: a fault of the module where it must not. */
struct caller caller_sleeping_at(tenon_addr from);

/* Inlined into the interface function, whose own return address is in the module, or in the dispatch of a gate. */
#define caller_any() caller_at((tenon_addr)__builtin_return_address(0))
#define caller_thread() caller_sleeping_at((tenon_addr)__builtin_return_address(0))

/* The module of the caller's domain that THIS_MODULE means, or NULL. Asks the core. */
struct tenon_module *caller_module(const struct caller *c, tenon_addr self);
/* Is @address in the text of @m? Asks the core. */
bool is_code(const struct tenon_module *m, tenon_addr address);
/* Are the callbacks of a block device there? Asks the core. */
static inline bool blkdev_ops_valid(struct tenon_module *m, const struct tenon_blkdev_ops *ops)
{
	return is_code(m, (tenon_addr)ops->submit) && (!ops->ioctl || is_code(m, (tenon_addr)ops->ioctl)) &&
	       (!ops->closed || is_code(m, (tenon_addr)ops->closed));
}

/* The module's mistake cannot be answered with an error. No lock is held. */
void caller_fault(const struct caller *c, const char *why);

/* The descriptions of a callback table of the interface, which is looked for by its name. */
const struct kpi_call *callback_types(const char *table);

/* That of callback @nr; each place that asks for one looks for the table once. */
#define callback_type(table, nr)                                                                                       \
	({                                                                                                             \
		static const struct kpi_call *types_; /* atomic */                                                     \
		if (!__atomic_load_n(&types_, __ATOMIC_RELAXED))                                                       \
			__atomic_store_n(&types_, callback_types(table), __ATOMIC_RELAXED);                            \
		&types_[nr];                                                                                           \
	})

/* ---- border.c ---- */

struct object;

#define CLOSED_NS 10000000u /* until a module that is closed, perhaps not for ever, is tried again */

/* tenon_enter(); a thread that is inside already enters also what an unload has closed: that waits for it anyway. */
bool enter_module(struct tenon_thread *self, struct tenon_module *m);

/*
 * Enter an object's module though an unload has closed it, for a call that exit waits for, or that ends before the module goes.
 * When its objects have been taken back it is too late; that is looked at under the lock, since the core looks for who is inside
 * after it. Return: false also if it is not closed.
 */
bool enter_closed(struct object *o, struct tenon_thread *self);

/*
 * tenon_kpi_upcall() after tenon_enter(), whichever way it ends. Who takes a callback from a list enters its module under
 * the list's lock: whoever takes that callback away does so under it too, and then sees that a thread is inside.
 */
int upcall_entered(const struct tenon_kpi_code *code, const uint64_t args[KPI_ARGS_MAX], int64_t *result);

/* ---- quota.c ---- */

void quota_defaults(struct kpi_domain *d);
/* Add to a counter of d->used unless that exceeds the limit. Any context. */
bool quota_take(size_t *used, size_t limit, size_t amount);
void quota_give(size_t *used, size_t amount);
bool quota_take_cnt(uint32_t *used, uint32_t limit);
void quota_give_cnt(uint32_t *used);
/* Kernel memory on account of the domain, zeroed. */
void *domain_alloc(struct kpi_domain *d, size_t bytes);
void domain_free(struct kpi_domain *d, void *p, size_t bytes);

/* ---- account.c ---- */

/* The module's account, or NULL. Domain's lock. */
struct account *account_find(struct kpi_domain *d, const struct tenon_module *m);
/* The module's account, one user more; NULL: no memory. No lock is held. */
struct account *account_get(struct kpi_domain *d, struct tenon_module *m);
void account_put(struct account *a);
/* tenon_own() and tenon_disown(), counted. */
int account_own(struct account *a, struct tenon_owned *o);
bool account_disown(struct account *a, struct tenon_owned *o);
/* @o is being taken back from the module: tell the log, the first ones each and the others in one line. */
void account_reclaimed(struct account *a, const struct tenon_owned *o);
/* Something of the domain's came to be, or has gone; the domain is not closed while there is any. */
void domain_hold(struct kpi_domain *d);
void domain_drop(struct kpi_domain *d);

/* ---- object.c ---- */

struct object_type {
	const char *name; /* as the module's owner list shows it */
	size_t size;      /* of the structure that begins with struct object */
	/* It has no users any more and is freed next: give up what it holds. No lock is held. May be NULL. */
	void (*release)(struct object *o);
	/* It is being reclaimed: no callback of it comes any more. No lock is held. May be NULL. */
	void (*cancel)(struct object *o);
	bool of_device; /* it begins with the host's structure for what a module has of a device */
};

struct object {
	struct tenon_owned owned; /* must be first */
	const struct object_type *type;
	struct kpi_domain *domain;
	struct account *account;
	struct tenon_kpi_lock lock;
	struct slot *slot; /* NULL: never published */
	uint32_t index;
	uint32_t waiters; /* object's lock, as `dead` */
	bool dead;        /* given back, or being reclaimed */
};

/* Make an object, zeroed beyond its head. NULL: no memory, or the quota is used up. No lock is held. */
void *object_new(const struct caller *c, const struct object_type *type, struct tenon_module *m, size_t bytes);
/* One that was never published. */
void object_free(struct object *o);
/* It is complete: give it to its module. Return: its handle, or a negative error and it is freed. */
tenon_handle object_publish(struct object *o);
/* As object_publish; if it succeeds the caller is a user of it as well, to object_put(). */
tenon_handle object_publish_held(struct object *o);
/*
 * The rest of a registration, after object_publish_held(): the caller is its user no more, and if there is an @err it is given
 * back. Return: @handle, or @err.
 */
tenon_handle object_settle(struct object *o, tenon_handle handle, int err);
/*
 * Publish what a module gets of a device, or, if there was @err, give it up. Return: its handle, or a negative errno;
 * -TENON_EBADF: the handle of the @device has gone meanwhile.
 */
tenon_handle object_publish_of(struct object *o, tenon_handle device, int err);
/*
 * Take from the domain what it has published of a device whose handle has gone, as if its module were unloaded: the device may be
 * another driver's next. @is_of: whether an object is such a thing. No lock is held.
 */
void objects_reclaim(struct kpi_domain *d, bool (*is_of)(const struct object *o, const void *device),
		     const void *device);
/* Find by handle, type (NULL: any) and domain, and become its user. NULL: no such. Takes no lock. */
void *object_get(struct kpi_domain *d, tenon_handle handle, const struct object_type *type);
/* One user more of an object that cannot go at this moment. */
void object_hold(struct object *o);
/* The last one frees it. No lock is held. */
void object_put(struct object *o);
/* object_get and its lock; NULL also if it is dead. */
void *object_lock(struct kpi_domain *d, tenon_handle handle, const struct object_type *type);
void object_unlock(struct object *o);
/*
 * The module gives it back; called with its lock, as its user: both end here. Return: 0, or -TENON_EBADF: it is being
 * reclaimed.
 */
int object_destroy(struct object *o);
/* The same without its lock. */
int object_give_back(struct object *o);
/* The usual way to destroy: -TENON_EBADF, -TENON_EBUSY (a thread waits on it), 0. */
int object_destroy_idle(struct kpi_domain *d, tenon_handle handle, const struct object_type *type);
/* What every domain soon has, so that the first object of a module leaves nothing behind. */
bool slots_make(struct kpi_domain *d);
void slots_free(struct kpi_domain *d);

/* ---- wait.c ---- */

/*
 * Sleep once on @l, which is held and released meanwhile. Return: 0 (look again), -TENON_ETIMEDOUT, -TENON_EINTR (the
 * thread was asked to end, its domain died, or its entry took too long).
 */
int wait_on(const struct caller *c, struct tenon_kpi_lock *l, uint64_t deadline_ns);
/* The same on an object: also -TENON_EBADF, if it died meanwhile. */
int object_wait(const struct caller *c, struct object *o, uint64_t deadline_ns);
bool asked_to_end(const struct tenon_kpi_thread *t);

static inline uint64_t now_ns(void)
{
	return kpi.core_host->now_ns(kpi.core_host->context);
}

static inline uint64_t add_ns(uint64_t a, uint64_t b)
{
	return b > UINT64_MAX - a ? UINT64_MAX : a + b;
}

/* ---- pages.c ---- */

/* Whole pages of a domain. */
struct pages {
	tenon_addr base;
	size_t bytes;
	struct extent *extent; /* NULL: they are the kernel's memory, for a domain without addresses for pages */
};

/* Rounded up; 0: nothing, or too many. */
size_t pages_round(size_t bytes);
/* Take addresses. Return: 0, -TENON_ENOMEM. Context of all: thread, no lock is held. */
int pages_reserve(struct kpi_domain *d, size_t bytes, struct pages *p);
/* Reserve, charge and commit. */
int pages_take(struct kpi_domain *d, size_t bytes, struct pages *p);
/* Give the addresses back; what is committed is gone already. */
void pages_unreserve(struct kpi_domain *d, struct pages *p);
/* The opposite of pages_take. */
void pages_give(struct kpi_domain *d, struct pages *p);

/* ---- what files need of each other ---- */

extern const struct object_type buffer_type;

struct buffer {
	struct object object;
	struct shared_pages *pages;
	bool attached, gone; /* to a device; given back. Devices' lock */
};

/* The pages of a buffer, which clients keep alive. Devices' lock. */
struct shared_pages {
	struct shared_pages *next, **prev; /* of the domain */
	struct kpi_domain *domain;         /* NULL: it is closed */
	uint32_t refs;
	struct pages pages;
};

/*
 * A buffer is attached to one thing at a time, which is its user meanwhile. Return: 0, -TENON_EBADF, -TENON_EBUSY. No lock is
 * held.
 */
int buffer_attach(struct kpi_domain *d, tenon_handle handle, struct buffer **out);
void buffer_detach(struct buffer *b);
/* Without the devices' lock. */
void shared_put(struct shared_pages *s);
void buffers_orphan(struct kpi_domain *d);
/* No device offers it any more. Devices' lock. */
void device_forget_buffer(const struct buffer *b);

bool timers_make(struct kpi_domain *d);
void timers_close(struct kpi_domain *d);
void timers_free(struct kpi_domain *d);
bool memory_make(struct kpi_domain *d);
void memory_close(struct kpi_domain *d);
void log_flush(struct kpi_domain *d);

/* ---- line.c ---- */

/* A line being put together. What does not fit is cut. */
struct line {
	size_t len;
	char text[256];
};

void line_add(struct line *l, const char *text);
void line_add_number(struct line *l, uint64_t n, unsigned int base);
void line_log(const struct line *l, enum tenon_log_level level);

#endif
