/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The port: a core with one domain, the kernel's own, in which nothing contains a fault. There is one thread, and the
 * tick's interrupt, in which timers of modules expire; it has a record of its own, so that an interrupt in the middle
 * of an entry does no harm. With one thread there is nothing to wait for: the contract has no wait.
 */
#ifndef PORT_MPS2_H
#define PORT_MPS2_H

#include "port/mps2/pool.h"
#include "tenon/core.h"
#include "tenon/kpi_host.h"

#define MPS2_PAGE_BYTES 64u        /* nothing is protected */
#define MPS2_BLOCK_BYTES (16u * 1024)

extern struct tenon *mps2_core; /* NULL before mps2_open() */
extern struct tenon_kpi_domain mps2_kernel;
extern const struct tenon_host mps2_host;

/* The heap, for the core and what modules ask for; and the memory that modules themselves are in. */
extern struct pool mps2_heap, mps2_modules;

/** mps2_open - make the core and its domain, provide the interface. To be called once, first. Return: 0 or an error. */
int mps2_open(void);

/* ---- files.c: module files that are part of the image (files.S), read where they lie ---- */

struct mps2_file {
	const char *name; /* of the module, with '_' and not '-' */
	const void *bytes;
	uint32_t size;
};

/** mps2_file_find - Return: the file of this name, or NULL. */
const struct mps2_file *mps2_file_find(const char *name);

/* ---- log.c ---- */

/** mps2_log_text - the last lines, at most some kilobytes, each with its newline. Changes with the next line. */
const char *mps2_log_text(void);
void mps2_log_clear(void);

/* ---- the contract's functions that the parts of the port use themselves ---- */

void mps2_log(void *context, enum tenon_log_level level, const char *text, size_t len);
__attribute__((noreturn)) void mps2_panic(void *context, const char *why);
int mps2_find(void *context, struct tenon_domain *domain, const char *name, struct tenon_source *src);
struct tenon_thread *mps2_thread(void *context);

/* ---- primitives.c: what the native interface needs ---- */

struct mps2_thread {
	struct tenon_thread core;
	struct tenon_kpi_thread kpi;
};

extern struct mps2_thread mps2_threads[2]; /* the thread, the interrupt */
extern const struct tenon_kpi_host mps2_primitives;

/** clock_tick - the handler of SysTick's interrupt. */
void clock_tick(void);

#endif
