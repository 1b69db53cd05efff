/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * int64_t guard_enter(struct guard *g, uint64_t address, const uint64_t args[6]): calls, having left at g->sp what
 * guard_leave needs to return instead.
 */
#include "kernel/arch/x86_64/saved.h"

	.text
	.globl guard_enter, guard_leave
guard_enter:
	pushq %rbp
	movq %rsp, %rbp
	push_saved
	subq $8, %rsp
	movq %rsp, (%rdi)
	movq %rsi, %rax
	movq %rdx, %r10
	movq (%r10), %rdi
	movq 8(%r10), %rsi
	movq 16(%r10), %rdx
	movq 24(%r10), %rcx
	movq 32(%r10), %r8
	movq 40(%r10), %r9
	call *%rax
/* The stack pointer is g->sp, rax the result. */
guard_leave:
	addq $8, %rsp
	pop_saved
	ret
