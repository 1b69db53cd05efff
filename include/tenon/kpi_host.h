/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The native interface for a kernel: what kpi/impl/ needs of it (struct tenon_kpi_host), and what it gives. The
 * functions that modules call (those of kpi/), handles, quotas, reclaim and the border of isolated domains are
 * implemented once, there. A kernel writes the primitives below and calls the functions at the end. docs/porting.md is
 * the way in steps, port/template has the primitives to copy.
 *
 * There is one interface in a program, since its functions are plain symbols. A kernel offers as much of it as it names
 * when it generates its table (kpi/README.md); a primitive that only other functions need may be NULL.
 */
#ifndef TENON_KPI_HOST_H
#define TENON_KPI_HOST_H

#include "tenon/core.h"
#include "tenon/kpi_call.h"
#include "tenon/kpi_types.h"

struct tenon_trap;
struct kpi_decision;
struct kpi_domain;
struct kpi_task;

/* ---- what the kernel keeps for it ------------------------------------------------------------------------------ */

/* A lock and the threads that sleep on it: room for the kernel's own, zeroed before lock_init, without an end. */
struct tenon_kpi_lock {
	void *space[7];
};

/* What one domain may cause; 0 is the default (kpi/impl/quota.c). Beyond it a call fails with -ENOMEM. */
struct tenon_kpi_quota {
	uint32_t objects; /* things that have a handle */
	uint32_t threads;
	uint32_t thread_end_ms; /* a thread whose module is unloaded has as long to end; then an isolated domain ends */
	size_t memory_bytes;    /* of tenon_alloc, arenas' and buffers' pages */
	size_t kernel_bytes;    /* kernel memory that keeps record of all this */
	uint32_t log_burst;     /* lines of the log at once ... */
	uint32_t log_per_s;     /* ... and in the long run; the rest is counted and reported in one line */
};

/*
 * A domain. The kernel embeds it as the *first* member of what it gives to tenon_domain_open() as @host, sets the
 * members and calls tenon_kpi_domain_open() before a module is loaded there.
 */
struct tenon_kpi_domain {
	struct tenon_domain *core;
	tenon_addr heap;   /* memory in the domain for tenon_alloc, readable and writable from the start ... */
	size_t heap_bytes; /* ... 0: it comes from alloc, which a kernel's own domain may use */
	tenon_addr pages;  /* addresses in the domain for arenas, buffers and windows: nothing there until commit ... */
	size_t pages_bytes; /* ... 0: there are no arenas; buffers come from alloc */
	struct tenon_kpi_quota quota;
	struct kpi_domain *impl; /* kpi/impl/'s own */
};

/* A virtual CPU that a thread has. */
struct tenon_kpi_vcpu {
	struct tenon_kpi_domain *domain; /* whose it is; NULL: the thread has none, and the rest is 0 */
	tenon_handle set;
	uint32_t number;
	tenon_addr window;
};

/* A thread: beside or in the record that the kernel has of it. All of it is kpi/impl/'s; tenon_kpi_thread_begin(). */
struct tenon_kpi_thread {
	struct tenon_thread *core;
	uint64_t number;
	uint64_t
	    watchdog_ns; /* when the entry that it is in must have ended: no wait outlasts it. UINT64_MAX: no limit */
	tenon_addr gate_from;            /* in a gate: the address in the domain that the call returns to */
	struct tenon_kpi_domain *domain; /* that it is in; NULL: none */
	struct kpi_task *task;           /* it was made to run a function of a module */
	struct tenon_kpi_vcpu vcpu;
	bool in_trap;
	struct kpi_domain *serves; /* carries out a program's system call; NULL: it is in none of a module's */
	const struct kpi_decision *decision; /* what it asks a policy; NULL: it asks none */
	struct tenon_kpi_lock sleep;
};

/* A function of a module. */
struct tenon_kpi_code {
	struct tenon_module *module;
	tenon_addr address;
	const struct kpi_call *type; /* its arguments; NULL: plain values */
};

/* ---- the primitives --------------------------------------------------------------------------------------------- */

/*
 * Contexts: `any` is wherever module code runs, also a trap, an interrupt that calls timers, or preemption off; such a
 * function does not sleep. `thread` may sleep and is called without a lock of kpi/impl/. Errors are negative errno
 * values.
 */
struct tenon_kpi_host {
	/* ---- required ---- */

	/* Zeroed memory, aligned for any type; NULL if there is none. Context: any. */
	void *(*alloc)(size_t bytes);
	/* Give it back, with the same size. Context: any. */
	void (*free)(void *memory, size_t bytes);

	/*
	 * Locks are held briefly: nothing sleeps or calls a module under one. Lock order: domain, then object; the
	 * core's lock and those of primitives may be taken under both, never before them. Context: any.
	 */
	void (*lock_init)(struct tenon_kpi_lock *l);
	void (*lock)(struct tenon_kpi_lock *l);
	void (*unlock)(struct tenon_kpi_lock *l);
	/*
	 * Release @l, sleep until wake(@l), interrupt() of this thread or @deadline_ns of now_ns, and take @l again.
	 * May return early. No wake after the release may be lost. Return: 0; -TENON_EINTR: the thread shall come back,
	 * since the domain it is in has died or the kernel says so. Context: thread, with @l and no other lock.
	 */
	int (*wait)(struct tenon_kpi_lock *l, uint64_t deadline_ns);
	/* Wake all that wait on @l. @l is held. Context: any. */
	void (*wake)(struct tenon_kpi_lock *l);
	/* The calling thread's record. Context: any. */
	struct tenon_kpi_thread *(*self)(void);
	/*
	 * Call a function in its domain: its address is code->address, arguments and result as code->type says, where
	 * @args has addresses of the kernel's for what is copied (tenon_kpi_args_in does that, for an isolated domain).
	 * The frame is pushed. Return: 0 with *result; -TENON_EOWNERDEAD (its isolated domain died), -TENON_EFAULT
	 * (kernel's own domain: it faulted and is quarantined). Context: any that the function has.
	 */
	int (*call)(struct tenon_kpi_domain *d, const struct tenon_kpi_code *code, const uint64_t args[KPI_ARGS_MAX],
		    int64_t *result);
	/*
	 * A module of @d, which the calling thread is in, made a mistake that no error can answer: end the domain, or,
	 * in the kernel's own, do as if the call had trapped. Returns only for an isolated domain, whose thread then
	 * finds its waits interrupted. No lock is held, or @d is isolated. Context: any.
	 */
	void (*fault)(struct tenon_kpi_domain *d, const char *why);

	/* ---- threads: thread.def; without thread_make the kernel calls tenon_kpi_tick() for timers ---- */

	/*
	 * Start a thread that runs @fn(@arg) on behalf of @d, then ends by itself. Return: 0, -TENON_ENOMEM. Context:
	 * thread.
	 */
	int (*thread_make)(struct tenon_kpi_domain *d, void (*fn)(void *arg), void *arg, const char *name);
	/*
	 * The thread of this number, made so, is done with all modules and is ending: return when it has. NULL: that
	 * makes no difference. Context: thread, another one.
	 */
	void (*thread_join)(uint64_t number);
	/* End the wait that @t is in, or else its next. @t cannot end meanwhile. Context: any, under a lock. */
	void (*interrupt)(struct tenon_kpi_thread *t);
	/* Is there a thread of this number? NULL: there is one thread. Context: any, under a lock. */
	bool (*thread_lives)(uint64_t number);
	void (*yield)(void);

	/* ---- pages, where a domain has addresses for them ---- */

	/*
	 * Make whole pages readable and writable, zeroed where they were not before. Return: 0, or -TENON_ENOMEM and
	 * nothing changed. Context: thread.
	 */
	int (*commit)(struct tenon_kpi_domain *d, tenon_addr address, size_t bytes);
	/* Take their memory. Also those that have none, also in a dead domain. Context: thread. */
	void (*decommit)(struct tenon_kpi_domain *d, tenon_addr address, size_t bytes);
	/* Map committed pages for a program or the kernel itself; NULL: no memory. They outlive the domain. */
	void *(*map)(struct tenon_kpi_domain *d, tenon_addr address, size_t bytes);
	void (*unmap)(void *mapping, size_t bytes);

	/* ---- isolated domains ---- */

	/* Copy from or to a domain's memory. Return: 0, or -TENON_EFAULT: not all of it is its own. Context: any. */
	int (*copy_in)(struct tenon_kpi_domain *d, void *to, tenon_addr from, size_t bytes);
	int (*copy_out)(struct tenon_kpi_domain *d, tenon_addr to, const void *from, size_t bytes);

	/* ---- devices, where programs find them by a name of the kernel's; NULL: they are opened by tenon_device_open ---- */

	/*
	 * A device of this name is offered. *node is the kernel's own. Return: 0; what else it returns the module gets,
	 * and there is no device. Context: thread.
	 */
	int (*device_add)(const char *name, void **node);
	/* It is offered no more, though files of it may be open. Context: thread. */
	void (*device_remove)(void *node);
	/* Whether reading or writing it would wait may have changed. Context: any, under a lock. */
	void (*device_wake)(void *node);

	/* ---- system calls: syscall.def ---- */

	/*
	 * A system call of this name is offered, under this number: let programs find it. *node is the kernel's own.
	 * Return: 0; what else it returns the module gets, and it is not offered. Context: thread.
	 */
	int (*syscall_add)(const char *name, uint32_t number, void **node);
	void (*syscall_remove)(void *node);
	/* Copy from or to the program whose thread calls. Return: 0, -TENON_EFAULT. Context: thread. */
	int (*program_read)(void *to, uint64_t from, size_t bytes);
	int (*program_write)(uint64_t to, const void *from, size_t bytes);

	/* ---- others ---- */

	/*
	 * tenon_load() of what a module asked for, whose name may be an alias that the kernel can look up. NULL: only
	 * names of modules are known. module.def. Context: thread.
	 */
	int (*request)(const struct tenon_request *req, struct tenon_diag *diag);
	/* Fill with random bytes. Return: 0, -TENON_EAGAIN: there are none yet. random.def. Context: any. */
	int (*random)(void *to, size_t bytes);
	/* Nanoseconds since 1970. clock.def. Context: any. */
	uint64_t (*realtime_ns)(void);
	/*
	 * Change instructions that may be executed at this moment, without the memory ever being writable where it
	 * runs: an aligned word of 8 bytes in one store; then all CPUs fetch anew. Return: 0, -TENON_ENOMEM. text.def.
	 * Context: thread.
	 */
	int (*write_text)(struct tenon_kpi_domain *d, tenon_addr address, const void *code, size_t bytes);
	/* Set the data base register that module code of the calling thread sees; 0: none. vcpu.def. Context: any. */
	void (*set_base)(struct tenon_kpi_thread *self, tenon_addr base);
};

/* ---- what the kernel calls --------------------------------------------------------------------------------------- */

/**
 * tenon_kpi_open - use these primitives from now on; they must stay until tenon_kpi_close
 * @core_host: the contract that @core was made with; its page_size, now_ns and log are used as well
 *
 * What there is of the interface is for the kernel to provide to the core: kpi_exports. Context: before the first
 * domain.
 */
void tenon_kpi_open(const struct tenon_kpi_host *host, const struct tenon_host *core_host, struct tenon *core);
/** tenon_kpi_close - forget them. All domains are closed. */
void tenon_kpi_close(void);

/** tenon_kpi_domain_open - begin to keep objects for a domain. Return: 0, -TENON_ENOMEM. */
int tenon_kpi_domain_open(struct tenon_kpi_domain *d, bool isolated);
/** tenon_kpi_domain_close - end that. Its modules are gone, and no thread but those of timers is in it. */
void tenon_kpi_domain_close(struct tenon_kpi_domain *d);

/**
 * tenon_kpi_thread_begin - a thread begins to use the interface or to call modules; there is nothing to end
 * @number: never that of another thread, never 0
 */
void tenon_kpi_thread_begin(struct tenon_kpi_thread *t, struct tenon_thread *core, uint64_t number);

/**
 * tenon_kpi_bind - a module of @d is bound to the function of this name, which may be called through a gate from now on
 * Return: its number, for tenon_kpi_gate; -TENON_EINVAL: there is no such function. Context: any.
 */
int tenon_kpi_bind(struct tenon_kpi_domain *d, const char *name);

/* What entering a domain hides from it and leaving brings back: state of the thread that a domain can set. */
struct tenon_kpi_entry {
	struct tenon_kpi_domain *domain;
	struct tenon_kpi_vcpu vcpu; /* only its `domain` is set where that is NULL */
	bool in_trap;
	uint64_t watchdog_ns;
};

/**
 * tenon_kpi_enter, tenon_kpi_leave - around every call into a domain, whoever makes it: init and exit, upcalls
 * @watchdog_ns: when it must have returned; the sooner of it and the entry outside counts. UINT64_MAX: no limit
 *
 * The thread enters without the virtual CPU of another domain, and what it acquired inside is released when it leaves.
 */
static inline void tenon_kpi_enter(struct tenon_kpi_thread *t, struct tenon_kpi_domain *d, uint64_t watchdog_ns,
				   struct tenon_kpi_entry *e);
static inline void tenon_kpi_leave(struct tenon_kpi_thread *t, const struct tenon_kpi_entry *e);

/* Parts of these, for threads that have a virtual CPU or come back with one. */
void tenon_kpi_hide_vcpu(struct tenon_kpi_thread *t, struct tenon_kpi_entry *e);
void tenon_kpi_restore_vcpu(struct tenon_kpi_thread *t, const struct tenon_kpi_entry *e);

static inline void tenon_kpi_enter(struct tenon_kpi_thread *t, struct tenon_kpi_domain *d, uint64_t watchdog_ns,
				   struct tenon_kpi_entry *e)
{
	e->domain = t->domain;
	e->vcpu.domain = NULL;
	e->in_trap = t->in_trap;
	e->watchdog_ns = t->watchdog_ns;
	if (watchdog_ns < t->watchdog_ns)
		t->watchdog_ns = watchdog_ns;
	t->domain = d;
	if (e->domain != d) /* a callback within the domain goes on as it is */
		t->in_trap = false;
	if (__builtin_expect(t->vcpu.domain != NULL, 0))
		tenon_kpi_hide_vcpu(t, e);
}

static inline void tenon_kpi_leave(struct tenon_kpi_thread *t, const struct tenon_kpi_entry *e)
{
	if (__builtin_expect(t->vcpu.domain || e->vcpu.domain, 0))
		tenon_kpi_restore_vcpu(t, e);
	t->domain = e->domain;
	t->in_trap = e->in_trap;
	t->watchdog_ns = e->watchdog_ns;
}

/**
 * tenon_kpi_upcall - enter a module and call one of its functions
 * Return: 0 with *result, what tenon_enter_error() says (closed, or nested too deep), or what the primitive `call`
 * says.
 * Context: that of the function; no lock held.
 */
int tenon_kpi_upcall(const struct tenon_kpi_code *code, const uint64_t args[KPI_ARGS_MAX], int64_t *result);

/**
 * tenon_kpi_gate - an isolated domain calls the interface function @index: check, copy, call, copy back
 * @args: as the domain gave them
 * @from: where in the domain the call returns to
 *
 * Return: 0 with *result, or -TENON_EINVAL: there is no such function, or no module of @d is bound to it. Then the
 * domain is to be ended. Context: the function's; the thread is inside @d.
 */
int tenon_kpi_gate(struct tenon_kpi_domain *d, uint32_t index, const uint64_t args[KPI_ARGS_MAX], tenon_addr from,
		   int64_t *result);

/*
 * Memory of an isolated domain that one call into it may use for its arguments; the call's alone until it has returned.
 */
struct tenon_kpi_scratch {
	struct tenon_kpi_domain *domain;
	tenon_addr address;
	size_t bytes, used;
};

/**
 * tenon_kpi_args_in - put what the arguments of an upcall point to into the domain
 * @passed: the arguments as the domain sees them
 * Return: 0, -TENON_ENOMEM (more than @s has), -TENON_EINVAL (a buffer longer than the function takes), -TENON_EFAULT.
 */
int tenon_kpi_args_in(struct tenon_kpi_scratch *s, const struct kpi_call *type, const uint64_t args[KPI_ARGS_MAX],
		      uint64_t passed[KPI_ARGS_MAX]);
/** tenon_kpi_args_out - get back what it wrote. Return: the function's result, by its type. */
int64_t tenon_kpi_args_out(const struct tenon_kpi_scratch *s, const struct kpi_call *type,
			   const uint64_t args[KPI_ARGS_MAX], const uint64_t passed[KPI_ARGS_MAX], int64_t raw);

/** tenon_kpi_result - what a function returned, by its type: the rest of the register says nothing. */
int64_t tenon_kpi_result(const struct kpi_call *type, int64_t raw);

/**
 * tenon_kpi_trap_fix - ask the functions that modules of @d registered. Return: whether one fixed it. Context: the
 * trap.
 */
bool tenon_kpi_trap_fix(struct tenon_kpi_domain *d, struct tenon_trap *trap);

/**
 * tenon_kpi_trap_x86_64 - set kind, access and address of a trap from an exception of x86-64: its vector, the error code
 * that the CPU pushed, and for a page fault the address. Return: whether modules may fix such a thing. Context: any.
 */
bool tenon_kpi_trap_x86_64(struct tenon_trap *trap, uint64_t vector, uint64_t error, tenon_addr address);

/**
 * tenon_kpi_may_go - ask a module that is idle whether it may be unloaded (kpi/idle.def)
 * @m: held
 * Return: false: it says no, or cannot be called. What it does in the answer does not count as use. Context: thread.
 */
bool tenon_kpi_may_go(struct tenon_module *m);

/** tenon_kpi_tick - call the functions of timers that have expired. Context: any; where there is no thread_make. */
void tenon_kpi_tick(struct tenon_kpi_domain *d);

/* ---- names and text of modules ---- */

/**
 * tenon_name_valid - may this be the name of a device, a module or a request?
 * Printable ASCII without '/', no space, '"' or '\\', not empty, not beginning with '.', at most @size - 1 bytes long.
 */
bool tenon_name_valid(const char *name, size_t size);

/**
 * tenon_text_escape - copy text that is not trusted, so that it can do nothing to a terminal and is one line
 * Control characters and whatever is not ASCII become \xNN; a tab stays. What does not fit is cut. @to gets a NUL.
 * Return: bytes put into @to, without the NUL.
 */
size_t tenon_text_escape(char *to, size_t size, const char *text, size_t len);

/* ---- places: where an address is; takes the core's lock ---- */

struct tenon_place {
	const struct tenon_module *module; /* to compare; its own thread keeps it, or nobody */
	enum tenon_mem mem;
	tenon_addr offset, size; /* in the module's region of that kind, of it */
	char name[TENON_NAME_BYTES];
};

/** tenon_place_find - Return: false if the address is in no module of @d. Context: not under the core's lock. */
bool tenon_place_find(struct tenon *t, const struct tenon_domain *d, tenon_addr address, struct tenon_place *place);

#endif
