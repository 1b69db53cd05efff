/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The way into an isolated domain and back: crossing.h. */
#include "kernel/arch/x86_64/crossing_frame.h"
#include "kernel/arch/x86_64/saved.h"

#define RFLAGS_NEW 0x202 /* interrupts on, and the bit that is always set */

	.text
/*
 * rdi args, rsi address, rdx stack, rcx where the thread keeps the stack pointer that the kernel is entered with, r8 the
 * CPU's entry. The frame is 64 bytes, so rsp is a multiple of 16; it begins with a word that is not 0, which says that the
 * thread is in a domain.
 */
	.globl crossing_run, crossing_return
crossing_run:
	pushq %rbp
	push_saved
	pushq $1
	movq %rsp, (%rcx)
	movq %rsp, CPU_ENTRY_SYSCALL_SP(%r8)
	movq %rsp, CPU_ENTRY_TSS_SP(%r8)
	movq %rsi, %rax
	movq %rdx, %rsp
	movq 8(%rdi), %rsi
	movq 16(%rdi), %rdx
	movq 24(%rdi), %r10
	movq 32(%rdi), %r8
	movq 40(%rdi), %r9
	movq (%rdi), %rdi
	movl $CROSSING_ENTRY, %ecx
	movl $RFLAGS_NEW, %r11d
	xorl %ebx, %ebx
	xorl %ebp, %ebp
	xorl %r12d, %r12d
	xorl %r13d, %r13d
	xorl %r14d, %r14d
	xorl %r15d, %r15d
	sysretq

/* rsp is where an entry found it, rdi the result: what the domain left in any other register is dropped. */
crossing_return:
	movq %rdi, %rax
	addq $8, %rsp
	pop_saved
	ret

	.section .note.GNU-stack, "", @progbits
