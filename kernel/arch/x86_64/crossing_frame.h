/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The border of an isolated domain, for assembler too. */
#ifndef KERNEL_ARCH_X86_64_CROSSING_FRAME_H
#define KERNEL_ARCH_X86_64_CROSSING_FRAME_H

/* What rax says when the kernel is entered by SYSCALL: the number of an interface function, or this: the result is in rdi. */
#define CROSSING_DONE 0x7fffffff

/* Where each domain has the code that crossing_write_entry() made. */
#define CROSSING_ENTRY 0x10000

/* In struct cpu_entry. */
#define CPU_ENTRY_SYSCALL_SP 8
#define CPU_ENTRY_TSS_SP 20

#endif
