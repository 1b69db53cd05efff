/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The child process of an isolated domain, as the host sees it. All functions but the last return 0 or a negative
 * errno value; the ones about memory are called with the core's lock held.
 */
#ifndef PORT_PROCESS_CHILD_H
#define PORT_PROCESS_CHILD_H

#include "port/process/internal.h"

/* Start the child if there is none, also again after one has died and been reclaimed. -TENON_EOWNERDEAD: not yet. */
int child_need(struct process_domain *d);
int child_map(struct process_domain *d, uint64_t run, size_t size, int prot);
int child_protect(struct process_domain *d, uint64_t run, size_t size, int prot);
/* Also when the child is dead. Return: whether nothing can see the memory there any more. */
bool child_unmap(struct process_domain *d, uint64_t run, size_t size);

/* Run a function of a module there, plain values or as its type says. -TENON_EOWNERDEAD: the domain died, @why says how. */
int child_call(struct process_domain *d, struct tenon_module *m, uint64_t address, const uint64_t args[KPI_ARGS_MAX],
	       int64_t *result, char why[64]);
int child_upcall(struct process_domain *d, const struct process_code *code, const uint64_t args[KPI_ARGS_MAX],
		 int64_t *result, char why[64]);

#endif
