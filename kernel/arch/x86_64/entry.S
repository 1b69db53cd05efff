/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The ways into the kernel and out of it. All build a struct user_frame (user.h). From a program they come on the top
 * of the thread's stack, below its pointer; from the kernel on the stack as it is; some exceptions on stacks of their own.
 */
#include "kernel/arch/x86_64/crossing_frame.h"
#include "kernel/arch/x86_64/saved.h"

#define CPU_MAX 8
#define CPU_ENTRY_BYTES 128
#define SELECTOR_USER_DATA 0x23
#define SELECTOR_USER_CODE 0x2b
#define USER_FRAME_SYSCALL 0x100
#define FRAME_RAX 80
#define FRAME_CS 144
#define FRAME_RIP 136

	.text

.macro push_registers
	pushq %rdi
	pushq %rsi
	pushq %rdx
	pushq %rcx
	pushq %rax
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %r11
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
.endm

.macro pop_registers
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	popq %r11
	popq %r10
	popq %r9
	popq %r8
	popq %rax
	popq %rcx
	popq %rdx
	popq %rsi
	popq %rdi
.endm

/* No speculation about what the caller had in them: nothing of a program's reaches C but through the frame. */
.macro clear_registers
	xorl %esi, %esi
	xorl %edx, %edx
	xorl %ecx, %ecx
	xorl %eax, %eax
	xorl %r8d, %r8d
	xorl %r9d, %r9d
	xorl %r10d, %r10d
	xorl %r11d, %r11d
	xorl %ebx, %ebx
	xorl %r12d, %r12d
	xorl %r13d, %r13d
	xorl %r14d, %r14d
	xorl %r15d, %r15d
.endm

/*
 * 8 bytes each, so that the address follows from the number, which is pushed as one that fits a byte with a sign. Those for
 * which the CPU has pushed an error code go another way.
 */
	.balign 8
	.globl trap_entries
trap_entries:
	vector = 0
	.rept 256
	.balign 8
	pushq $(vector - 128)
	.if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30
	jmp trap_with_error
	.else
	jmp trap_without_error
	.endif
	vector = vector + 1
	.endr

trap_without_error:
	pushq (%rsp)
	movq $0, 8(%rsp)
trap_with_error:
	subq $-128, (%rsp)
	cld
	clac
	push_registers
	movq %rsp, %rdi
	xorl %ebp, %ebp
	testb $3, FRAME_CS(%rsp)
	jnz 1f
	/* The kernel's own calls go on in a backtrace behind the exception. */
	movq 32(%rsp), %rbp
1:	call trap
trap_return:
	pop_registers
	addq $16, %rsp
	iretq

/*
 * SYSCALL leaves the program's stack pointer and has no stack for us (SDM volume 2, SYSCALL). Each CPU has an entry of its
 * own, which knows by its address where that CPU's stack pointer is: no register and no GS is needed. Flags were cleared
 * by FMASK: interrupts off, AC clear.
 */
	.globl syscall_entries
	.balign 64
syscall_entries:
	cpu = 0
	.rept CPU_MAX
	.balign 64
	movq %rsp, cpu_entries + CPU_ENTRY_BYTES * cpu
	movq cpu_entries + CPU_ENTRY_BYTES * cpu + CPU_ENTRY_SYSCALL_SP, %rsp
	cmpq $CROSSING_DONE, %rax
	je 2f
1:	pushq $SELECTOR_USER_DATA
	pushq cpu_entries + CPU_ENTRY_BYTES * cpu
	jmp syscall_common
2:	cmpq $0, (%rsp) /* what a program's stack begins with: see crossing_entry.S */
	je 1b
	jmp crossing_return
	cpu = cpu + 1
	.endr

syscall_common:
	pushq %r11
	pushq $SELECTOR_USER_CODE
	pushq %rcx
	pushq %rax
	pushq $USER_FRAME_SYSCALL
	push_registers
	movq %rsp, %rdi
	xorl %ebp, %ebp
	clear_registers
	call trap_syscall
	/* SYSRET takes rip from rcx and flags from r11: only if the frame still says so. trap_leave() saw to canonical rip. */
user_leave:
	movq FRAME_RIP(%rsp), %rax
	cmpq %rax, 88(%rsp)
	jne trap_return
	movq 152(%rsp), %rax
	cmpq %rax, 56(%rsp)
	jne trap_return
	pop_registers
	movq 40(%rsp), %rsp
	sysretq

/* user_enter_frame(frame): the frame stands where an entry would have built it. */
	.globl user_enter_frame
user_enter_frame:
	movq %rdi, %rsp
	jmp trap_return

	.globl switch_stacks, switch_to_stack, thread_entry
switch_stacks:
	pushq %rbp
	push_saved
	movq %rsp, (%rdi)
	movq %rsi, %rsp
	pop_saved
	ret

/* What a new thread's stack returns to. */
thread_entry:
	xorl %ebp, %ebp
	call thread_begin
	ud2

	.section .note.GNU-stack, "", @progbits
