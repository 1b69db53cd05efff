/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The certificates that modules are signed with, DER, one behind the other. */
	.section .rodata
	.globl trust_keys, trust_keys_end
trust_keys:
	.incbin "kernel.der"
trust_keys_end:
	.section .note.GNU-stack, "", %progbits
