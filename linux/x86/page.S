/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Zero a page, at rdi. Linux's inlined code calls one of the three by the CPU, and counts on every register but rdi, rax and rcx.
 */
#include "linux/export.h"
#include "linux/x86/function.h"

#define PAGE_BYTES 4096

	.text

.macro CLEAR_PAGE sym
FUNCTION \sym
	movl $PAGE_BYTES / 8, %ecx
	xorl %eax, %eax
	rep stosq
	ret
	.size \sym, . - \sym
LINUX_EXPORT \sym, _gpl
.endm

CLEAR_PAGE clear_page_orig
CLEAR_PAGE clear_page_rep
CLEAR_PAGE clear_page_erms

	.section .note.GNU-stack, "", %progbits
