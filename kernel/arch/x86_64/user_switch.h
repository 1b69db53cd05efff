/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* For the scheduler: a CPU goes over from one thread's program to another's. */
#ifndef KERNEL_ARCH_X86_64_USER_SWITCH_H
#define KERNEL_ARCH_X86_64_USER_SWITCH_H

#include "kernel/arch/x86_64/insn.h"

struct cpu;
struct user_context;
struct user_table;

/* Interrupts off, on @cpu. */
void user_switch(struct cpu *cpu, struct user_context *from, struct user_context *to);

/* Parts of it, also for the border of domains. Interrupts off. */
void user_table_load(struct cpu *cpu, struct user_table *from, struct user_table *to);
void user_bases_load(const struct user_context *c);

/* No data segments: a base goes with its selector, and is to be loaded after this. */
static inline void selectors_clear(void)
{
	__asm__ volatile("movl %0, %%ds; movl %0, %%es; movl %0, %%fs; movl %0, %%gs" : : "r"(0));
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
