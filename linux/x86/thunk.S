/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What Linux's compiler flags make modules call instead of plain instructions: at the start of a function for tracing,
 * for a return, and for a jump or call through a register. No mitigation is made here: whoever runs this decides
 * about that for all his code.
 */
#include "linux/export.h"

	.text

.macro FUNCTION sym
	.balign 16
	.globl \sym
	.type \sym, %function
\sym:
.endm

FUNCTION __fentry__
	ret
	.size __fentry__, . - __fentry__
LINUX_EXPORT __fentry__

FUNCTION __x86_return_thunk
	ret
	int3
	.size __x86_return_thunk, . - __x86_return_thunk
LINUX_EXPORT __x86_return_thunk

.macro JUMP_THUNK reg
FUNCTION __x86_indirect_thunk_\reg
	jmp *%\reg
	int3
	.size __x86_indirect_thunk_\reg, . - __x86_indirect_thunk_\reg
LINUX_EXPORT __x86_indirect_thunk_\reg
.endm

.irp reg, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
	JUMP_THUNK \reg
.endr

/*
 * Places where a kernel that is preemptible may let another task run. Here threads run beside each other, and none has to
 * make room; the answer is that nothing was done. Callers count on every register but rax.
 */
.macro STATIC_CALL name
FUNCTION __SCT__\name
	xorl %eax, %eax
	ret
LINUX_EXPORT __SCT__\name
.endm

.irp name, cond_resched, might_resched, preempt_schedule, preempt_schedule_notrace
	STATIC_CALL \name
.endr

	.section .note.GNU-stack, "", %progbits
