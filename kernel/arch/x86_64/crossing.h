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

struct user_frame;
struct user_table;

/* What rax says when the kernel is entered by SYSCALL: the number of an interface function, or this: the result is in rdi. */
#define CROSSING_DONE 0x7fffffffu

struct crossing {
	uint64_t kernel_sp;                       /* where it goes on when it comes back; first, for crossing_entry.S */
	uint64_t *entry_sp, *tss_sp, *syscall_sp; /* who is to know where the kernel is entered */
	uint64_t outer_entry_sp;
	struct user_table *table; /* the caller's, as all below */
	uint64_t fs_base, gs_base;
	uint16_t ds, es, fs, gs;
	bool fpu_closed;
};

/**
 * crossing_begin, crossing_end - the thread takes the domain's registers, gets the caller's back
 * @table: the domain's
 * @gs_base: what the domain sees
 *
 * Interrupts are off between crossing_begin() and crossing_run(), and when that has returned. crossing_end() leaves them on.
 */
void crossing_begin(struct crossing *x, struct user_table *table, uint64_t gs_base);
void crossing_end(struct crossing *x);

/**
 * crossing_run - call a function there
 * @args: six
 * @address, @stack: of the domain, as @entry, which calls the function: rax has its address, r10 the fourth argument
 *
 * Return: what crossing_leave() is given. Interrupts are off.
 */
int64_t crossing_run(struct crossing *x, const uint64_t args[6], uint64_t address, uint64_t stack, uint64_t entry);

/* From an entry into the kernel, back to crossing_run(). Interrupts off. */
_Noreturn void crossing_leave(struct crossing *x, int64_t result);

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

#endif
