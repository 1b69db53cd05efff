/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Exceptions and interrupts. */
#ifndef KERNEL_ARCH_X86_64_TRAP_H
#define KERNEL_ARCH_X86_64_TRAP_H

#include <stdbool.h>
#include <stdint.h>

#include "tenon/compiler.h"
#include "kernel/arch/x86_64/user.h"

enum {
	TRAP_DIVIDE = 0,
	TRAP_DEBUG = 1,
	TRAP_NMI = 2,
	TRAP_BREAKPOINT = 3,
	TRAP_OVERFLOW = 4,
	TRAP_BOUND = 5,
	TRAP_INVALID_OPCODE = 6,
	TRAP_NO_FPU = 7,
	TRAP_DOUBLE_FAULT = 8,
	TRAP_SEGMENT = 11,
	TRAP_STACK = 12,
	TRAP_PROTECTION = 13,
	TRAP_PAGE = 14,
	TRAP_FPU = 16,
	TRAP_ALIGNMENT = 17,
	TRAP_MACHINE_CHECK = 18,
	TRAP_SIMD = 19,
	VECTOR_SERIAL = 0x30,
	VECTOR_DEVICE_FIRST = 0x40, /* given out by device/irq.c */
	VECTOR_DEVICE_LAST = 0xef,
	VECTOR_TIMER = 0xf0,
	VECTOR_RESCHEDULE = 0xf1, /* also: look at the thread's flags before going back to a program */
	VECTOR_TLB = 0xf2,
	VECTOR_SPURIOUS = 0xff,
};

/* The same as a program's; of the kernel's own registers otherwise. */
#define trap_frame user_frame

/* Called by the entries in entry.S. */
void trap(struct trap_frame *f);

/* What comes last before a program goes on. Called with interrupts on or off, returns with them off. */
void trap_leave(struct trap_frame *f);

/* Print the registers of @f with @print. */
void trap_print(const struct trap_frame *f, void (*print)(const char *fmt, ...));

/* panic() about the registers of @f. */
_Noreturn TENON_PRINTF(2, 3) void panic_frame(const struct trap_frame *f, const char *fmt, ...);

/*
 * Exceptions that are expected: an entry says that a fault at one instruction goes on at another, with the fault's
 * address in rdx if the fault was a page fault. In assembly: EXCEPTION(instruction, then).
 */
#define EXCEPTION_ASM(at, then) ".pushsection .exceptions,\"a\"\n.long " at " - ., " then " - .\n.popsection\n"

/* Interrupt hooks, interrupts off, written by sched/. */
void timer_interrupt(void);
void schedule_if_asked(void);

/* watchdog.c: in an NMI. Neither prints nor faults. */
void watchdog_nmi(struct trap_frame *f);
void watchdog_init(void);

/* smp.c: all other CPUs stop where they are, by NMI. */
void cpus_stop_others(void);

#endif
