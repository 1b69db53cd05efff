/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What the native interface needs of this board: struct tenon_kpi_host. There is one thread, and the tick's interrupt,
 * so a lock forbids interrupts, and whoever waits sleeps until one has come.
 */
#include "port/mps2/board.h"
#include "port/mps2/mps2.h"
#include "tenon/runtime.h"

struct lock {
	uint32_t irq; /* interrupts as they were when it was taken */
	uint32_t wakes;
};

static struct lock *lock_of(struct tenon_kpi_lock *l)
{
	return (struct lock *)l;
}

static void lock_init(struct tenon_kpi_lock *l)
{
	(void)l; /* zeroed: no wake yet */
}

static void lock(struct tenon_kpi_lock *l)
{
	uint32_t irq = irq_save();

	lock_of(l)->irq = irq;
}

static void unlock(struct tenon_kpi_lock *l)
{
	irq_restore(lock_of(l)->irq);
}

static void wake(struct tenon_kpi_lock *l)
{
	lock_of(l)->wakes++;
}

/* The tick comes every millisecond, so a deadline is seen a millisecond late at most. */
static int wait(struct tenon_kpi_lock *l, uint64_t deadline_ns)
{
	volatile const uint32_t *wakes = &lock_of(l)->wakes;
	uint32_t seen = *wakes;

	unlock(l);
	while (*wakes == seen && clock_ns() < deadline_ns)
		__asm__ volatile("wfi" : : : "memory");
	lock(l);
	return 0;
}

/* Also called by the interrupt. */
static void *alloc(size_t bytes)
{
	uint32_t irq = irq_save();
	void *p = pool_alloc(&mps2_heap, bytes);

	irq_restore(irq);
	if (p)
		memset(p, 0, bytes);
	return p;
}

static void release(void *memory, size_t bytes)
{
	uint32_t irq = irq_save();

	pool_free(&mps2_heap, memory, bytes);
	irq_restore(irq);
}

static struct tenon_kpi_thread *self(void)
{
	return &mps2_threads[in_interrupt()].kpi;
}

/*
 * The arguments as the procedure call standard has them (AAPCS32, 6.5): one word each, but 8 bytes in an even and an
 * odd one. The first four go in registers, whatever a function does not take is not looked at.
 */
static void to_words(const struct kpi_call *type, const uint64_t args[KPI_ARGS_MAX], uint32_t words[2 * KPI_ARGS_MAX])
{
	unsigned int at = 0;

	for (unsigned int i = 0; i < KPI_ARGS_MAX; i++) {
		bool wide = type && i < type->argc && type->arg[i].kind == KPI_VALUE && type->arg[i].size == 8;

		if (wide)
			at = (at + 1) & ~1u;
		words[at++] = (uint32_t)args[i];
		if (wide)
			words[at++] = (uint32_t)(args[i] >> 32);
	}
}

static int call(struct tenon_kpi_domain *d, const struct tenon_kpi_code *code, const uint64_t args[KPI_ARGS_MAX],
		int64_t *result)
{
	uint64_t (*fn)(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t) =
	    (void *)code->address;
	uint32_t w[2 * KPI_ARGS_MAX] = { 0 };
	struct tenon_kpi_entry entry;
	struct tenon_kpi_thread *t = self();

	to_words(code->type, args, w);
	tenon_kpi_enter(t, d, UINT64_MAX, &entry);
	*result = (int64_t)fn(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]);
	tenon_kpi_leave(t, &entry);
	return 0;
}

static void fault(struct tenon_kpi_domain *d, const char *why)
{
	(void)d;
	mps2_panic(NULL, why);
}

const struct tenon_kpi_host mps2_primitives = {
	.alloc = alloc,
	.free = release,
	.lock_init = lock_init,
	.lock = lock,
	.unlock = unlock,
	.wait = wait,
	.wake = wake,
	.self = self,
	.call = call,
	.fault = fault,
	.random = board_random,
};
