/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Where the other CPUs begin: 16-bit code, copied to a page below 1 MiB (cpus_start()), position-independent but for that
 * page's segment. The words at its end say which page table, which stack, and where to go.
 */
	.section .rodata
	.globl cpu_start_code, cpu_start_code_end, cpu_start_root, cpu_start_stack, cpu_start_entry, cpu_start_jump
	.code16
cpu_start_code:
	cli
	cld
	movw %cs, %ax
	movw %ax, %ds
	/* The page's address, for what needs a linear one. */
	xorl %ebx, %ebx
	movw %cs, %bx
	shll $4, %ebx
	leal (cpu_start_gdt - cpu_start_code)(%ebx), %eax
	movl %eax, cpu_start_gdt_base - cpu_start_code
	leal (cpu_start_long - cpu_start_code)(%ebx), %eax
	movl %eax, cpu_start_jump - cpu_start_code
	lgdtl cpu_start_gdt_pointer - cpu_start_code
	movl $0x20, %eax /* CR4.PAE */
	movl %eax, %cr4
	movl cpu_start_root - cpu_start_code, %eax
	movl %eax, %cr3
	movl $0xc0000080, %ecx
	rdmsr
	orl $0x900, %eax /* EFER.LME, NXE */
	wrmsr
	movl %cr0, %eax
	orl $0x80010001, %eax /* paging, write protection, protected mode: straight into long mode */
	movl %eax, %cr0
	ljmpl *(cpu_start_jump - cpu_start_code)

	.code64
cpu_start_long:
	movl $16, %eax
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %fs
	movl %eax, %gs
	movq cpu_start_stack(%rip), %rsp
	xorl %ebp, %ebp
	jmp *cpu_start_entry(%rip)

	.balign 8
cpu_start_root: .quad 0
cpu_start_stack: .quad 0
cpu_start_entry: .quad 0
cpu_start_gdt: .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff
cpu_start_gdt_pointer: .word 23
cpu_start_gdt_base: .long 0
cpu_start_jump: .long 0
	.word 8
cpu_start_code_end:
