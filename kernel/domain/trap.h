/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* From ring 3 of an isolated domain into the kernel: what the traps of the CPU call. */
#ifndef KERNEL_DOMAIN_TRAP_H
#define KERNEL_DOMAIN_TRAP_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/sched/thread.h"

/* Is the thread that runs in a domain, so that what comes from ring 3 comes from there? */
static inline bool domain_is_inside(void)
{
	const struct thread *t = thread_current();

	return t->context != &t->user;
}

struct tenon_kpi_domain;

/**
 * domain_trap_fix - ask the functions that modules of a domain registered for traps (kpi/trap.def)
 * @address: of an access
 * @start, @end: where its modules' code is
 *
 * Return: whether the thread goes on, as the frame then says. Interrupts on, no lock held.
 */
bool domain_trap_fix(struct tenon_kpi_domain *k, struct user_frame *f, uint64_t address, uint64_t start, uint64_t end);

/* Has one of the domains died that the thread is in? Then its waits end. Context: its own. */
bool domain_must_leave(const struct module_thread *t);

/* A SYSCALL: a call of an interface function. Interrupts off. */
void domain_gate(struct user_frame *f);
/* An exception, of whatever kind, at @address if it has one. Interrupts off. */
void domain_trap(struct user_frame *f, uint64_t address);
/* What comes last before the domain goes on: does it? Interrupts on or off; returns with them off. */
void domain_return(struct user_frame *f);

#endif
