/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Executes what an unprivileged x86-64 program may not, or what a kernel does not give to a domain: moment.h says how it
 * is told to.
 */
#include "moment.h"

#define INSN(name, text) \
	static void name(void) \
	{ \
		__asm__ volatile(text : : : "rax", "rbx", "rcx", "rdx", "memory"); \
	}

INSN(cli, "cli")
INSN(hlt, "hlt")
INSN(rdmsr, "movl $0xc0000082, %%ecx; rdmsr")
INSN(wrmsr, "movl $0xc0000101, %%ecx; xorl %%eax, %%eax; xorl %%edx, %%edx; wrmsr")
INSN(read_cr3, "movq %%cr3, %%rax")
INSN(write_cr3, "xorl %%eax, %%eax; movq %%rax, %%cr3")
INSN(clts, "clts")
INSN(invlpg, "invlpg (%%rsp)")
INSN(lidt, "lidt (%%rsp)")
INSN(sgdt, "subq $16, %%rsp; sgdt (%%rsp); addq $16, %%rsp")
INSN(in_port, "movl $0x60, %%edx; inb %%dx, %%al")
INSN(out_port, "movl $0x604, %%edx; movl $0x2000, %%eax; outw %%ax, %%dx") /* would turn the machine off */
INSN(int3, "int3")
INSN(int_nmi, "int $2")
INSN(int_fault, "int $14")
INSN(int_timer, "int $0xf0")
INSN(int80, "movl $1, %%eax; int $0x80")
INSN(sysenter, "sysenter")
INSN(fpu, "fldz")
INSN(sse, "xorps %%xmm0, %%xmm0")
INSN(wrgsbase, "xorl %%eax, %%eax; wrgsbase %%rax")
INSN(kernel_segment, "movl $0x10, %%eax; movl %%eax, %%ds")
INSN(write_cr0, "movq %%rsp, %%rax; movq %%rax, %%cr0")
INSN(write_cr4, "xorl %%eax, %%eax; movq %%rax, %%cr4")
INSN(write_cr8, "xorl %%eax, %%eax; movq %%rax, %%cr8")
INSN(read_dr, "movq %%dr7, %%rax")
INSN(write_dr, "movl $1, %%eax; movq %%rax, %%dr7")
INSN(sti, "sti")
INSN(swapgs, "swapgs")
INSN(sysret, "leaq 1f(%%rip), %%rcx; sysretq; 1:")
INSN(iret_kernel,
     "movq %%rsp, %%rax; pushq $0x10; pushq %%rax; pushfq; pushq $0x08; leaq 1f(%%rip), %%rax; pushq %%rax; iretq; 1:")
INSN(sidt, "subq $16, %%rsp; sidt (%%rsp); addq $16, %%rsp")
INSN(lgdt, "lgdt (%%rsp)")
INSN(lldt, "xorl %%eax, %%eax; lldt %%ax")
INSN(sldt, "sldt %%ax")
INSN(ltr, "movl $0x30, %%eax; ltr %%ax")
INSN(str, "str %%ax")
INSN(smsw, "smsw %%ax")
INSN(lmsw, "xorl %%eax, %%eax; lmsw %%ax")
INSN(invd, "invd")
INSN(wbinvd, "wbinvd")
INSN(xsetbv, "xorl %%ecx, %%ecx; movl $7, %%eax; xorl %%edx, %%edx; xsetbv")
INSN(monitor, "movq %%rsp, %%rax; xorl %%ecx, %%ecx; xorl %%edx, %%edx; monitor")
INSN(vmcall, "vmcall")
INSN(vmmcall, "vmmcall")
INSN(vmrun, "movq %%rsp, %%rax; vmrun")
INSN(wrfsbase, "xorl %%eax, %%eax; wrfsbase %%rax")
INSN(rdgsbase, "rdgsbase %%rax")
INSN(stac, "stac")
INSN(int1, ".byte 0xf1")
INSN(int_debug, "int $1")
INSN(int_double_fault, "int $8")
INSN(in_string, "movl $0x3f8, %%edx; insb")
INSN(mmx, "pxor %%mm0, %%mm0")
INSN(mxcsr, "pushq $0x1f80; ldmxcsr (%%rsp); popq %%rax")
INSN(fxrstor, "fxrstor (%%rsp)")
INSN(avx, "vzeroupper")
INSN(segment_null_stack, "xorl %%eax, %%eax; movl %%eax, %%ss")
INSN(task_segment, "movl $0x33, %%eax; movl %%eax, %%es")
INSN(jump_task, "movabs $0x3300000000, %%rax; pushq %%rax; ljmpl *(%%rsp)")
INSN(far_return, "pushq $0x08; leaq 1f(%%rip), %%rax; pushq %%rax; lretq; 1:")
INSN(far_call32, "pushq $0x23; leaq 1f(%%rip), %%rax; pushq %%rax; lretq; 1:")

static const struct deed deeds[] = {
	DEED(cli),          DEED(hlt),
	DEED(rdmsr),        DEED(wrmsr),
	DEED(read_cr3),     DEED(write_cr3),
	DEED(clts),         DEED(invlpg),
	DEED(lidt),         DEED(sgdt),
	DEED(in_port),      DEED(out_port),
	DEED(int3),         DEED(int_nmi),
	DEED(int_fault),    DEED(int_timer),
	DEED(int80),        DEED(sysenter),
	DEED(fpu),          DEED(sse),
	DEED(wrgsbase),     DEED(kernel_segment),
	DEED(far_return),   DEED(far_call32),
	DEED(write_cr0),    DEED(write_cr4),
	DEED(write_cr8),    DEED(read_dr),
	DEED(write_dr),     DEED(sti),
	DEED(swapgs),       DEED(sysret),
	DEED(iret_kernel),  DEED(sidt),
	DEED(lgdt),         DEED(lldt),
	DEED(sldt),         DEED(ltr),
	DEED(str),          DEED(smsw),
	DEED(lmsw),         DEED(invd),
	DEED(wbinvd),       DEED(xsetbv),
	DEED(monitor),      DEED(vmcall),
	DEED(vmmcall),      DEED(vmrun),
	DEED(wrfsbase),     DEED(rdgsbase),
	DEED(stac),         DEED(int1),
	DEED(int_debug),    DEED(int_double_fault),
	DEED(in_string),    DEED(mmx),
	DEED(mxcsr),        DEED(fxrstor),
	DEED(avx),          DEED(segment_null_stack),
	DEED(task_segment), DEED(jump_task),
};

MOMENT_MODULE(privileged);
MODULE_DESCRIPTION("Executes what it may not");
