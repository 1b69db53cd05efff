/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the parts of the process host share. One section for each file. */
#ifndef PORT_PROCESS_INTERNAL_H
#define PORT_PROCESS_INTERNAL_H

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/types.h>

#include "port/process/process.h"

#define MIB (1024 * 1024ul)
#define BLOCK_BYTES (2 * MIB)

struct child;
struct log;
struct log_ring;
struct module_index;
struct tmod_config;
struct tmod_system;
struct trust;

/* ---- window.c: the addresses of modules ---- */

struct window {
	uint64_t start;
	size_t size; /* bytes, both multiples of BLOCK_BYTES */
};

/* Reserve a range within the branch reach of the host's own functions. Return: 0 or -TENON_ENOSPC. */
int window_reserve(struct window *w);
void window_release(const struct window *w);
/* Reserve @size bytes anywhere, aligned to BLOCK_BYTES, without access. NULL if there is no room. */
void *window_reserve_any(size_t size);
/* The range that covers the window and everything the host's program exports. */
void window_span(const struct window *w, uint64_t *start, uint64_t *size);

/* ---- block.c: module memory ---- */

/*
 * Memory of a domain is one sparse memfd. Offset 0 is at run address @base; the host's own view of the same bytes is
 * @view: nothing but reserved addresses, with a block mapped while it is open, in the kernel domain; all of it, never
 * executable, in an isolated one.
 */
struct process_domain {
	struct tenon_kpi_domain kpi; /* must be first */
	struct process_host *h;
	struct child *child; /* NULL: the kernel domain */
	int memfd;
	uint64_t base;
	size_t size; /* bytes of the memfd */
	uint8_t *view;
	uint32_t blocks; /* mapped now; core's lock */
	size_t slot_cnt; /* places of BLOCK_BYTES for blocks, from offset 0 */
	uint8_t *slot_used;
};

/* Make the memory of a domain, @slots blocks and @extra bytes beyond them. */
int domain_memory_make(struct process_domain *d, uint64_t base, size_t slots, size_t extra, bool map_view);
void domain_memory_free(struct process_domain *d);

int block_map(void *context, struct tenon_block *b);
void block_unmap(void *context, struct tenon_block *b);
int block_write(void *context, struct tenon_block *b);
int block_protect(void *context, const struct tenon_range *ranges, size_t cnt);

/* ---- memory.c ---- */

void *heap_alloc(void *context, size_t size);
void heap_free(void *context, void *p, size_t size);
/* Every host call that can fail asks this first; not `call`, which fails only if the module faults. */
bool fail_point(struct process_host *h);

/* ---- thread.c ---- */

struct guard {
	sigjmp_buf env;
	struct guard *outer;
	struct tenon_module *module;
	char *why;
};

/* What the host knows of a thread. */
struct process_thread {
	struct tenon_thread core; /* must be first */
	struct process_host *h;   /* where it is registered; NULL: not */
	struct process_thread *next, **prev;
	pthread_t id;
	struct guard *guard;                 /* innermost guarded call */
	struct channel_end *_Atomic channel; /* of the isolated domain it is inside of, NULL: none */
	uint64_t base;                       /* what the CPU's data base register must be in it */
	uint64_t cpu_base;                   /* what it is, for the kernel's domain */
	struct tenon_kpi_thread kpi;
	pthread_mutex_t wait_lock; /* the two below */
	uint32_t *waits;           /* what it sleeps on, as a thread of the interface; NULL: nothing */
	bool interrupted;          /* its next wait returns at once */
	void *signal_stack;
	bool registering;
};

/* The calling thread's record; registers it first if it is new. */
struct process_thread *thread_self(struct process_host *h);
struct tenon_thread *thread_record(void *context);
/* The domain that the calling thread is in; NULL: none. Any context. */
const struct process_domain *thread_domain(const struct process_host *h);
/* The calling thread leaves the host, as when it ends. */
void thread_leave_host(void);
void thread_forget_all(struct process_host *h);

/* ---- sync.c ---- */

int sync_init(struct process_host *h, bool no_membarrier);
void sync_lock(void *context);
void sync_unlock(void *context);
int sync_wait(void *context, uint64_t deadline_ns);
void sync_wake(void *context);
void sync_cpus(void *context);
/* As sync_cpus, and every CPU forgets instructions it has fetched ahead. */
void sync_code(struct process_host *h);
uint64_t sync_now(void *context);

/* ---- log.c ---- */

struct log *log_new(bool verbose);
void log_free(struct log *log);
/* An isolated domain's share. Closing keeps its last lines. */
struct log_ring *log_ring_open(struct process_host *h);
void log_ring_close(struct process_host *h, struct log_ring *ring);
void log_line(void *context, enum tenon_log_level level, const char *text, size_t len);
_Noreturn void log_panic(void *context, const char *why);

/* ---- find.c, source.c, decompress.c ---- */

int find_init(struct process_host *h, const struct process_options *o);
void find_free(struct module_index *idx);
int find_module(void *context, struct tenon_domain *domain, const char *name, struct tenon_source *src);
/* The tree that knows a word, if the first directory that does is one. */
struct tmod_system *find_tree(struct process_host *h, const char *word);
/*
 * Open a regular file of a size that is read, for reading; anything else, such as a FIFO that nobody writes to, is
 * refused without waiting. Return: the file or -TENON_EINVAL and the like; NULL from the second.
 */
struct stat;
int file_open(const char *path, struct stat *st);
FILE *file_stream(const char *path);
/* Decompress the file by its suffix. *out is the caller's to free. -TENON_EOPNOTSUPP: not a suffix that is known. */
int decompress(const char *path, const void *in, size_t in_size, void **out, size_t *out_size);

/* ---- trust.c ---- */

int trust_load(const struct process_options *o, struct trust **out);
void trust_free(struct trust *t);
int trust_verify(void *context, const void *data, size_t size, const void *sig, size_t sig_size);

/* ---- guard.c: calls in the kernel domain ---- */

int guard_init(void);
void guard_exit(void);

/* As if the module that is running had trapped: does not return if it was called guarded. */
void guard_raise(struct process_host *h, const char *why);

struct fault {
	int sig;
	uint64_t pc, address;
};

/* One line of at most 63 characters: kind, place, address. Takes the core's lock. */
void fault_describe(struct process_domain *d, const struct fault *f, char why[64]);
int guard_call(struct process_host *h, const struct process_code *code, const uint64_t args[KPI_ARGS_MAX],
	       int64_t *result, char why[64]);

/* ---- native.c, or bare.c where the host is built for an emulated CPU ---- */

/* What needs libraries or a child process: finding and verifying files, isolated domains. */
int native_init(struct process_host *h, const struct process_options *o);
/* The core has been made: what the configuration forbids is its policy. */
int native_policy(struct process_host *h);
void native_exit(struct process_host *h);

/* ---- quarantine.c ---- */

/* A callback of a module in the kernel domain faulted. Context: thread, outside the module. */
void quarantine(struct process_host *h, struct tenon_module *m, const char *why);
/* Return when what such modules owned is reclaimed: all that anyone has seen quarantined. */
void quarantine_settle(struct process_host *h);

/* ---- primitives.c: what the native interface needs of this host; bare.c without one ---- */

extern const struct tenon_kpi_host process_primitives;
/* Wake the threads inside a domain that has died. */
void wake_domain(struct process_host *h, const struct child *child);
/* Wait for the end of threads that were made for @d, which is closed as far as the interface is concerned. */
void made_threads_join(struct process_host *h, const struct tenon_kpi_domain *d);
/* Make room for pages of the kernel's domain. Return: 0 or -TENON_ENOMEM. */
int kernel_pages_make(struct process_host *h);
void kernel_pages_free(struct process_host *h);

/* ---- device/device.c ---- */

/* No domain is left. */
void devices_free(void);

/* ---- trap.c ---- */

/* Ask the functions that modules registered to fix a trap in the kernel domain. Context: its signal handler. */
bool trap_fix_kernel(struct process_host *h, const siginfo_t *info, void *context);

/* ---- entry.c ---- */

/* The native interface's primitive `call`, and the contract's. */
int entry_upcall(struct tenon_kpi_domain *d, const struct tenon_kpi_code *code, const uint64_t args[KPI_ARGS_MAX],
		 int64_t *result);
int entry_call(void *context, struct tenon_module *m, uint64_t address, uint64_t arg, int64_t *result, char why[64]);
/* The data base register for modules of the domain that the thread is in: now, or when that is given the turn. */
void entry_set_base(struct tenon_kpi_thread *t, tenon_addr base);

/* ---- host.c ---- */

/* Close it in the core, with modules in it that cannot be unloaded. Return: 0 or -TENON_EBUSY (with others). */
int domain_close(struct process_domain *d);

/* The one there is. */
extern struct process_host *process_host_here;

struct process_host {
	struct tenon_host tenon; /* the contract, filled in */
	struct tenon *core;
	struct process_domain kernel;
	int pages_fd; /* memory of the kernel domain's pages */
	struct window window;

	pthread_mutex_t lock; /* the core's */
	pthread_cond_t changed;
	volatile sig_atomic_t interrupted;
	bool membarrier;

	pthread_mutex_t threads_lock;
	struct process_thread *threads;
	struct made_thread *made_threads; /* for modules; threads_lock */

	struct log *log;
	struct module_index *modules;
	struct tmod_config *config; /* NULL: none was given */
	struct trust *trust;
	int (*linked)(const struct tenon_module *m, const struct tenon_linked *linked,
		      void *arg); /* as process_options has it */
	void *linked_arg;

	_Atomic size_t heap_bytes, heap_peak;
	_Atomic uint64_t fail_in; /* 0: no plan; 1: the next call fails */
	_Atomic bool fail_hit;
	_Atomic uint64_t permission_changes, alias_opens, upcalls, gate_calls, domain_deaths;

	pthread_mutex_t domains_lock;
	struct child *children;                     /* of isolated domains */
	pthread_mutex_t reclaims_lock, settle_lock; /* the second is taken first */
	struct reclaim *reclaims;                   /* under way, of quarantined modules */
	uint32_t deadline_ms, wait_ms;              /* as in process_options */
	struct tenon_kpi_quota quota;
	bool small_pages; /* requested, or all there is; core's lock */
};

#endif
