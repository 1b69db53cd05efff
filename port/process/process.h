/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The process host: the core inside an ordinary Linux process, without privileges. There is one in a process. Its
 * kernel domain is the process itself; an isolated domain is a child process (port/process/domain/).
 *
 * Programs open it, give the core (process_core) what it may load, and use core.h. Unless a function says otherwise it
 * is called from any thread, without the core's lock, and returns 0 or a negative errno value of tenon/errno.h.
 */
#ifndef PORT_PROCESS_H
#define PORT_PROCESS_H

#include "tenon/core.h"
#include "tenon/kpi_call.h"
#include "tenon/kpi_device.h"
#include "tenon/kpi_host.h"

struct process_host;
struct process_domain;

struct process_options {
	const char *const *module_dirs; /* trees with depmod's indexes, or any others; the first that has a name wins */
	size_t module_dir_cnt;
	/*
	 * Files and directories like modprobe.d, ended by NULL, or NULL. Its `forbid` and `allow` hold for every module;
	 * the rest counts where a word is looked up in a tree with indexes, as do the tree's own softdeps and, as with
	 * modprobe, the command line of this machine's kernel.
	 */
	const char *const *config;
	const char *const *certificates; /* files, PEM or DER: keys that modules may be signed with */
	size_t certificate_cnt;
	const char *revoked; /* file of lines `hash HEX` or `key HEX`, or NULL */
	/*
	 * How long an isolated domain may compute for one call, as CPU time (with hidepid=2 on /proc: by the clock);
	 * and how long anybody waits for it at all, while it sleeps, or waits for other modules or for a thread to
	 * end. After that it ends. 0: 2000 and 30000.
	 */
	uint32_t deadline_ms, wait_ms;
	struct tenon_kpi_quota
	    quota; /* of each isolated domain; members that are 0 are the defaults of kpi/impl/quota.c */
	/*
	 * Called for each module that is linked, before any of it runs: what its file says can be kept (core.h,
	 * tenon_linked_symbol). NULL: not wanted. Return: 0 or -TENON_ENOMEM.
	 */
	int (*linked)(const struct tenon_module *m, const struct tenon_linked *linked, void *arg);
	void *linked_arg;
	bool verbose;       /* log lines also go to standard error */
	bool small_pages;   /* do not ask for pages of 2 MiB */
	bool no_membarrier; /* for tests: stop threads with a signal instead */
};

/**
 * process_open - make the host and a core in it
 * @options: only read during the call
 *
 * The certificates are fixed from here on; what is revoked only grows. Accepting personalities and providing exports is
 * the caller's, through core.h.
 *
 * Return: 0, -TENON_EBUSY (there is one), -TENON_ENOMEM, -TENON_EINVAL (a certificate or list cannot be read),
 * -TENON_ENOSPC (no room for modules below 2 GiB).
 */
int process_open(const struct process_options *options, struct process_host **out);

/**
 * process_close - free all. Every module that can be is unloaded, in every domain, and no other thread is inside the
 * host or the core. Modules that cannot be unloaded go with their domain, uncalled.
 */
void process_close(struct process_host *h);

struct tenon *process_core(struct process_host *h);
const struct tenon_host *process_contract(struct process_host *h);

/* ---- files ---- */

/**
 * process_open_file - make a byte source of a module file, decompressed if its suffix says .xz or .zst
 * Return: 0 (then @src->close must be called, tenon_load does), -TENON_ENOENT and the like, -TENON_ENOEXEC (damaged).
 */
int process_open_file(const char *path, struct tenon_source *src);

#define PROCESS_PATH_BYTES 4096

/** process_find_path - the file that module @name would be loaded from. Return: false: there is none. */
bool process_find_path(struct process_host *h, const char *name, char *path, size_t size);

/**
 * process_request - tenon_load() of all that a word stands for: a module's name, or an alias that a tree knows
 * @req: its name is the word; without a file of its own, without others
 * @diag: not NULL
 *
 * Softdeps that fail are logged. A module and its dependencies load together or not at all; those that the configuration
 * gives parameters, softdeps, and other modules of the same alias, stay. Install commands are not run.
 *
 * Return: 0, or as tenon_load(): -TENON_EPERM if the configuration forbids a step, or has a command instead of it.
 */
int process_request(struct process_host *h, const struct tenon_request *req, struct tenon_diag *diag);

/* ---- revocation ---- */

/**
 * process_revoke - from now on refuse a key or a file's content, whatever its signature. It cannot be taken back.
 * @entry: `key HEX` or `hash HEX`, as in the file of process_options
 *
 * Modules that are loaded already stay; process_each_revoked finds them.
 *
 * Return: 0, -TENON_EINVAL, -TENON_ENOMEM.
 */
int process_revoke(struct process_host *h, const char *entry);

/**
 * process_each_revoked - call @fn, under the core's lock, for each loaded module whose signature was accepted and has
 * been revoked since, until it returns non-zero. Modules loaded while signatures were off are not known.
 */
int process_each_revoked(struct process_host *h, int (*fn)(const struct tenon_module *m, void *arg), void *arg);

/* ---- domains -------------------------------------------------------------------------------------------------- */

/** process_kernel - the domain that is the process itself. */
struct tenon_domain *process_kernel(struct process_host *h);

/**
 * process_isolate - the isolated domain of this name: the one there is, or a new one with its child process
 *
 * A domain lives as long as its process. One that has died is closed here, so call this again before each use.
 *
 * Return: 0, -TENON_ENOSYS (not on this CPU), -TENON_EEXIST (it is not isolated), -TENON_EIO (the process did not
 * start), -TENON_EOWNERDEAD (it died at once), -TENON_ENOMEM, or what tenon_domain_open says.
 */
int process_isolate(struct process_host *h, const char *name, struct tenon_domain **out);

/**
 * process_domain_close - end an isolated domain, dead or not, in which no module is left but such as cannot be unloaded
 * @d is not valid afterwards. Return: 0 or -TENON_EBUSY.
 */
int process_domain_close(struct process_host *h, struct tenon_domain *d);

/** process_settle - return when no domain is being taken down: what died is reclaimed and out of the module list. */
void process_settle(struct process_host *h);

/** process_domain_pid - of the child process; 0 if there is none now. */
int process_domain_pid(const struct tenon_domain *d);

/**
 * process_domain_kill - end an isolated domain from outside, with all modules in it, whatever holds them
 *
 * Returns before it is taken down: process_settle() waits for that.
 *
 * Return: 0, -TENON_EINVAL (@d is the kernel's).
 */
int process_domain_kill(struct process_host *h, struct tenon_domain *d);

/* ---- calling into modules -------------------------------------------------------------------------------------- */

/* A function of a module: in a callback table that was registered, or found by name. */
struct process_code {
	struct tenon_module *module;
	uint64_t address;
	const struct kpi_call *type; /* its arguments; NULL: plain values */
	uint64_t by;                 /* function that is called instead, with @address as a seventh argument; 0: none */
};

/**
 * process_upcall - enter the module and run one of its functions, guarded
 * @args: as @code->type says; buffers, strings and structures are the host's addresses, copied both ways if needed
 *
 * A function of a Linux module is called by linux.ko, on a virtual CPU (tenon/linux.h).
 *
 * Return: 0, with *result what the function returned; -TENON_ENODEV (the module is closed), -TENON_ELOOP (as
 * tenon_enter), -TENON_EFAULT (kernel
 * domain: it faulted, was quarantined and @why says how), -TENON_EOWNERDEAD (its isolated domain died).
 * Context: thread, no lock held.
 */
int process_upcall(struct process_host *h, const struct process_code *code, const uint64_t args[KPI_ARGS_MAX],
		   int64_t *result, char why[64]);

/* ---- disks ------------------------------------------------------------------------------------------------------ */

/**
 * process_disk_add - a virtio disk over a file, for drivers of modules that are loaded later; it stays until the host is closed
 *
 * The file is locked. If it cannot be written the disk is read-only.
 *
 * Return: 0, -TENON_EBUSY (another program has it), -TENON_EINVAL (there is no sector in it), -TENON_ENOMEM, or why it cannot be
 * opened. Context: the host is open, and no module is loaded.
 */
int process_disk_add(const char *path);
/** process_has_disks - has one been added? */
bool process_has_disks(void);

/* A block device that a module offers (kpi/blkdev.def). While it is open its module is not unloaded. */
struct process_block;

struct process_block_info {
	uint64_t bytes;
	uint32_t block_bytes;
	bool read_only;
};

/** process_block_open - by its name. NULL: no module offers it, or it is going. */
struct process_block *process_block_open(const char *name);
void process_block_close(struct process_block *b);
void process_block_info(const struct process_block *b, struct process_block_info *out);

/**
 * process_block_read, process_block_write, process_block_flush - whole blocks, in requests of its driver, one at a time
 * Return: 0, -TENON_EINVAL (it is not on the device), -TENON_EROFS, -TENON_EIO (its driver or device says so, is dead, or does
 * not answer within 30 seconds). Context: thread, no lock held.
 */
int process_block_read(struct process_block *b, void *data, size_t len, uint64_t offset);
int process_block_write(struct process_block *b, const void *data, size_t len, uint64_t offset);
int process_block_flush(struct process_block *b);

/** process_block_each - call @fn for each block device, under a lock, until it returns non-zero; what it returned last. */
int process_block_each(int (*fn)(const char *name, const struct tenon_module *m, void *arg), void *arg);

/* ---- log ------------------------------------------------------------------------------------------------------- */

/** process_log - write one line of printf style. Any context but a signal handler. */
void process_log(struct process_host *h, enum tenon_log_level level, const char *fmt, ...) TENON_PRINTF(3, 4);

/**
 * process_printable - a character of text from a module, or '?' if a terminal would obey it instead of showing it
 * @before: the one before it. The log does this with every line. Context: any.
 */
char process_printable(char before, char c);

/** process_log_each - the lines kept, oldest first, until @fn returns non-zero. Without any lock. */
int process_log_each(struct process_host *h,
		     int (*fn)(uint64_t ns, enum tenon_log_level level, const char *text, size_t len, void *arg),
		     void *arg);
void process_log_clear(struct process_host *h);

/* ---- tests and measurements ------------------------------------------------------------------------------------ */

/** process_fail_nth - the @n-th host call from now that can fail does so, once; 0: none. */
void process_fail_nth(struct process_host *h, uint64_t n);
/** process_fail_hit - whether it has been reached. */
bool process_fail_hit(struct process_host *h);

/** process_interrupt - ask threads that wait in the core to give up, once. Async-signal-safe. */
void process_interrupt(struct process_host *h);

struct process_stats {
	size_t heap_bytes, heap_peak_bytes; /* from the contract's alloc */
	uint64_t permission_changes;        /* system calls that changed the access of module memory */
	uint64_t alias_opens;               /* temporary writable mappings made */
	uint64_t upcalls, gate_calls;       /* into and out of isolated domains */
	uint64_t domain_deaths;
};

void process_stats(struct process_host *h, struct process_stats *out);

#endif
