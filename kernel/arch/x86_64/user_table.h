/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A user's page table, inside; what can be done with it is in user.h. */
#ifndef KERNEL_ARCH_X86_64_USER_TABLE_H
#define KERNEL_ARCH_X86_64_USER_TABLE_H

#include <stdatomic.h>
#include <stdint.h>

#include "kernel/mm/page.h"

struct user_table {
	phys_addr root;
	_Atomic uint32_t cpus; /* that may have translations of it */
	uint64_t pages;        /* mapped */
};

#endif
