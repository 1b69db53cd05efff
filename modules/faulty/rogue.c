/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Does what an unprivileged x86-64 program may not, or what a kernel must not be confused by: moment.h says how one is
 * chosen. Isolated, each deed either ends it or harms nobody; in the kernel's own domain most end the kernel.
 */
#include "moment.h"

#define KERNEL_IMAGE 0xffffffff80200000ull
#define DIRECT_MAP 0xffff800000000000ull
#define KERNEL_STACKS 0xffff900000000000ull
#define NOT_CANONICAL 0x0000800000000000ull

/* ---- memory that is not its own ---- */

#define READ(name, address) \
	static void name(void) \
	{ \
		volatile uint64_t *volatile p = (void *)(address); \
\
		pr_notice("read %#llx\n", (unsigned long long)*p); \
	}
#define WRITE(name, address) \
	static void name(void) \
	{ \
		volatile uint64_t *volatile p = (void *)(address); \
\
		*p = 0x4141414141414141ull; \
	}
#define CALL(name, address) \
	static void name(void) \
	{ \
		((void (*)(void))(address))(); \
	}

READ(read_image, KERNEL_IMAGE)
READ(read_direct, DIRECT_MAP + 0x200000)
READ(read_stacks, KERNEL_STACKS + 0x7ff8)
READ(read_odd, NOT_CANONICAL)
WRITE(write_image, KERNEL_IMAGE)
WRITE(write_direct, DIRECT_MAP + 0x200000)
WRITE(write_gates, 0x10000ull)
CALL(call_image, KERNEL_IMAGE)
CALL(call_odd, NOT_CANONICAL)
CALL(call_vsyscall, 0xffffffffff600000ull)

/* ---- instructions that are not its own ---- */

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
INSN(far_return, "pushq $0x08; leaq 1f(%%rip), %%rax; pushq %%rax; lretq; 1:")
INSN(far_call32, "pushq $0x23; leaq 1f(%%rip), %%rax; pushq %%rax; lretq; 1:")

/* ---- registers and flags that a kernel must not be confused by; it goes on afterwards ---- */

INSN(single_step, "pushfq; orq $0x100, (%%rsp); popfq; nop; nop")
INSN(flags,
     "pushfq; orq $0x244400, (%%rsp); popfq; movl $100000, %%ecx; 1: loop 1b; pushfq; andq $~0x244400, (%%rsp); popfq")
INSN(segments, "movl $0x23, %%eax; movl %%eax, %%ds; movl %%eax, %%es; movl %%eax, %%fs; movl %%eax, %%gs")
INSN(odd_stack,
     "movq %%rsp, %%rbx; movabs $0x1234567812345678, %%rsp; movl $1000000, %%ecx; 1: loop 1b; movq %%rbx, %%rsp")
INSN(push_odd, "movabs $0x8000000000000000, %%rsp; pushq %%rax")

/* ---- the way into the kernel ---- */

static uint64_t enter(uint64_t number, uint64_t stack)
{
	uint64_t result = number, saved;

	__asm__ volatile("movq %%rsp, %[saved]; movq %[stack], %%rsp; syscall; movq %[saved], %%rsp"
			 : "+a"(result), [saved] "=&r"(saved)
			 : [stack] "r"(stack)
			 : "rcx", "r11", "memory");
	return result;
}

static char room[256];

#define ENTER(name, number, stack) \
	static void name(void) \
	{ \
		pr_notice("entered: %#llx\n", (unsigned long long)enter(number, stack)); \
	}

ENTER(gate_none, 0x7ffffffe, (uintptr_t)room + 128)
ENTER(gate_negative, ~0ull, (uintptr_t)room + 128)
ENTER(gate_wide, 1ull << 32, (uintptr_t)room + 128)
ENTER(gate_linux, 39, (uintptr_t)room + 128)

/* As if the call into the domain had returned, with whatever result. */
static void done_early(void)
{
	__asm__ volatile("movl $0x7fffffff, %%eax; movabs $0x4141414141414141, %%rdi; syscall"
			 :
			 :
			 : "rax", "rdi", "rcx", "r11");
}

/* With a stack pointer that nothing is at, in each gate that this module has: the clock's is one. */
static void gate_odd_stack(void)
{
	uint64_t saved;

	__asm__ volatile("movq %%rsp, %0; movabs $0xffff800000200000, %%rsp; jmp *%1"
			 : "=&r"(saved)
			 : "r"(tenon_clock_ns)
			 : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory");
}

/* ---- arguments ---- */

static void forged_handles(void)
{
	for (uint64_t h = 0; h < 4096; h++) {
		tenon_handle forged = h | h << 32 | 1ull << 48;

		tenon_event_set(forged);
		tenon_chrdev_unregister(forged);
		tenon_mutex_unlock(forged);
		tenon_timer_stop(forged);
		tenon_thread_stop(forged);
	}
}

static volatile uint32_t shared_len = 4;
static char text[64];

static void change(void *unused)
{
	(void)unused;
	while (!tenon_thread_should_stop())
		shared_len ^= 0xffffffff;
}

/* Lengths and structures that another thread changes during the call. */
static void changing(void)
{
	tenon_handle t = tenon_thread_create(THIS_MODULE, change, NULL, "change");

	for (int i = 0; i < 20000; i++) {
		struct tenon_vcpu_set *set = (void *)&shared_len;

		tenon_log(TENON_LEVEL_DEBUG, text, shared_len);
		tenon_random(text, shared_len & 127);
		tenon_vcpu_create(THIS_MODULE, set);
	}
	tenon_thread_stop(t);
	tenon_thread_join(t, FOREVER_NS);
}

static void lock_and_fault(void)
{
	tenon_handle m = tenon_mutex_create(THIS_MODULE);

	tenon_mutex_lock(m, FOREVER_NS);
	__asm__ volatile("ud2");
}

#define DEED(name) { #name, name }
static const struct deed deeds[] = {
	DEED(read_image),
	DEED(read_direct),
	DEED(read_stacks),
	DEED(read_odd),
	DEED(write_image),
	DEED(write_direct),
	DEED(write_gates),
	DEED(call_image),
	DEED(call_odd),
	DEED(call_vsyscall),
	DEED(cli),
	DEED(hlt),
	DEED(rdmsr),
	DEED(wrmsr),
	DEED(read_cr3),
	DEED(write_cr3),
	DEED(clts),
	DEED(invlpg),
	DEED(lidt),
	DEED(sgdt),
	DEED(in_port),
	DEED(out_port),
	DEED(int3),
	DEED(int_nmi),
	DEED(int_fault),
	DEED(int_timer),
	DEED(int80),
	DEED(sysenter),
	DEED(fpu),
	DEED(sse),
	DEED(wrgsbase),
	DEED(kernel_segment),
	DEED(far_return),
	DEED(far_call32),
	DEED(single_step),
	DEED(flags),
	DEED(segments),
	DEED(odd_stack),
	DEED(push_odd),
	DEED(gate_none),
	DEED(gate_negative),
	DEED(gate_wide),
	DEED(gate_linux),
	DEED(done_early),
	DEED(gate_odd_stack),
	DEED(forged_handles),
	DEED(changing),
	DEED(lock_and_fault),
};

MOMENT_MODULE(rogue);
MODULE_DESCRIPTION("Does what it may not");
