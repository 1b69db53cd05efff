/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The port contract: what a kernel (or RTOS, hypervisor, daemon) gives to the core. Fill a struct tenon_host with
 * twelve functions; up to eleven more, each NULL by default, add waiting, signatures, domains, autoload and names.
 * port/template is a port to copy, tests/port a suite that any port must pass, docs/porting.md the way in ten steps.
 *
 * The first argument of every function is the host's own @context. Unless a function says otherwise it is called from
 * thread context, without the core's lock, and may sleep; with the lock held it may sleep if the port's lock allows that.
 * tests/port/contract.h watches that the core keeps to this. A failing function returns a negative errno value and changes
 * nothing.
 */
#ifndef TENON_HOST_H
#define TENON_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tenon/addr.h"
#include "tenon/diag.h"
#include "tenon/errno.h"

struct tenon_module;
struct tenon_domain;
struct tenon_export;
struct tenon_thread;
struct tenon_linked;
struct tenon_arch;

/* The CPUs there are; only what a host names is linked in. */
extern const struct tenon_arch tenon_arch_x86_64, tenon_arch_aarch64, tenon_arch_riscv64, tenon_arch_arm;

/*
 * Kinds of module memory. Each kind of each domain has blocks of its own, so that a block has one access for its whole
 * life: never writable and executable at once. The exception is RO_AFTER_INIT, which is writable until its plan's
 * init functions have returned, and then read-only, in whole pages.
 */
enum tenon_mem {
	TENON_MEM_TEXT,          /* read, execute */
	TENON_MEM_RODATA,        /* read */
	TENON_MEM_RO_AFTER_INIT, /* read, write; later read */
	TENON_MEM_DATA,          /* read, write */
	TENON_MEM_INIT_TEXT,     /* read, execute; gone after init */
	TENON_MEM_INIT_DATA,     /* read, write; gone after init */
	TENON_MEM_COUNT
};

/*
 * A large piece of module memory, filled by block_map. Owned by the core, which packs many modules into it.
 * @run is where the module sees it; @write is where the core may write it between block_write and the protect call
 * that ends writing: another mapping of the same bytes where the kind is not writable, the same address elsewhere.
 */
struct tenon_block {
	struct tenon_domain *domain;
	enum tenon_mem kind;
	size_t size;    /* bytes, a multiple of the host's block_size */
	tenon_addr run; /* address in the domain */
	uint8_t *write; /* NULL while not open for writing */
	void *host;     /* the host's own */
};

enum tenon_access {
	TENON_ACCESS_KIND,  /* what the kind says. Writing through @write has ended; make instructions visible */
	TENON_ACCESS_READ,  /* RO_AFTER_INIT: read-only from now on */
	TENON_ACCESS_WRITE, /* RO_AFTER_INIT: these pages are free again */
};

struct tenon_range {
	struct tenon_block *block;
	size_t offset, size; /* bytes in the block; for READ and WRITE whole pages */
	enum tenon_access access;
	bool close; /* with KIND: nobody else is writing this block, @write may be unmapped (and set to NULL) */
};

/* Where a module file's bytes come from, and how long they live. */
struct tenon_source {
	uint64_t size; /* bytes */
	/*
	 * The whole file, if its bytes can be addressed and *cannot change* until close (flash, memory of the caller's
	 * own): then no private copy is made, and close comes when the load has ended. NULL otherwise.
	 */
	const void *constant;
	/*
	 * Read exactly @len bytes at @offset. Returns the bytes read (fewer: the file has shrunk) or a negative errno.
	 */
	int64_t (*read_at)(struct tenon_source *src, uint64_t offset, void *buf, size_t len);
	void (*close)(struct tenon_source *src); /* may be NULL */
	void *host;
};

enum tenon_log_level {
	TENON_LOG_ERR = 3,
	TENON_LOG_WARNING = 4,
	TENON_LOG_NOTICE = 5,
	TENON_LOG_INFO = 6,
	TENON_LOG_DEBUG = 7
};

struct tenon_host {
	void *context;
	size_t page_size;  /* granule of protection in bytes, a power of two; where nothing is protected, 64 */
	size_t block_size; /* bytes in a block, a multiple of page_size; 2 MiB where the CPU has pages of that size */
	size_t isolated_block_size; /* the same in isolated domains, of which there may be many; 0: as above */
	/*
	 * All module memory and all exported functions lie in [window_start, window_start + window_size). If every
	 * branch of the CPU reaches that far, no stubs are made. 0, 0: anywhere.
	 */
	tenon_addr window_start, window_size;
	const struct tenon_arch *arch; /* the CPU of the modules that run here */

	/* ---- required ---- */

	/*
	 * Memory for the core's own objects, aligned for any of them; not zeroed. NULL if there is none. Core's lock held
	 * where the core cannot know before that it needs memory: when it maps a block, when a table of names has to grow,
	 * and for a module whose checksums are not in the order of its symbols.
	 */
	void *(*alloc)(void *context, size_t size);
	/* Give back what alloc gave, with the same size. Never with the core's lock. */
	void (*free)(void *context, void *p, size_t size);
	/*
	 * Fill in run and host of @b (domain, kind and size are set), zero-filled, with the kind's access. Core's lock
	 * held.
	 */
	int (*block_map)(void *context, struct tenon_block *b);
	/* Unmap it and forget it. Core's lock held. */
	void (*block_unmap)(void *context, struct tenon_block *b);
	/* Open @b for writing: set write. It may be open already; then there is nothing to do. Core's lock held. */
	int (*block_write)(void *context, struct tenon_block *b);
	/*
	 * Bring every range to its access: one call a plan, the unit in which permission changes are counted, and one
	 * for each module with RO_AFTER_INIT. -EOWNERDEAD: the domain has died. Core's lock held.
	 */
	int (*protect)(void *context, const struct tenon_range *ranges, size_t cnt);
	/* One lock, not recursive, held briefly. */
	void (*lock)(void *context);
	void (*unlock)(void *context);
	/* Return when every CPU has passed a full memory barrier (membarrier, an interrupt to all). */
	void (*sync_cpus)(void *context);
	/* Time since any fixed moment, in nanoseconds, never going back. Any context. */
	uint64_t (*now_ns)(void *context);
	/* One line of text, no newline. Any context, also under the core's lock. */
	void (*log)(void *context, enum tenon_log_level level, const char *text, size_t len);
	/* The core's own state is broken. Must not return. Any context. */
	void (*panic)(void *context, const char *why);

	/* ---- optional ---- */

	/*
	 * Release the core's lock, sleep until wake or @deadline_ns (of now_ns), take the lock again. May return early.
	 * Returns 0, or -TENON_EINTR if the sleeping thread was asked to give up. Without it the core returns
	 * -TENON_EBUSY where it would have waited. Core's lock held.
	 */
	int (*wait)(void *context, uint64_t deadline_ns);
	/* Wake all who wait. Core's lock held. */
	void (*wake)(void *context);
	/* The calling thread's record. Without it there is one thread. Any context. */
	struct tenon_thread *(*thread)(void *context);
	/* Find the file of module @name for @domain and open it. -TENON_ENOENT: there is none. */
	int (*find)(void *context, struct tenon_domain *domain, const char *name, struct tenon_source *src);
	/*
	 * Check the signature message @sig over @data. Returns 0, or -TENON_ENOKEY (unknown key), -TENON_EKEYREJECTED
	 * (does not match), -TENON_EACCES (revoked), -TENON_EINVAL (not a message); whatever else it returns also
	 * refuses.
	 */
	int (*verify)(void *context, const void *data, size_t size, const void *sig, size_t sig_size);
	/*
	 * Choose the address that @e has in @domain: a gate, where calls must leave the domain. Without it e->value.
	 * Core's lock held.
	 */
	int (*bind)(void *context, struct tenon_domain *domain, const struct tenon_export *e, tenon_addr *address);
	/*
	 * Run the function at @address with one argument in the module's domain, guarded, and put what it returned into
	 * @result. The core has pushed the frame. Returns 0, or -TENON_EFAULT (it faulted, timed out or exited; say how
	 * in
	 * @why). Without it, a plain call.
	 */
	int (*call)(void *context, struct tenon_module *m, tenon_addr address, tenon_addr arg, int64_t *result,
		    char why[64]);
	/*
	 * Fill @buf with bytes that nobody outside can predict. Once, in tenon_create: the key of the tables of names.
	 * Without it who chooses names in files can choose them so that looking them up takes quadratic time.
	 */
	void (*random)(void *context, void *buf, size_t size);
	/*
	 * A module changed state (see tenon_module_state), @diag says why if it failed. For journals and hotplug.
	 * Core's lock held.
	 */
	void (*event)(void *context, const struct tenon_module *m, const struct tenon_diag *diag);
	/*
	 * @m is linked, and nobody knows it yet: keep what only its file says, see tenon_linked_section() and what is
	 * beside it. @linked is gone when this returns. Returns 0, with *kept for tenon_module_kept(), or what the
	 * load shall return: -TENON_ENOMEM, or why the host does not want it, which is in its log.
	 */
	int (*linked)(void *context, struct tenon_module *m, const struct tenon_linked *linked, void **kept);
	/* The module @m for which @linked returned 0 is being freed. Core's lock held. */
	void (*forget)(void *context, struct tenon_module *m, void *kept);
};

#endif
