/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The border of an isolated domain: the thread that runs goes there, to ring 3 and another address space, and comes back
 * out. What it had of the caller's in registers that a domain sees or can change is kept here meanwhile.
 *
 * While it is inside, the kernel is entered on this thread's stack below the frames of whoever called.
 */
#ifndef KERNEL_ARCH_X86_64_CROSSING_H
#define KERNEL_ARCH_X86_64_CROSSING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/arch/x86_64/crossing_frame.h"
#include "kernel/arch/x86_64/user_switch.h"

struct crossing {
	struct user_context context; /* what is in effect there */
	struct user_context *outer;  /* and before, as all below */
	uint64_t entry_sp;
	uint16_t ds, es, fs, gs;
};

/**
 * crossing_run - call a function of the domain that the thread has gone over to
 * @args: six
 * @address, @stack: of the domain
 * @entry_sp: the thread's
 * @entry: the CPU's
 *
 * Return: what it returned, or anything if crossing_leave() was called. Context: interrupts off, before and after.
 */
int64_t crossing_run(const uint64_t args[6], uint64_t address, uint64_t stack, uint64_t *entry_sp,
		     struct cpu_entry *entry);

/* From an entry into the kernel, back to where crossing_run() was called. Interrupts off. */
_Noreturn void crossing_leave(void);

/* Read a word where the domain that the thread is in has its stack. Return: 0 too if there is none. */
uint64_t crossing_peek(uint64_t address);

/*
 * Code of the domain's own side. @at: bytes of it. A gate calls the interface function of this number; the entry calls a
 * function as crossing_run() says, and comes back.
 */
#define CROSSING_GATE_BYTES 16u
#define CROSSING_ENTRY_BYTES 32u
void crossing_write_gate(uint8_t *at, uint32_t index);
void crossing_write_entry(uint8_t *at);

/* ---- around crossing_run(); interrupts off ------------------------------------------------------------------------- */

/* After a selector was loaded, which makes a base 0 on some CPUs and leaves it on others. */
static inline void crossing_base(uint32_t msr, uint64_t from, uint64_t to)
{
	if (from | to)
		write_msr(msr, to);
}

/* The thread goes over to the domain's address space and registers. @gs_base: what the domain sees. */
static inline void crossing_begin(struct crossing *x, struct thread *t, struct user_table *table, uint64_t gs_base)
{
	struct user_context *outer = t->context;

	x->outer = outer;
	x->entry_sp = t->entry_sp;
	__asm__ volatile("movw %%ds, %0; movw %%es, %1; movw %%fs, %2; movw %%gs, %3"
			 : "=m"(x->ds), "=m"(x->es), "=m"(x->fs), "=m"(x->gs));
	selectors_clear();
	crossing_base(MSR_FS_BASE, outer->fs_base, 0);
	crossing_base(MSR_GS_BASE, outer->gs_base, gs_base);
	user_table_load(t->cpu, table, table->root);
	if (!outer->fpu_closed)
		fpu_close();
	x->context.table = table;
	x->context.fs_base = 0;
	x->context.gs_base = gs_base;
	x->context.fpu = outer->fpu;
	x->context.fpu_closed = true;
	t->context = &x->context;
}

/* And back: perhaps on another CPU. */
static inline void crossing_end(const struct crossing *x, struct thread *t)
{
	const struct user_context *outer = x->outer;
	struct user_table *table = outer->table;
	struct cpu *cpu = t->cpu;

	t->context = x->outer;
	t->entry_sp = x->entry_sp;
	cpu_set_entry_sp(cpu->entry, x->entry_sp);
	user_table_load(cpu, table, user_table_root(table));
	/* Selectors of the table that is the same for all programs, or none. */
	__asm__ volatile("movw %0, %%ds; movw %1, %%es; movw %2, %%fs; movw %3, %%gs"
			 :
			 : "m"(x->ds), "m"(x->es), "m"(x->fs), "m"(x->gs));
	crossing_base(MSR_FS_BASE, 0, outer->fs_base);
	crossing_base(MSR_GS_BASE, x->context.gs_base, outer->gs_base);
	if (!outer->fpu_closed)
		fpu_open();
}

#endif
