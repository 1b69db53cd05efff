/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program's memory, which is the caller's own here: single values, as Linux's inlined code takes and puts them (the address
 * in rax or rcx, the value in rdx or rax, the error in eax or ecx; nothing else changes), and copies. An access to what is
 * not there goes on as an entry of a table like Linux's exception tables says (kernel/traps.c).
 */
#include "linux/versions.h"
#include "linux/export.h"
#include "linux/x86/function.h"

#define EFAULT 14
#define EX_TYPE_DEFAULT 1

	.pushsection .linux_uaccess, "a"
	.balign 4
	.globl linux_uaccess_table
linux_uaccess_table:
	.popsection
	.text

.macro TRAPS at, then
	.pushsection .linux_uaccess, "a"
	.long \at - ., \then - ., EX_TYPE_DEFAULT
	.popsection
.endm

.macro GET sym, load:vararg
FUNCTION \sym
771:	\load
	xorl %eax, %eax
	ret
	TRAPS 771b, no_get
	.size \sym, . - \sym
LINUX_EXPORT \sym
.endm

.macro PUT sym, store:vararg
FUNCTION \sym
772:	\store
	xorl %ecx, %ecx
	ret
	TRAPS 772b, no_put
	.size \sym, . - \sym
LINUX_EXPORT \sym
.endm

no_get:
	xorl %edx, %edx
	movq $-EFAULT, %rax
	ret
no_put:
	movl $-EFAULT, %ecx
	ret

GET __get_user_1, movzbl (%rax), %edx
GET __get_user_2, movzwl (%rax), %edx
GET __get_user_4, movl (%rax), %edx
GET __get_user_8, movq (%rax), %rdx
GET __get_user_nocheck_1, movzbl (%rax), %edx
GET __get_user_nocheck_2, movzwl (%rax), %edx
GET __get_user_nocheck_4, movl (%rax), %edx
GET __get_user_nocheck_8, movq (%rax), %rdx
PUT __put_user_1, movb %al, (%rcx)
PUT __put_user_2, movw %ax, (%rcx)
PUT __put_user_4, movl %eax, (%rcx)
PUT __put_user_8, movq %rax, (%rcx)
PUT __put_user_nocheck_1, movb %al, (%rcx)
PUT __put_user_nocheck_2, movw %ax, (%rcx)
PUT __put_user_nocheck_4, movl %eax, (%rcx)
PUT __put_user_nocheck_8, movq %rax, (%rcx)

/* unsigned long linux_user_copy(void *to, const void *from, unsigned long bytes). Return: how many could not be copied. */
FUNCTION linux_user_copy
	movq %rdx, %rcx
773:	rep movsb
774:	movq %rcx, %rax
	ret
	TRAPS 773b, 774b
	.size linux_user_copy, . - linux_user_copy

/* unsigned long clear_user_...(void *to, unsigned long bytes): rdi and rcx, both changed; rcx: how many are left. */
.macro CLEAR sym
FUNCTION \sym
775:	rep stosb
776:	ret
	TRAPS 775b, 776b
	.size \sym, . - \sym
LINUX_EXPORT \sym
.endm

#if LINUX_SINCE(6, 12)
CLEAR rep_stos_alternative

/* Likewise a copy from rsi. */
FUNCTION rep_movs_alternative
777:	rep movsb
778:	ret
	TRAPS 777b, 778b
	.size rep_movs_alternative, . - rep_movs_alternative
LINUX_EXPORT rep_movs_alternative
#else
CLEAR clear_user_erms
CLEAR clear_user_rep_good
CLEAR clear_user_original
#endif

	.pushsection .linux_uaccess, "a"
	.globl linux_uaccess_table_end
linux_uaccess_table_end:
	.popsection
	.section .note.GNU-stack, "", %progbits
