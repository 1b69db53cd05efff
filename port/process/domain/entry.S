/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* x86-64: where the program, its threads, signal handlers and gate calls begin, and the control loop. */
#include <asm/unistd.h>

#include "port/process/domain/domain.h"

	.text
	.globl _start
_start:
	xor	%ebp, %ebp
	and	$-16, %rsp
	call	domain_main
	hlt

/* Interface calls of modules end up here. eax: number of the function; the six argument registers as its caller set them. */
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
	push	$0x202		/* no single step, no alignment check, no direction, whatever ran here before */
	popf
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
	cld
	ret

/*
 * _Noreturn void control_loop(uint64_t base, uint64_t channels): addresses of domain memory and of channel 0.
 *
 * Modules run in the same address space and write what they like, so from here on nothing is read from memory that can
 * be written, not even a stack: all that the loop knows is in registers. There is none for a signal to use either.
 *
 * r12 base, r13 channels, rbx the order.
 */
	.globl control_loop
control_loop:
	mov	%rdi, %r12
	mov	%rsi, %r13
	xor	%esp, %esp
	lea	gate_entry(%rip), %rdi
next:	mov	$CONTROL_CALL, %eax
	syscall
	test	%rax, %rax
	js	stop		/* there is no host any more */
	mov	%rax, %rbx
	mov	%eax, %edx
	shr	$CONTROL_ACCESS_SHIFT, %edx
	and	$15, %edx
	mov	%eax, %esi
	shr	$CONTROL_CNT_SHIFT, %esi
	shl	$DOMAIN_PAGE_SHIFT, %rsi
	mov	%rax, %r9
	shr	$CONTROL_FIRST_SHIFT, %r9
	shl	$DOMAIN_PAGE_SHIFT, %r9
	lea	(%r12, %r9), %rdi
	and	$15, %ebx
	cmp	$CONTROL_MAP, %ebx
	je	map
	cmp	$CONTROL_PROTECT, %ebx
	je	protect
	cmp	$CONTROL_UNMAP, %ebx
	je	unmap
	cmp	$CONTROL_THREAD, %ebx
	je	thread
	cmp	$CONTROL_CODE, %ebx
	je	code
stop:	mov	$1, %edi
	mov	$__NR_exit_group, %eax
	syscall
	hlt

map:	mov	$LOOP_MAP_FLAGS, %r10d
	mov	$DOMAIN_MEMFD, %r8d
	mov	$__NR_mmap, %eax
	syscall
	sub	%rdi, %rax	/* 0 if it is where it should be */
	jmp	done
protect:
	mov	$__NR_mprotect, %eax
	syscall
	jmp	done
unmap:	mov	$__NR_munmap, %eax
	syscall
	jmp	done
code:	mov	$LOOP_MEMBARRIER, %edi
	xor	%esi, %esi
	xor	%edx, %edx
	mov	$__NR_membarrier, %eax
	syscall
done:	mov	%rax, %rdi
	jmp	next

/* Its stack ends where its channel's memory does; its own base register is its channel. */
thread:	shr	$DOMAIN_PAGE_SHIFT, %r9
	imul	$CHANNEL_BYTES, %r9, %r8
	add	%r13, %r8
	lea	CHANNEL_BYTES(%r8), %rsi
	mov	$LOOP_CLONE_FLAGS, %edi
	xor	%edx, %edx
	xor	%r10d, %r10d
	mov	$__NR_clone, %eax
	syscall
	test	%rax, %rax
	jz	new_thread
	jmp	done

/* Still in registers: it may do what the loop may until it has its own list of system calls. */
new_thread:
	imul	$24, %r9, %r9
	mov	$(DOMAIN_START + DOMAIN_START_STACKS), %rdi
	add	%r9, %rdi
	xor	%esi, %esi
	mov	$__NR_sigaltstack, %eax
	syscall
	test	%eax, %eax
	jnz	stop
	mov	$LOOP_SECCOMP, %edi
	xor	%esi, %esi
	lea	module_program(%rip), %rdx
	mov	$__NR_seccomp, %eax
	syscall
	test	%eax, %eax
	jnz	stop
	xor	%ebp, %ebp
	lea	-CHANNEL_BYTES(%rsp), %rdi
	call	thread_main
	hlt

	.globl signal_return
signal_return:
	mov	$__NR_rt_sigreturn, %eax
	syscall

/* struct sock_fprog, and not in C, whose constants that hold addresses are put where they can be written. */
	.section .rodata
	.balign	8
	.globl listener_program, control_program, module_program
listener_program:
	.quad	LISTENER_LIST_LEN, listener_list
control_program:
	.quad	CONTROL_LIST_LEN, control_list
module_program:
	.quad	MODULE_LIST_LEN, module_list

	.section .note.GNU-stack, "", @progbits
