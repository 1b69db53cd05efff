/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* For assembler: registers that a C function leaves as they were, on the stack; rbp first, which the caller pushes. */
// clang-format off

.macro push_saved
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
.endm

.macro pop_saved
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
.endm
