// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Broken invariants of the kernel's own, one a name. Each must end in the panic that tests/boot/kernel.sh expects. */
#include "test.h"

#include "tenon/runtime.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/sched/lock.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "kernel/sched/wait.h"
#include "kernel/vfs/vfs.h"

static struct spinlock spin = SPINLOCK_INIT(LOCK_LEAF);
static struct mutex upper = MUTEX_INIT(LOCK_NODE), lower = MUTEX_INIT(LOCK_OBJECT);

static void null_write(void)
{
	volatile int *volatile nowhere = NULL;

	nowhere[2] = 1;
}

static void text_write(void)
{
	*(volatile char *)(uintptr_t)null_write = 0;
}

static void data_exec(void)
{
	static uint8_t code[] = { 0xc3 };

	((void (*)(void))(uintptr_t)code)();
}

static void user_read(void)
{
	(void)*(volatile int *)0x400000;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winfinite-recursion"
static __attribute__((noinline)) int overflow_stack(volatile int *depth)
{
	volatile int here[64];

	here[0] = *depth + 1;
	return overflow_stack(here) + here[0];
}
#pragma GCC diagnostic pop

static void stack_overflow(void)
{
	volatile int depth = 0;

	overflow_stack(&depth);
}

static void stack_in_heap(void)
{
	uint8_t *memory = heap_alloc_zeroed(STACK_BYTES);

	__asm__ volatile("movq %0, %%rsp; ud2" : : "r"(memory + STACK_BYTES / 2) : "memory");
}

static void canary(void)
{
	volatile char small[8];

	for (volatile unsigned i = 0; i < 32; i++)
		((volatile char *)small)[i] = 1;
}

static void divide(void)
{
	volatile int zero = 0;

	zero = 10 / zero;
}

static void page_freed_twice(void)
{
	struct page *page = page_alloc(0);

	page_put(page);
	page_put(page);
}

static void heap_use_after_free(void)
{
	char *object = heap_alloc(48), *keep = heap_alloc(48);

	heap_free(object);
	object[20] = 1;
	heap_free(heap_alloc(48));
	heap_free(keep);
}

static void lock_order(void)
{
	mutex_lock(&lower);
	mutex_lock(&upper);
}

static void lock_twice(void)
{
	spin_lock(&spin);
	spin_lock(&spin);
}

static void lock_sleep(void)
{
	spin_lock(&spin);
	sleep_until(clock_ns() + 1000, WAIT_DEADLINE);
}

static void lock_not_held(void)
{
	mutex_unlock(&lower);
}

static void stuck(void)
{
	interrupts_disable();
	for (;;)
		cpu_pause();
}

/* Where the linker lets nobody but the boot's own list point. */
static void (*const __initconst volatile only_booting)(void) = vfs_init;

static void init_call(void)
{
	paging_free_init();
	only_booting();
}

static const struct {
	const char *name;
	void (*fn)(void);
} panics[] = {
	{ "null-write", null_write },
	{ "text-write", text_write },
	{ "data-exec", data_exec },
	{ "init-call", init_call },
	{ "user-read", user_read },
	{ "stack-overflow", stack_overflow },
	{ "stack-in-heap", stack_in_heap },
	{ "canary", canary },
	{ "divide", divide },
	{ "page-freed-twice", page_freed_twice },
	{ "heap-use-after-free", heap_use_after_free },
	{ "lock-order", lock_order },
	{ "lock-twice", lock_twice },
	{ "lock-sleep", lock_sleep },
	{ "lock-not-held", lock_not_held },
	{ "stuck", stuck },
};

void test_panic(const char *name)
{
	for (unsigned i = 0; i < sizeof(panics) / sizeof(*panics); i++)
		if (!strcmp(name, panics[i].name))
			panics[i].fn();
}
