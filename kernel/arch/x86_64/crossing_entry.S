/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The way into an isolated domain and back: crossing.h. */
#include "kernel/arch/x86_64/saved.h"

#define RFLAGS_NEW 0x202 /* interrupts on, and the bit that is always set */

	.text
/* rdi crossing, rsi args, rdx address, rcx stack, r8 entry. The frame is 64 bytes, so rsp is a multiple of 16. */
	.globl crossing_run, crossing_leave
crossing_run:
	pushq %rbp
	push_saved
	subq $8, %rsp
	movq %rsp, (%rdi)
	movq 8(%rdi), %rax
	movq %rsp, (%rax)
	movq 16(%rdi), %rax
	movq %rsp, (%rax)
	movq 24(%rdi), %rax
	movq %rsp, (%rax)
	movq %rdx, %rax
	movq %rcx, %rsp
	movq %r8, %rcx
	movq %rsi, %r12
	movq (%r12), %rdi
	movq 8(%r12), %rsi
	movq 16(%r12), %rdx
	movq 24(%r12), %r10
	movq 32(%r12), %r8
	movq 40(%r12), %r9
	movl $RFLAGS_NEW, %r11d
	xorl %ebx, %ebx
	xorl %ebp, %ebp
	xorl %r12d, %r12d
	xorl %r13d, %r13d
	xorl %r14d, %r14d
	xorl %r15d, %r15d
	sysretq

/* rdi crossing, rsi result: what the domain left in any register is dropped. */
crossing_leave:
	movq (%rdi), %rsp
	movq %rsi, %rax
	addq $8, %rsp
	pop_saved
	ret

	.section .note.GNU-stack, "", @progbits
