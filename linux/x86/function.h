/* SPDX-License-Identifier: GPL-2.0-only */
/* For assembler: the beginning of a function that others call. */
// clang-format off

.macro FUNCTION sym
	.balign 16
	.globl \sym
	.type \sym, %function
\sym:
.endm
