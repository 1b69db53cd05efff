/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Isolated domains: an address space of its own and ring 3 for modules. A thread that calls a module there goes there
 * itself (call.c); docs/kernel.md draws it.
 *
 * All of a domain lies below 2 GiB, where code made with -mcmodel=kernel runs as well as at -2 GiB:
 */
#ifndef KERNEL_DOMAIN_DOMAIN_H
#define KERNEL_DOMAIN_DOMAIN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernel/arch/x86_64/crossing.h"
#include "kernel/module/module.h"
#include "kernel/module/thread.h"
#include "kernel/sched/lock.h"
#include "kernel/sched/wait.h"
#include "tenon/core.h"
#include "tenon/kpi_host.h"

#define DOMAIN_GATES CROSSING_ENTRY /* r-x  what the domain is entered and left by; the same page in all domains */
#define DOMAIN_BLOCKS 0x10000000ull /*      modules, in blocks */
#define DOMAIN_STACKS 0x20000000ull /* rw-  a slot for each thread that is inside */
#define DOMAIN_HEAP 0x28000000ull   /* rw-  tenon_alloc */
#define DOMAIN_PAGES 0x40000000ull  /* rw-  arenas and buffers */
#define DOMAIN_END 0x7ff00000ull

#define DOMAIN_BLOCK_BYTES 65536ul
#define DOMAIN_BLOCK_CNT ((DOMAIN_STACKS - DOMAIN_BLOCKS) / DOMAIN_BLOCK_BYTES)

/* A slot: nothing, the stack, and from the middle on room for what calls from outside pass. */
#define DOMAIN_SLOT_CNT 64
#define DOMAIN_SLOT_BYTES (256ul << 10)
#define DOMAIN_STACK_BYTES 16384ul
#define DOMAIN_SCRATCH_BYTES (DOMAIN_SLOT_BYTES / 2)

#define NS_PER_MS 1000000ull

struct domain_restart;
struct user_table;

/*
 * Kept until its last file is closed, also when it has died. `space` protects the page table
 * and what it has promised.
 */
struct domain {
	struct tenon_kpi_domain kpi; /* must be first */
	char name[TENON_NAME_BYTES];
	struct domain *next; /* of all */

	struct mutex space;
	struct user_table *table;
	uint64_t tables[DOMAIN_END / (2ul << 20) / 64 + 1]; /* a bit for each 2 MiB whose page table is promised */
	uint64_t table_cnt;                                 /* of these */
	uint64_t block_used[DOMAIN_BLOCK_CNT / 64];
	uint64_t commits; /* counts up */

	_Atomic uint64_t slots;        /* free ones, a bit each: whoever is inside has one */
	_Atomic uint64_t slots_ready;  /* those that have a stack */
	_Atomic uint32_t slot_waiters; /* threads that want one; and it is dead */
	_Atomic uint64_t crossings;    /* calls of its functions and by them, each there and back */

	_Atomic bool dead;
	bool on_request; /* somebody has ended it; it did not fault */
	bool killed;     /* it is being taken down, or has been; the lock of the list, as the list that follows */
	bool late;       /* its threads did not come back in time: not waited for again, but when they have; likewise */
	uint32_t users;
	char why[64];                    /* "": it is nobody's fault */
	struct domain_restart *restarts; /* what is loaded anew when it has died, the first loaded first */
};

/* A thread that is in a domain: on its kernel stack, from the call into the domain until it is back. */
struct level {
	struct crossing crossing;
	struct level *outer;
	struct domain *domain;
	unsigned slot;  /* of its stack */
	uint32_t tick;  /* of the watch, when it was last looked at */
	uint32_t ticks; /* that found it computing there since the call began */
	bool own;       /* the module's own thread: only stretches between two calls of the kernel are counted */
	const struct tenon_module *module; /* whose function it is */
	uint64_t stack;                    /* its stack pointer when it last came out, which it has */
	size_t scratch_used;
};

extern struct wait_queue domains_changed; /* a domain died, a thread has left a dead one, a slot is free again */
extern uint64_t domain_wait_ns;           /* how long a call may take, with all its waits */
extern unsigned domain_ticks;             /* how long it may compute: of the watch */
extern _Atomic uint32_t domains_tick;     /* what the watch counts, while there are domains: watch.c */
extern _Atomic uint64_t domains_until_ns; /* when a call that is made now must be back; as exact as the watch ticks */

/* NULL: the kernel's own domain. */
static inline struct domain *domain_isolated(struct tenon_kpi_domain *d)
{
	return d == &module_kernel ? NULL : (struct domain *)d;
}

/* ---- domain.c ---- */

/* The thread that looks after domains that died. Once, in a thread, after module_init(). */
void domains_init(void);

/**
 * domain_open - the isolated domain of this name; it is made if there is none, or if it has died
 * @out: to be put
 *
 * Return: 0, -TENON_EEXIST (it is the kernel's own), -TENON_ENAMETOOLONG, -TENON_ENOMEM. Context: thread, no lock held.
 */
int domain_open(const char *name, struct domain **out);

/**
 * domain_kill - end a domain: its threads come back with an error, its modules are taken out and what they had is
 * reclaimed, soon, by another thread
 * Context: any; also with spin locks held.
 */
void domain_kill(struct domain *d, const char *why);

/* A module of the kernel's own domain faulted in a callback: end it, take back what it owns, soon. Context: thread. */
void domain_quarantine(struct tenon_module *m, const char *why);
/* How it ended. Context: any. */
void domain_why(struct domain *d, char why[64]);
/**
 * domain_of_module - the isolated domain that a module of this name is in
 * Return: to be put; NULL: there is none, or one of the kernel's own has that name too. Context: thread.
 */
struct domain *domain_of_module(const char *name);
/**
 * domain_get - the isolated domain that the core knows as @core
 * @core: only compared; the domain of a module that cannot go meanwhile is still there
 *
 * Return: to be put; NULL: it is the kernel's own, or has gone. Context: thread.
 */
struct domain *domain_get(const struct tenon_domain *core);
/* Give it back; a domain that nobody holds and that no module is in is closed. Context: thread. */
void domain_put(struct domain *d);
/* Close those that are dead and that nobody refers to any more, soon. Context: any. */
void domains_sweep(void);

/* Give back a reference to a module, as tenon_put(); it may have been what kept a dead domain. Context: any. */
void domain_module_put(struct tenon_module *m, const char *why);

/* Call @fn for each, with the lock of the list. */
void domain_each(void (*fn)(struct domain *d, void *arg), void *arg);

/* ---- procfs.c ---- */

struct node;

/* Put /proc/domains there. Return: 0, -TENON_ENOMEM. */
int domain_procfs_init(struct node *root);

/* ---- syscall.c ---- */

/* Put /proc/syscalls there. Return: 0, -TENON_ENOMEM. */
int syscall_procfs_init(struct node *root);
/* A program calls @number, one of those that kpi/syscall.def has: the module is loaded if need be. */
int64_t syscall_of_module(uint32_t number, const uint64_t arg[6]);

/* The list of domains, and of what is to be loaded anew. A mutex. */
void domain_list_lock(void);
void domain_list_unlock(void);

/* ---- watch.c ---- */

/* The limits, as the command line has them: domain_compute_ms=N, domain_wait_ms=N. */
void watch_init(void);
/* There is one domain more, or less. */
void watch_begin(void);
void watch_end(void);

/* ---- restart.c ---- */

/**
 * restart_note - when @d dies, load this anew, @left times at most
 * @file, @params: copied
 *
 * Return: 0, -TENON_ENOMEM. Context: thread.
 */
int restart_note(struct domain *d, const char *name, const void *file, size_t bytes, const char *params, uint32_t left);
/* The module was unloaded. */
void restart_forget(struct domain *d, const char *name);
/* Is @d dead, and will the module be loaded anew? */
bool restart_awaits(struct domain *d, const char *name);
/* All of a domain; with the lock of the list. */
struct domain_restart *restart_take(struct domain *d);
void restart_drop(struct domain_restart *list);
/* Load them into the domain of this name, which is made anew. */
void restart_load(const char *domain, struct domain_restart *list);

/* ---- choose.c ---- */

/**
 * domain_choose - the domain that parameters of a module ask for, taken out of @params
 * @d: NULL: the kernel's own
 * @restarts: how often it is loaded anew when that has died
 *
 * Return: 0, -TENON_EINVAL, and what domain_open() returns.
 */
int domain_choose(char *params, struct domain **d, uint32_t *restarts);

/* ---- call.c ---- */

/* The primitive `call`, and for the core: into either kind of domain. The frame is pushed. */
int domain_upcall(struct tenon_kpi_domain *d, const struct tenon_kpi_code *code, const uint64_t args[KPI_ARGS_MAX],
		  int64_t *result);
int domain_call(struct tenon_kpi_domain *d, const struct tenon_kpi_code *code, const uint64_t args[KPI_ARGS_MAX],
		int64_t *result, char why[64]);
/* The primitive `fault`. */
void domain_fault(struct tenon_kpi_domain *d, const char *why);

/* ---- gate.c ---- */

#ifdef KERNEL_DEBUG
/* For tests: called by a thread of @d that has come through gate @index, before the function does anything. NULL: none. */
extern void (*domain_gate_entered)(struct domain *d, uint32_t index);
#endif

/* The port's function `bind`: an export's address in its domain, which is a gate for what crosses. */
int domain_bind(void *context, struct tenon_domain *domain, const struct tenon_export *e, tenon_addr *address);
/* The page of gates. */
void gates_init(void);
struct page *gates_page(void);

/* ---- memory.c: memory of a domain. Context: thread, no spin lock held ---- */

/* Return: 0, -TENON_ENOMEM. */
int domain_memory_make(struct domain *d);
/* All of its memory. Nothing is in it. */
void domain_memory_empty(struct domain *d);
void domain_memory_free(struct domain *d);
/* Return: 0; -TENON_ENOMEM, and nothing has changed. What is there stays as it is. */
int domain_memory_commit(struct domain *d, uint64_t address, size_t bytes);
void domain_memory_decommit(struct domain *d, uint64_t address, size_t bytes);
/* Registers of a device, whole pages, at addresses where nothing is. Return: 0, -TENON_ENOMEM. */
int domain_memory_map_device(struct domain *d, uint64_t address, uint64_t phys, size_t bytes);
/* The domain touched what is not there. Return: whether it is now: a page for what a call gives back. */
bool domain_memory_fault(struct domain *d, uint64_t address);
/* For what will be mapped in [@start, @end). `space` held. Return: 0, -TENON_ENOMEM. */
int domain_memory_promise_tables(struct domain *d, uint64_t start, uint64_t end);
/* Return: 0, -TENON_EFAULT. */
int domain_memory_copy_in(struct tenon_kpi_domain *k, void *to, tenon_addr from, size_t bytes);
int domain_memory_copy_out(struct tenon_kpi_domain *k, tenon_addr to, const void *from, size_t bytes);

/* Write what the domain itself may not, by @store, page by page. Every CPU then fetches anew. Return: 0, -TENON_EFAULT. */
int domain_memory_write_text(struct domain *d, uint64_t address, const void *code, size_t bytes,
			     void (*store)(uint8_t *to, const void *from, size_t bytes));

/* The port's functions about blocks, for those of isolated domains; under the core's lock. */
int domain_memory_block_map(struct tenon_block *b);
void domain_memory_block_unmap(struct tenon_block *b);
int domain_memory_block_write(struct tenon_block *b);
int domain_memory_block_protect(const struct tenon_range *range);

#endif
