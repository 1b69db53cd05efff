/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A process host with linux.ko and Debian's modules, and calls into them from one domain. The environment's LINUX_KERNEL says
 * for which kernel, as in linux/build.mk.
 */
#ifndef TESTS_LINUX_COMPARTMENT_H
#define TESTS_LINUX_COMPARTMENT_H

#include "port/process/process.h"
#include "tests/tap.h"

struct compartment {
	struct process_host *h;
	struct tenon *core;
	struct tenon_domain *d;
	const char *where; /* "kernel" or "isolated", for the names of tests */
	char tree[512];    /* Debian's modules, unless set before it is opened */
	/* As in process.h, with the compartment for arg; set before it is opened, or NULL. */
	int (*linked)(const struct tenon_module *m, const struct tenon_linked *linked, void *arg);
};

/* Return: false if linux.ko was not built or there are no modules of Debian's; then the plan says that all is skipped. */
bool compartment_open(struct compartment *c);
void compartment_close(struct compartment *c);

/* Does another kernel than the usual one lack this module, because it is built in or not configured? Then a test is skipped. */
bool absent(struct compartment *c, const char *name);
/* Load by name; failure is a failed test. */
bool load(struct compartment *c, const char *name, const char *params);
/* Load and unload without a test. Return: what the core said; the reason in *diag. */
int try_load(struct compartment *c, const char *name, const char *params, struct tenon_diag *diag);
int try_unload(struct compartment *c, const char *name, struct tenon_diag *diag);

/* An argument of a call: a number, or memory that goes in, out or both. */
struct argument {
	uint8_t kind; /* enum kpi_kind */
	size_t size;
	uint64_t value;
};
#define NUMBER(n) { KPI_VALUE, 8, (uint64_t)(n) }
#define IN(p, n) { KPI_IN, n, (uintptr_t)(p) }
#define OUT(p, n) { KPI_OUT, n, (uintptr_t)(p) }
#define INOUT(p, n) { KPI_INOUT, n, (uintptr_t)(p) }

/* Call an exported function. Return: the whole return register; a call that fails is a failed test and ~0. */
uint64_t call_function(struct compartment *c, const char *symbol, int cnt, const struct argument *arg);
#define CALL(c, symbol, ...)                                                                                           \
	call_function(c, symbol, sizeof((struct argument[]){ __VA_ARGS__ }) / sizeof(struct argument),                 \
		      (struct argument[]){ __VA_ARGS__ })

/* Ask the device "nls": lines in, lines out, in @answer with a NUL. Return: bytes, or a negative errno value. */
int64_t ask_nls(const char *lines, char *answer, size_t room);
/* Does the log have a line that contains @text? */
bool logged(struct compartment *c, const char *text);

/* The suites, each in its own file, run in both domains. Modules that they load they unload. */
void test_checksums(struct compartment *c);
void test_ciphers(struct compartment *c);
void test_compression(struct compartment *c);
void test_charsets(struct compartment *c);
void test_modules(struct compartment *c);

#endif
