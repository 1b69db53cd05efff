/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A user's page table, inside; what can be done with it is in user.h. */
#ifndef KERNEL_ARCH_X86_64_USER_TABLE_H
#define KERNEL_ARCH_X86_64_USER_TABLE_H

#include <stdint.h>

#include "kernel/mm/page.h"

struct user_table {
	phys_addr root;
	uint64_t pages; /* mapped */
};

/* CPUs that may have translations of it, a bit each: those from before the call are among them. */
uint32_t user_table_cpus(const struct user_table *t);

#endif
