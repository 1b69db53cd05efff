/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counting set bits where the compiler puts a call instead of the instruction that newer CPUs have. Callers count on every
 * register but rax. Sums of neighbours of 1, 2 and 4 bits, then all bytes are added by a multiplication.
 */
#include "linux/export.h"

	.text

.macro HWEIGHT sym, bits, a, d, arg
	.balign 16
	.globl \sym
	.type \sym, %function
\sym:
	push %rdx
	push %rcx
	mov \arg, \a
	shr $1, \a
	.if \bits == 64
	mov $0x5555555555555555, \d
	.else
	mov $0x55555555, \d
	.endif
	and \d, \a
	mov \arg, \d
	sub \a, \d
	mov \d, \a
	.if \bits == 64
	mov $0x3333333333333333, %rcx
	and %rcx, \a
	shr $2, \d
	and %rcx, \d
	add \d, \a
	mov \a, \d
	shr $4, \d
	add \d, \a
	mov $0x0f0f0f0f0f0f0f0f, %rcx
	and %rcx, \a
	mov $0x0101010101010101, %rcx
	imul %rcx, \a
	.else
	and $0x33333333, \a
	shr $2, \d
	and $0x33333333, \d
	add \d, \a
	mov \a, \d
	shr $4, \d
	add \d, \a
	and $0x0f0f0f0f, \a
	imul $0x01010101, \a, \a
	.endif
	shr $\bits - 8, \a
	pop %rcx
	pop %rdx
	ret
	.size \sym, . - \sym
LINUX_EXPORT \sym
.endm

HWEIGHT __sw_hweight32, 32, %eax, %edx, %edi
HWEIGHT __sw_hweight64, 64, %rax, %rdx, %rdi

	.section .note.GNU-stack, "", %progbits
