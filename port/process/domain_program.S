/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The program that isolated domains run, as bytes, so that the host is one file. DOMAIN_PROGRAM is its path. */
	.section .rodata
	.globl domain_program, domain_program_end
	.balign 16
domain_program:
	.incbin DOMAIN_PROGRAM
domain_program_end:

	.section .note.GNU-stack, "", %progbits
