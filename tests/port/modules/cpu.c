/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What touches the processor: live text, virtual CPUs, traps. x86-64 only. */
#include "tests.h"

/* ---- text ---- */

static __attribute__((noinline, noclone)) int number(void)
{
	int n;

	__asm__ volatile(".globl selftest_patch\nselftest_patch: movl $1, %0" : "=r"(n));
	return n;
}

extern uint8_t selftest_patch[];

int test_text(void)
{
	static const uint32_t two = 2, one = 1;
	static const char constant[] = "constant";

	CHECK(number() == 1);
	CHECK(!tenon_text_write(THIS_MODULE, selftest_patch + 1, &two, 4)); /* movl $n: one byte, then n */
	CHECK(number() == 2);
	CHECK(!tenon_text_write(THIS_MODULE, selftest_patch + 1, &one, 4) && number() == 1);
	CHECK(!tenon_text_write(THIS_MODULE, (void *)(uintptr_t)constant, "C", 1));
	CHECK(*(volatile const char *)constant == 'C');
	CHECK(tenon_text_write(THIS_MODULE, (void *)(uintptr_t)memcpy, "C", 1) == -TENON_EPERM);
	CHECK(tenon_text_write(THIS_MODULE, (void *)16, "C", 1) == -TENON_EINVAL);
	return 0;
}

/* ---- virtual CPUs ---- */

static struct tenon_vcpu_set set = {
	.size = sizeof(set), .cnt = 2, .window_bytes = 8192, .hold_offset = 64, .hold_mask = 1
};
static tenon_handle vcpus, event;
static volatile int seen;

static uint64_t read_gs(void)
{
	uint64_t value;

	__asm__ volatile("mov %%gs:128, %0" : "=r"(value));
	return value;
}

static void mark_windows(void)
{
	for (uint32_t i = 0; i < set.cnt; i++)
		*(uint64_t *)((char *)set.windows + i * set.stride + 128) = 100 + i;
}

int test_vcpu(void)
{
	int nr;

	vcpus = tenon_vcpu_create(THIS_MODULE, &set);
	CHECK(!tenon_handle_error(vcpus) && set.windows && set.stride >= 8192 && !((uintptr_t)set.windows & 4095));
	mark_windows();
	CHECK(tenon_vcpu_current() == -TENON_ENODEV && tenon_vcpu_release() == -TENON_ENODEV && !tenon_vcpu_window());
	nr = tenon_vcpu_acquire(vcpus, 0);
	CHECK(nr >= 0 && nr < 2 && tenon_vcpu_current() == nr);
	CHECK(read_gs() == 100 + (uint64_t)nr);
	CHECK(tenon_vcpu_window() == (char *)set.windows + (size_t)nr * set.stride);
	CHECK(tenon_vcpu_acquire(vcpus, 0) == -TENON_EDEADLK);
	CHECK(tenon_vcpu_destroy(vcpus) == -TENON_EBUSY);
	CHECK(!tenon_sleep_until(in_ms(5)) && read_gs() == 100 + (uint64_t)nr);
	CHECK(!tenon_vcpu_release());
	CHECK(!tenon_vcpu_destroy(vcpus));
	return 0;
}

static int taken;

static void take_and_wait(void *arg)
{
	int nr = tenon_vcpu_acquire(vcpus, FOREVER);

	(void)arg;
	if (nr >= 0 && read_gs() == 100 + (uint64_t)nr)
		__atomic_fetch_add(&taken, 1, __ATOMIC_SEQ_CST);
	tenon_event_wait(event, FOREVER);
	tenon_vcpu_release();
}

int test_vcpu_wait(void)
{
	tenon_handle threads[2];
	int nr;

	vcpus = tenon_vcpu_create(THIS_MODULE, &set);
	mark_windows();
	event = tenon_event_create(THIS_MODULE);
	taken = 0;
	for (int i = 0; i < 2; i++)
		threads[i] = tenon_thread_create(THIS_MODULE, take_and_wait, NULL, "vcpu");
	while (__atomic_load_n(&taken, __ATOMIC_SEQ_CST) < 2)
		tenon_sleep_until(in_ms(1));
	CHECK(tenon_vcpu_acquire(vcpus, in_ms(20)) == -TENON_ETIMEDOUT);
	CHECK(!tenon_event_set(event));
	nr = tenon_vcpu_acquire(vcpus, FOREVER);
	CHECK(nr >= 0 && read_gs() == 100 + (uint64_t)nr);
	CHECK(!tenon_event_set(event) && !tenon_vcpu_release());
	for (int i = 0; i < 2; i++)
		CHECK(!tenon_thread_join(threads[i], FOREVER));
	CHECK(!tenon_vcpu_destroy(vcpus) && !tenon_event_destroy(event));
	return 0;
}

/* ---- traps ---- */

static struct tenon_trap last;

/* Goes on where rdx says; rax tells that it was here. */
static int fix(struct tenon_trap *trap)
{
	last = *trap;
	if (trap->reg[1] < 4096)
		return 0;
	trap->pc = trap->reg[1];
	trap->reg[0] = 77;
	return 1;
}

/* Run an instruction that traps, with rax = 5 and rcx = 0x10. Return: rax afterwards. */
#define TRAPPING(instruction)                                                                                          \
	({                                                                                                             \
		unsigned long rax = 5, rcx = 0x10, rdx;                                                                \
		__asm__ volatile("lea 1f(%%rip), %%rdx\n" instruction "\n1:"                                           \
				 : "+a"(rax), "+c"(rcx), "=&d"(rdx)::"memory", "cc");                                  \
		rax;                                                                                                   \
	})

int test_trap_access(void)
{
	tenon_handle h = tenon_trap_register(THIS_MODULE, fix);

	CHECK(!tenon_handle_error(h));
	CHECK(TRAPPING("mov (%%rcx), %%rax") == 77);
	CHECK(last.kind == TENON_TRAP_ACCESS && last.access == TENON_TRAP_READ && last.address == 0x10);
	CHECK(last.reg_cnt == 16 && last.reg[0] == 5 && last.reg[2] == 0x10);
	CHECK(TRAPPING("mov %%rax, (%%rcx)") == 77 && last.access == TENON_TRAP_WRITE);
	CHECK(!tenon_trap_unregister(h));
	CHECK(tenon_trap_unregister(h) == -TENON_EBADF);
	return 0;
}

int test_trap_kinds(void)
{
	tenon_handle h = tenon_trap_register(THIS_MODULE, fix);

	CHECK(TRAPPING("ud2") == 77 && last.kind == TENON_TRAP_ILLEGAL);
	CHECK(TRAPPING("int3") == 77 && last.kind == TENON_TRAP_BREAKPOINT);
	CHECK(TRAPPING("cli") == 77 && last.kind == TENON_TRAP_PRIVILEGED);
	CHECK(TRAPPING("mov $0x8000000000000000, %%rcx\n mov (%%rcx), %%rax") == 77 &&
	      last.kind == TENON_TRAP_PRIVILEGED);
	/* rdx is the upper half of the dividend too: divide by a byte instead, ax / cl */
	CHECK(TRAPPING("xor %%ecx, %%ecx\n div %%cl") == 77 && last.kind == TENON_TRAP_DIVIDE);
	CHECK(!tenon_trap_unregister(h));
	return 0;
}

/* Of several functions the newest comes first, and the next if that does not fix it. */
static int never(struct tenon_trap *trap)
{
	trap->pc = 0;
	seen = 1;
	return 0;
}

int test_trap_refused(void)
{
	tenon_handle first = tenon_trap_register(THIS_MODULE, fix), second = tenon_trap_register(THIS_MODULE, never);

	seen = 0;
	CHECK(TRAPPING("ud2") == 77 && seen);
	CHECK(tenon_handle_error(tenon_trap_register(THIS_MODULE, (tenon_trap_fn *)&last)) == -TENON_EINVAL);
	CHECK(!tenon_trap_unregister(second) && !tenon_trap_unregister(first));
	return 0;
}
