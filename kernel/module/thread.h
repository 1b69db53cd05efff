/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the module core and the native interface keep of each thread; in struct thread. */
#ifndef KERNEL_MODULE_THREAD_H
#define KERNEL_MODULE_THREAD_H

#include <stdbool.h>

#include "kernel/sched/lock.h"
#include "tenon/kpi_host.h"

struct level;
struct user_context;
struct wait;

struct module_thread {
	struct tenon_thread core;
	struct tenon_kpi_thread kpi;
	struct module_thread *next, **prev; /* of those that are known */
	bool known;                         /* to the core: from the thread's first use of it until its end */

	struct level *level; /* the innermost domain that it is in, see kernel/domain/ */
	struct spinlock sleep_lock;
	struct wait *sleeps; /* what it sleeps in for a module; sleep_lock, as the next */
	bool interrupted;    /* before it slept */
	bool insists;        /* wait_insist() */
	/* Where GS is that of a virtual CPU: of the thread's contexts the one that was in effect then. */
	const struct user_context *has_base;
	uint64_t program_base; /* and is this otherwise */
};

/* Make the thread that runs known to the core. Context: thread. */
struct module_thread *module_thread_begin(void);
/* Is there a thread of this number, which has been in the core? Context: any. */
bool module_thread_lives(uint64_t number);
/* thread_interrupt() all that are known. Context: any. */
void module_threads_interrupt(unsigned what);
/* The thread that runs ends: the core shall forget it. */
void module_thread_end(void);

#endif
