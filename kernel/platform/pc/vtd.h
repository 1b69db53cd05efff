/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Between vtd.c (the unit's registers, invalidation, faults), vtd_table.c (who reaches what) and vtd_irq.c (interrupts). */
#ifndef KERNEL_PLATFORM_PC_VTD_H
#define KERNEL_PLATFORM_PC_VTD_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/mm/page.h"
#include "kernel/sched/lock.h"

/* Of all tables and the queue of invalidations. */
extern struct spinlock vtd_lock;

enum vtd_what { VTD_CONTEXTS, VTD_PAGES, VTD_INTERRUPTS };

/*
 * The unit forgets what it remembers of tables before they changed: all contexts (and pages), the pages of domain
 * @domain, all interrupts. It has when this returns. vtd_lock is held.
 */
void vtd_forget(enum vtd_what what, uint16_t domain);
/* Write to a table that the unit reads. */
void vtd_store(uint64_t *entry, uint64_t value);

/* How many domains the unit can tell apart, and whether it must be told of new mappings, too. */
extern unsigned vtd_domain_cnt;
extern bool vtd_remembers_absent;

/* Make the tables. Return: the root's and the interrupts' physical address, or 0: no memory. */
phys_addr vtd_table_make(void);
phys_addr vtd_irq_make(void);

#endif
