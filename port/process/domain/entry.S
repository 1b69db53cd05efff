/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* x86-64: where the program, its threads, signal handlers and gate calls begin. */
#include <asm/unistd.h>

	.text
	.globl _start
_start:
	xor	%ebp, %ebp
	lea	8(%rsp), %rdi
	and	$-16, %rsp
	call	domain_main
	hlt

/* eax: number of the function; the six argument registers as its caller set them. */
	.globl gate_entry
gate_entry:
	push	%rbp
	mov	%rsp, %rbp
	push	%r9
	push	%r8
	push	%rcx
	push	%rdx
	push	%rsi
	push	%rdi
	mov	%eax, %edi
	mov	%rsp, %rsi
	mov	8(%rbp), %rdx	/* where it returns to: who called */
	and	$-16, %rsp	/* callers that were built for the kernel align to 8 */
	cld
	call	gate
	leave
	ret

/* int64_t call_module(uint64_t address, const uint64_t args[6], uint64_t seventh) */
	.globl call_module
call_module:
	push	%rbp
	mov	%rsp, %rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	push	%rdx		/* where a seventh argument is looked for */
	mov	%rdi, %rax
	mov	%rsi, %r10
	mov	(%r10), %rdi
	mov	8(%r10), %rsi
	mov	16(%r10), %rdx
	mov	24(%r10), %rcx
	mov	32(%r10), %r8
	mov	40(%r10), %r9
	call	*%rax
	lea	-40(%rbp), %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	ret

/*
 * long thread_start(void *stack_top, struct channel *own)
 * clone(flags, stack, parent_tid, child_tid, tls): VM | FS | FILES | SIGHAND | THREAD | SYSVSEM | SETTLS
 */
	.globl thread_start
thread_start:
	mov	%rsi, %r8
	mov	%rdi, %rsi
	mov	$0xd0f00, %edi
	xor	%edx, %edx
	xor	%r10d, %r10d
	mov	$__NR_clone, %eax
	syscall
	test	%rax, %rax
	jz	1f
	ret
1:	xor	%ebp, %ebp
	mov	%r8, %rdi
	call	thread_main
	hlt

	.globl signal_return
signal_return:
	mov	$__NR_rt_sigreturn, %eax
	syscall

	.section .note.GNU-stack, "", @progbits
