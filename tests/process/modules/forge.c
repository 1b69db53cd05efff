/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Goes past the gates of the process host, x86-64: speaks to the host by itself, changes what the host is being told,
 * jumps into the domain's program, sets registers. moment.h says how it is told to.
 */
#include "port/process/domain/protocol.h"
#include "modules/faulty/moment.h"

#define PROGRAM 0x10000000000ul /* where the domain's program is: a page of headers, one of code, one of constants */

static unsigned long number;
module_param(number, ulong, 0444);

static uint8_t page[8192] __attribute__((aligned(4096)));

static volatile struct channel *own_channel(void)
{
	volatile struct channel *ch;

	__asm__ volatile("mov %%fs:%c1, %0" : "=r"(ch) : "i"(__builtin_offsetof(struct channel, own)));
	return ch;
}

/* Give the turn with whatever the channel holds, and wait for it. */
static void say(volatile struct channel *ch, uint32_t op)
{
	ch->op = op;
	if (__atomic_exchange_n(&ch->turn, TURN_HOST, __ATOMIC_SEQ_CST) & TURN_SLEEPS) {
		long nr = 202; /* futex, WAKE */

		__asm__ volatile("syscall" : "+a"(nr) : "D"(&ch->turn), "S"(1), "d"(1) : "rcx", "r11", "memory");
	}
	while (!(__atomic_load_n(&ch->turn, __ATOMIC_ACQUIRE) & TURN_DOMAIN))
		__builtin_ia32_pause();
}

static void op(void)
{
	say(own_channel(), (uint32_t)number);
}

static void gate(void)
{
	own_channel()->index = (uint32_t)number;
	say(own_channel(), OP_GATE);
}

/* A page fault that never happened. */
static void fault(void)
{
	own_channel()->index = 11;
	own_channel()->args[1] = 14;
	say(own_channel(), OP_FAULT);
}

static int fault_again(struct tenon_trap *trap)
{
	(void)trap;
	fault();
	return 1;
}

static void trap(void)
{
	tenon_trap_register(THIS_MODULE, fault_again);
	fault();
}

/* ---- what the host reads changes while it reads ---- */

static volatile struct channel *target;

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void rewrite(void *unused)
{
	uint64_t random = 88172645463325252ull;

	(void)unused;
	while (!tenon_thread_should_stop())
		for (int i = 0; i < 4000; i++) {
			target->args[i % DOMAIN_ARGS] =
			    next_random(&random) % 3 ? (uint64_t)page + random % sizeof(page) : random;
			target->address = random;
		}
}

static void race(void)
{
	uint8_t bytes[64];

	target = own_channel();
	tenon_thread_create(THIS_MODULE, rewrite, NULL, "rewrite");
	for (unsigned int i = 0; i < 20000; i++) {
		tenon_random(bytes, sizeof(bytes));
		if (!(i % 64))
			tenon_log(TENON_LEVEL_DEBUG, "race", 4);
		tenon_event_destroy(tenon_event_create(THIS_MODULE));
	}
}

/* ---- memory and code that is not its own ---- */

static void write_start(void)
{
	*(volatile uint64_t *)DOMAIN_START = 0;
}

static void write_program(void)
{
	*(volatile uint64_t *)(PROGRAM + 0x2000) = 0;
}

static void write_gate(void)
{
	*(volatile uint64_t *)(uintptr_t)tenon_clock_ns = 0;
}

/* To the system calls in the program, with arguments for mmap: readable and executable, of the domain's memory. */
static void jump(void)
{
	unsigned long found = 0;

	for (const uint8_t *p = (const uint8_t *)PROGRAM + 0x1000; p < (const uint8_t *)PROGRAM + 0x2000; p++) {
		if (p[0] != 0x0f || p[1] != 0x05 || found++ != number)
			continue;
		__asm__ volatile("mov $3, %%r8; mov $0x11, %%r10; mov $0, %%r9; call *%0"
				 :
				 : "r"(p), "a"(9), "D"(page), "S"(4096), "d"(5)
				 : "r8", "r9", "r10", "r11", "rcx", "memory");
	}
}

/* ---- other ways into the kernel ---- */

static void int80(void)
{
	long nr = 20; /* getpid */

	__asm__ volatile("int $0x80" : "+a"(nr) : : "memory");
}

static void vsyscall(void)
{
	((long (*)(void *, void *))0xffffffffff600000ul)(page, NULL);
}

/* ---- registers ---- */

/* Direction, nested task, alignment check: whoever runs next on this thread must not find them. */
static void flags(void)
{
	__asm__ volatile("pushfq; orq $0x44400, (%%rsp); popfq" : : : "memory", "cc");
}

static void single_step(void)
{
	__asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq; nop" : : : "memory", "cc");
}

/* Another thread's channel, or none, as its own. */
static void thread_base(void)
{
	uint64_t base = number ? number : (uint64_t)own_channel() + CHANNEL_BYTES;

	__asm__ volatile("wrfsbase %0" : : "r"(base) : "memory");
	tenon_clock_ns();
}

static void data_base(void)
{
	__asm__ volatile("wrgsbase %0" : : "r"(number) : "memory");
}

static void no_stack(void)
{
	__asm__ volatile("mov %0, %%rsp; push %%rax" : : "r"(number) : "memory");
}

static const struct deed deeds[] = {
	{ "op", op },
	{ "gate", gate },
	{ "fault", fault },
	{ "trap", trap },
	{ "race", race },
	{ "write_start", write_start },
	{ "write_program", write_program },
	{ "write_gate", write_gate },
	{ "jump", jump },
	{ "int80", int80 },
	{ "vsyscall", vsyscall },
	{ "flags", flags },
	{ "single_step", single_step },
	{ "thread_base", thread_base },
	{ "data_base", data_base },
	{ "no_stack", no_stack },
};

MOMENT_MODULE(forge);
MODULE_DESCRIPTION("Goes past the gates");
