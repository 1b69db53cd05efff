/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Single values from and to a program's memory, as Linux's inlined code calls them: the address in rax or rcx, the value in
 * rdx or rax, the error in eax or ecx; nothing else changes. A program's memory is the caller's own here, and one that is
 * not there is a fault like any other.
 */
#include "linux/export.h"

	.text

.macro GET sym, load
	.balign 16
	.globl \sym
	.type \sym, %function
\sym:
	\load
	xorl %eax, %eax
	ret
	.size \sym, . - \sym
LINUX_EXPORT \sym
.endm

.macro PUT sym, store
	.balign 16
	.globl \sym
	.type \sym, %function
\sym:
	\store
	xorl %ecx, %ecx
	ret
	.size \sym, . - \sym
LINUX_EXPORT \sym
.endm

GET __get_user_1, "movzbl (%rax), %edx"
GET __get_user_2, "movzwl (%rax), %edx"
GET __get_user_4, "movl (%rax), %edx"
GET __get_user_8, "movq (%rax), %rdx"
GET __get_user_nocheck_1, "movzbl (%rax), %edx"
GET __get_user_nocheck_2, "movzwl (%rax), %edx"
GET __get_user_nocheck_4, "movl (%rax), %edx"
GET __get_user_nocheck_8, "movq (%rax), %rdx"
PUT __put_user_1, "movb %al, (%rcx)"
PUT __put_user_2, "movw %ax, (%rcx)"
PUT __put_user_4, "movl %eax, (%rcx)"
PUT __put_user_8, "movq %rax, (%rcx)"
PUT __put_user_nocheck_1, "movb %al, (%rcx)"
PUT __put_user_nocheck_2, "movw %ax, (%rcx)"
PUT __put_user_nocheck_4, "movl %eax, (%rcx)"
PUT __put_user_nocheck_8, "movq %rax, (%rcx)"

	.section .note.GNU-stack, "", %progbits
