/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* For the scheduler: a CPU goes over from one thread's program to another's. */
#ifndef KERNEL_ARCH_X86_64_USER_SWITCH_H
#define KERNEL_ARCH_X86_64_USER_SWITCH_H

#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/arch/x86_64/user_table.h"

/* Interrupts off, on @cpu. */
void user_switch(struct cpu *cpu, struct user_context *from, struct user_context *to);

/* Parts of it, also for the border of domains. Interrupts off. */

/* user_table_cpus() finds it before it has translations of @to, and until it has no others; loading CR3 orders that. */
static inline void user_table_load(struct cpu *cpu, struct user_table *to, phys_addr root)
{
	atomic_store_explicit(&cpu->next_table, to, memory_order_relaxed);
	write_cr3(root);
	atomic_store_explicit(&cpu->table, to, memory_order_relaxed);
}

/* No data segments: a base goes with its selector, and is to be loaded after this. */
static inline void selectors_clear(void)
{
	__asm__ volatile("movl %0, %%ds; movl %0, %%es; movl %0, %%fs; movl %0, %%gs" : : "r"(0));
}

/* Of a table, or of none. */
static inline phys_addr user_table_root(const struct user_table *t)
{
	return t ? t->root : kernel_root;
}

/* Whoever uses the FPU's registers from now on faults, and no more. */
static inline void fpu_close(void)
{
	write_cr0(read_cr0() | CR0_TASK_SWITCHED);
}

static inline void fpu_open(void)
{
	__asm__ volatile("clts");
}

#endif
