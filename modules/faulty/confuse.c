/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Gives the kernel registers, flags and stacks that it must not be confused by, on each way into it: calls, steps,
 * handlers of traps, and calls inside of calls. Isolated, each deed either ends it or harms nobody; moment.h says how it
 * is told to.
 */
#include "moment.h"

#define KERNEL_IMAGE 0xffffffff80200000ull
#define DIRECT_MAP 0xffff800000000000ull
#define KERNEL_STACKS 0xffff900000000000ull
#define NOT_CANONICAL 0x0000800000000000ull

#define INSN(name, text) \
	static void name(void) \
	{ \
		__asm__ volatile(text : : : "rax", "rbx", "rcx", "rdx", "memory"); \
	}

/* ---- registers and flags that a kernel must not be confused by; it goes on afterwards ---- */

INSN(single_step, "pushfq; orq $0x100, (%%rsp); popfq; nop; nop")
INSN(flags,
     "pushfq; orq $0x244400, (%%rsp); popfq; movl $100000, %%ecx; 1: loop 1b; pushfq; andq $~0x244400, (%%rsp); popfq")
INSN(segments, "movl $0x23, %%eax; movl %%eax, %%ds; movl %%eax, %%es; movl %%eax, %%fs; movl %%eax, %%gs")
INSN(odd_stack,
     "movq %%rsp, %%rbx; movabs $0x1234567812345678, %%rsp; movl $1000000, %%ecx; 1: loop 1b; movq %%rbx, %%rsp")
/* The flag that makes accesses trap that are not aligned, and one. */
INSN(unaligned, "pushfq; orq $0x40000, (%%rsp); popfq; movq -9(%%rsp), %%rax; pushfq; andq $~0x40000, (%%rsp); popfq")
/* A step ends inside the kernel; a debug exception that waits for the instruction after a load of SS. */
INSN(step_gate, "pushfq; orq $0x100, (%%rsp); popfq; movl $0x7ffffffe, %%eax; syscall")
INSN(step_stack_segment, "movl %%ss, %%eax; pushfq; orq $0x100, (%%rsp); popfq; movl %%eax, %%ss; int3")
INSN(iopl, "pushfq; orq $0x3000, (%%rsp); popfq; cli")
INSN(push_kernel, "movabs $0xffff800000200000, %%rsp; pushq %%rax")
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

static void string_flag(void)
{
	__asm__ volatile("std");
	tenon_random(room, sizeof(room));
	__asm__ volatile("cld");
}

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

/* Each stack that a gate may not follow, with the number of a gate that it has: what the code of that gate loads. */
static void gate_stacks(void)
{
	static const uint64_t stacks[] = { 0,
					   1,
					   7,
					   0x10000,
					   0x1ffff,
					   0x7fefffff,
					   0x7ff00000,
					   0x7fffffffeff8,
					   0x7fffffffffff,
					   NOT_CANONICAL,
					   DIRECT_MAP,
					   KERNEL_STACKS,
					   KERNEL_IMAGE,
					   ~0ull,
					   ~0ull - 7 };
	uint32_t number;

	memcpy(&number, (const uint8_t *)(uintptr_t)tenon_clock_ns + 4, sizeof(number));
	for (size_t i = 0; i < sizeof(stacks) / sizeof(stacks[0]); i++)
		enter(number, stacks[i]);
}

/* All registers that a gate passes on, and those that it does not. */
INSN(gate_registers,
     "pushq %%rbp; movabs $0x8000000000000001, %%rbp; movq %%rbp, %%rdi; movq %%rbp, %%rsi; movq %%rbp, %%rdx;"
     "movq %%rbp, %%r8; movq %%rbp, %%r9; movq %%rbp, %%r10; movq %%rbp, %%r12; movq %%rbp, %%r13; movq %%rbp, %%r14;"
     "movq %%rbp, %%r15; movl $0x7ffffffe, %%eax; syscall; popq %%rbp")

/* ---- handlers of traps ---- */

/* Traps; where it goes on after that, it returns. */
__asm__(".text; trap_here: ud2; after_trap: ret");
void trap_here(void);
extern const char after_trap[];

static struct tenon_trap wanted;

static int set_registers(struct tenon_trap *t)
{
	if (wanted.pc)
		t->pc = wanted.pc;
	if (wanted.flags)
		t->flags = wanted.flags;
	for (int i = 0; i < 16; i++)
		if (wanted.reg[i])
			t->reg[i] = wanted.reg[i];
	return 1;
}

static void trap_with(struct tenon_trap w)
{
	wanted = w;
	tenon_trap_register(THIS_MODULE, set_registers);
	trap_here();
}

#define TRAP(name, ...) \
	static void name(void) \
	{ \
		trap_with((struct tenon_trap){ __VA_ARGS__ }); \
	}

TRAP(trap_again, .pc = 0)
TRAP(trap_to_kernel, .pc = KERNEL_IMAGE)
TRAP(trap_to_odd, .pc = NOT_CANONICAL)
TRAP(trap_flags, .pc = (uintptr_t)after_trap, .flags = 0xffffffffffdaffffull)
TRAP(trap_stack, .pc = (uintptr_t)after_trap, .reg[7] = NOT_CANONICAL)
TRAP(trap_kernel_stack, .pc = (uintptr_t)after_trap, .reg[7] = DIRECT_MAP + 0x200000)

static int fault_in_trap(struct tenon_trap *t)
{
	(void)t;
	__asm__ volatile("ud2");
	return 1;
}

static void trap_in_trap(void)
{
	tenon_trap_register(THIS_MODULE, fault_in_trap);
	__asm__ volatile("ud2");
}

/* ---- the kernel's stack, and its memory ---- */

static tenon_handle nested;

static void no_frame(void *ctx, int interface, const void *frame, size_t len)
{
	(void)ctx, (void)interface, (void)frame, (void)len;
}

/*
 * Each of these changes is in the one before, until the kernel goes no deeper. There it asks for what takes most of a
 * stack.
 */
static void hear_change(void *ctx, int interface)
{
	(void)ctx, (void)interface;
	tenon_netdev_carrier(nested, 1);
	tenon_request_module("nosuch", tenon_clock_ns() + 1000000000);
}

static int turn_on(void *ctx)
{
	(void)ctx;
	return 0;
}

static void turn_off(void *ctx)
{
	(void)ctx;
}

static int no_transmit(void *ctx, const void *frames, size_t len)
{
	(void)ctx, (void)frames, (void)len;
	return -TENON_EIO;
}

static tenon_handle netdev(void)
{
	static const struct tenon_netdev_ops ops = { .open = turn_on, .stop = turn_off, .transmit = no_transmit };
	struct tenon_netdev_config config = { .size = sizeof(config), .type = 772, .mtu = 1500, .mtu_max = 1500 };

	return tenon_netdev_register(THIS_MODULE, 0, "faulty%", &config, &ops, NULL);
}

static void nest(void)
{
	static const struct tenon_protocol_ops ops = { .receive = no_frame, .change = hear_change };
	tenon_handle protocol;

	nested = netdev();
	protocol = tenon_protocol_register(THIS_MODULE, 0, &ops, NULL);
	tenon_netdev_carrier(nested, 1);
	tenon_protocol_unregister(protocol);
	tenon_netdev_unregister(nested);
}

static void no_change(void *ctx, int interface)
{
	(void)ctx, (void)interface;
}

/* All are asked about each frame and each interface. */
static void protocols(void)
{
	static const struct tenon_protocol_ops ops = { .receive = no_frame, .change = no_change };
	unsigned int cnt = 0;

	while (!tenon_handle_error(tenon_protocol_register(THIS_MODULE, 0, &ops, NULL)))
		cnt++;
	pr_notice("%u protocols\n", cnt);
}

/* Each has many buffers, which are pages of the kernel's. */
static void netdevs(void)
{
	unsigned int cnt = 0;

	while (!tenon_handle_error(netdev()))
		cnt++;
	pr_notice("%u network devices\n", cnt);
}

static const struct deed deeds[] = {
	DEED(single_step),    DEED(flags),         DEED(segments),    DEED(odd_stack),          DEED(push_odd),
	DEED(gate_none),      DEED(gate_negative), DEED(gate_wide),   DEED(gate_linux),         DEED(done_early),
	DEED(gate_odd_stack), DEED(unaligned),     DEED(step_gate),   DEED(step_stack_segment), DEED(iopl),
	DEED(string_flag),    DEED(push_kernel),   DEED(gate_stacks), DEED(gate_registers),     DEED(trap_again),
	DEED(trap_to_kernel), DEED(trap_to_odd),   DEED(trap_flags),  DEED(trap_stack),         DEED(trap_kernel_stack),
	DEED(trap_in_trap),   DEED(nest),          DEED(netdevs),     DEED(protocols),
};

MOMENT_MODULE(confuse);
MODULE_DESCRIPTION("Confuses the kernel");
