/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Traps on their way to the modules that can fix them. */
#ifndef PORT_PROCESS_KPI_TRAP_H
#define PORT_PROCESS_KPI_TRAP_H

#include "port/process/kpi/object.h"

/* Kind, access and address, from what the processor says. Return: false for a trap that the interface does not know. */
bool trap_describe(struct tenon_trap *trap, uint64_t number, uint64_t error, uint64_t address);
/* Ask the registered functions of the domain. Return: whether one has fixed it. Context: the trap. */
bool trap_fix(struct process_domain *d, struct tenon_trap *trap);

#endif
