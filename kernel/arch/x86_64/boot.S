/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The first instructions: PVH (Xen's x86/HVM direct boot ABI) and multiboot2 both enter here in 32-bit protected mode
 * without paging, interrupts off. The page tables made here are thrown away once the kernel has its own.
 */
#define KERNEL_BASE 0xffffffff80000000
#define PHYS(symbol) ((symbol) - KERNEL_BASE)

	.section .note.Xen, "a", @note
	.balign 4
	.long 4, 8, 18 /* XEN_ELFNOTE_PHYS32_ENTRY */
	.asciz "Xen"
	.quad PHYS(pvh_entry)

	.section .multiboot2, "a"
	.balign 8
header: /* multiboot2 3.1; the ELF file's own headers tell where it is loaded, but entry is a physical address here */
	.long 0xe85250d6, 0, header_end - header
	.long -(0xe85250d6 + 0 + (header_end - header))
	.word 3, 0 /* entry address */
	.long 12, PHYS(multiboot2_entry)
	.balign 8
	.word 6, 0 /* modules begin on pages */
	.long 8
	.word 0, 0
	.long 8
header_end:

	.section .init.text, "ax"
	.code32
	.globl pvh_entry, multiboot2_entry
pvh_entry:
	xorl %eax, %eax
multiboot2_entry:
	cld
	movl $PHYS(boot_stack_top - 16), %esp
	movl %eax, %esi /* multiboot2's magic, or 0 */
	movl %ebx, %edi

	/* Long mode? */
	movl $0x80000000, %eax
	pushl %ebx
	cpuid
	cmpl $0x80000001, %eax
	jb no_long_mode
	movl $0x80000001, %eax
	cpuid
	btl $29, %edx
	jnc no_long_mode
	popl %ebx

	/* 4 GiB, at their own addresses; the first one also in the kernel's upper half and as the direct map. */
	movl $PHYS(early_pd), %ebx
	xorl %ecx, %ecx
1:	movl %ecx, %eax
	shll $21, %eax
	orl $0x83, %eax /* present, writable, 2 MiB */
	movl %eax, (%ebx, %ecx, 8)
	incl %ecx
	cmpl $2048, %ecx
	jb 1b
	movl $PHYS(early_pd + 3), %eax
	movl $PHYS(early_pdpt), %ebx
	movl %eax, (%ebx)
	movl %eax, 510 * 8(%ebx)
	addl $4096, %eax
	movl %eax, 8(%ebx)
	addl $4096, %eax
	movl %eax, 16(%ebx)
	addl $4096, %eax
	movl %eax, 24(%ebx)
	movl $PHYS(early_pml4), %ebx
	movl $PHYS(early_pdpt + 3), (%ebx)
	movl $PHYS(early_pdpt + 3), 256 * 8(%ebx)
	movl $PHYS(early_pdpt + 3), 511 * 8(%ebx)

	movl $0x20, %eax /* CR4.PAE */
	movl %eax, %cr4
	movl %ebx, %cr3
	movl $0xc0000080, %ecx
	rdmsr
	orl $0x100, %eax /* EFER.LME */
	wrmsr
	movl %cr0, %eax
	orl $0x80010000, %eax /* paging, write protection */
	movl %eax, %cr0
	lgdt PHYS(early_gdt_pointer)
	ljmp $8, $PHYS(long_mode)

no_long_mode:
	movl $PHYS(no_long_mode_text), %esi
	movw $0x3f8, %dx
1:	lodsb
	testb %al, %al
	jz 2f
	outb %al, %dx
	jmp 1b
2:	hlt
	jmp 2b

	.code64
long_mode:
	movabs $1f, %rax
	jmp *%rax
1:	movl $16, %eax
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %fs
	movl %eax, %gs
	movabs $boot_stack_top - 16, %rsp
	movq $boot_thread, (boot_stack_top - 8)
	movl %edi, %edi /* upper halves are not defined after the switch */
	movl %esi, %esi
	xorl %ebp, %ebp
	call kernel_main
	ud2

	.section .rodata
no_long_mode_text:
	.asciz "tenon: this CPU lacks 64-bit mode\r\n"
	.balign 8
early_gdt:
	.quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff
early_gdt_pointer:
	.word 23
	.long PHYS(early_gdt)

	.section .init.bss, "aw", @nobits
	.balign 32768 /* thread_current() */
	.globl boot_stack_top
	.skip 32768
boot_stack_top:
	.balign 4096
early_pml4: .skip 4096
early_pdpt: .skip 4096
early_pd: .skip 4 * 4096
