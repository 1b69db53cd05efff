/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What Linux's compiler flags make modules call instead of plain instructions: at the start of a function for tracing,
 * for a return, and for a jump or call through a register. There are no mitigations here: the host decides about
 * those for all its code.
 */
#include "linux/versions.h"
#include "linux/export.h"
#include "linux/x86/function.h"
#include "linux/x86/percpu.h"

	.text

/* Where it came from is noted while a module is watched (kernel/watch.c). Callers count on every register. */
FUNCTION __fentry__
	cmpb $0, linux_watching(%rip)
	jne 1f
	ret
1:	pushq %rax
	pushq %rdx
	movq 16(%rsp), %rax
	movq %rax, %gs:WINDOW_LAST_ENTERED
	movl %eax, %edx
	shrl $4, %edx
	andl $(8192 - 1), %edx
	movl %eax, linux_entered(, %rdx, 4)
	popq %rdx
	popq %rax
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

/* What calls through pv_ops would be made to say that have no function: none is changed. */
#if LINUX_SINCE(6, 12)
FUNCTION BUG_func
	int3
	.size BUG_func, . - BUG_func
LINUX_EXPORT BUG_func
#endif

/*
 * Places where a preemptible kernel may let another task run. Here threads run side by side, and none has to yield; the
 * answer is that nothing was done. Callers count on every register but rax.
 */
.macro STATIC_CALL name
FUNCTION __SCT__\name
	xorl %eax, %eax
	ret
LINUX_EXPORT __SCT__\name
.endm

.irp name, cond_resched, preempt_schedule, preempt_schedule_notrace
	STATIC_CALL \name
.endr

.irp name, preempt_schedule_thunk, preempt_schedule_notrace_thunk
FUNCTION \name
	ret
LINUX_EXPORT \name
.endr

/* Here a function says that it may sleep. */
FUNCTION __SCT__might_resched
	cmpb $0, linux_watching(%rip)
	jne 1f
	xorl %eax, %eax
	ret
1:	pushq %rbp
	movq %rsp, %rbp
	.irp reg, rdi, rsi, rdx, rcx, r8, r9, r10, r11
	pushq %\reg
	.endr
	call linux_watch_sleep
	.irp reg, r11, r10, r9, r8, rcx, rdx, rsi, rdi
	popq %\reg
	.endr
	popq %rbp
	xorl %eax, %eax
	ret
LINUX_EXPORT __SCT__might_resched

	.section .note.GNU-stack, "", %progbits
