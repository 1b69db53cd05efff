/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What the tests of the process host share: the host with its core, opened as users open it; loading and unloading by
 * name with the diagnosis kept; the log; and a snapshot of everything there is, to be compared as text.
 *
 * Functions that cannot do their work end the test program: nothing after them would mean anything.
 */
#ifndef TESTS_PROCESS_RIG_H
#define TESTS_PROCESS_RIG_H

#include "port/process/process.h"
#include "tests/tap.h"
#include "tenon/kpi.h"

#define MS 1000000ull /* nanoseconds */

extern struct process_host *rig_host;
extern struct tenon *rig_core;
extern struct tenon_diag rig_diag; /* of the last load or unload that said something */

/* ---- rig.c ---- */

/* Open the host, with the interface provided and modules found where they were built. @o may be NULL. */
void rig_open(const struct process_options *o);
/* Unload all and close it. Return: whether everything went. */
bool rig_close(void);
/* A path below the build directory; valid until the next call but one. */
const char *rig_path(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The kernel domain for "kernel", else the isolated domain of this name, opened when needed. */
struct tenon_domain *rig_domain(const char *name);
/* End an isolated domain, empty or dead. */
void rig_domain_close(const char *name);

/* Load by name, unload. Return: as the core's; the diagnosis is in rig_diag. */
int rig_load(struct tenon_domain *d, const char *name, const char *params);
int rig_load_flags(struct tenon_domain *d, const char *name, const char *params, uint32_t flags);
int rig_unload(struct tenon_domain *d, const char *name);
/* Unload every module of a domain, users first, until nothing moves. Return: whether it is empty. */
bool rig_unload_all(struct tenon_domain *d);
/* Load a file as insmod does. @digest, 32 bytes or NULL: SHA-256 of the bytes that the core was given. */
int rig_insert(struct tenon_domain *d, const char *path, const char *params, uint8_t *digest);

/* The text of rig_diag. Valid until the next call. */
const char *rig_text(void);
/* Expect a result and a reason; otherwise say what came instead. For use in ok(). */
bool rig_says(int err, int want_err, enum tenon_reason want);

/* Lines of the log that contain @text, and the last of them (or ""; valid until the next call). */
size_t rig_logged(const char *text);
const char *rig_log_line(const char *text);
/* The whole log as comments of the test. */
void rig_log_show(void);

/*
 * Have a domain start what it starts at the first use, such as a second thread for a timer that expires during a call:
 * that is no leak, and comes whenever it likes.
 */
void rig_warm_up(struct tenon_domain *d);

/* Call an exported function with plain values. */
int rig_call(struct tenon_domain *d, const char *name, uint64_t a, uint64_t b, int64_t *result);

void rig_sleep(uint64_t ns);
uint64_t rig_now(void);
/* Wait until @cond(@arg), at most @ns. Return: whether it came true. */
bool rig_until(bool (*cond)(void *arg), void *arg, uint64_t ns);

/* Has the domain "box" died? For use in rig_until(). */
bool rig_box_died(void *unused);

/* ---- neighbour.c: a module in another domain; opening it ends the test if it cannot be ---- */

void neighbour_open(void);
/* Does it answer a request of its own? */
bool neighbour_served(void);
void neighbour_close(void);

/* ---- snapshot.c ---- */

/*
 * Everything that a request may leave behind, as text: modules, exports, owners, each region and block of memory,
 * counters of the heap, and of this process and its children the open files, threads and mapped module memory. The
 * caller frees it.
 */
char *snapshot(void);
/* Are they equal? Says the first line that differs, otherwise. Frees both. */
bool snapshot_same(char *before, char *after);

/* Numbers of this process that must not grow. */
struct usage {
	long fds, threads, maps, children;
	size_t heap; /* bytes from malloc */
};
struct usage usage(void);

#endif
