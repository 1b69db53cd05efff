/* SPDX-License-Identifier: GPL-2.0-only */
/* For assembler: functions that give the same answer whatever they are asked, as one piece of code with several names. */
// clang-format off

/* Several names for what follows. */
.macro NAMES name, more:vararg
	.globl \name
	.type \name, %function
\name:
	LINUX_EXPORT \name
	.ifnb \more
	NAMES \more
	.endif
.endm

.macro NAMES_GPL name, more:vararg
	.globl \name
	.type \name, %function
\name:
	LINUX_EXPORT \name, _gpl
	.ifnb \more
	NAMES_GPL \more
	.endif
.endm

/* The library's alone. */
.macro NAMES_HERE name, more:vararg
	.globl \name
	.type \name, %function
\name:
	.ifnb \more
	NAMES_HERE \more
	.endif
.endm

/* Both registers of a result. */
.macro ANSWER value
	movq $\value, %rax
	xorl %edx, %edx
	ret
.endm
