/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What the native interface needs of a kernel with one address space: eleven functions, which kpi_host.h describes. The
 * second half of docs/porting.md says what to add for threads, for pages, and for isolated domains. As in required.c
 * each fails or panics until it is written.
 */
#include "port/template/template.h"

/* 1, 2. As the contract's, but zeroed. An interrupt that calls timers comes here too. */
static void *kpi_alloc(size_t bytes)
{
	(void)bytes;
	return NULL;
}

static void kpi_free(void *memory, size_t bytes)
{
	(void)memory, (void)bytes;
	template_panic(NULL, "kpi_free: nothing was ever allocated");
}

/* 3. Room for a lock of yours, zeroed. If that is a usable lock there is nothing to do. */
static void kpi_lock_init(struct tenon_kpi_lock *l)
{
	(void)l;
	template_panic(NULL, "kpi_lock_init is not written yet");
}

/* 4, 5. A lock that nobody sleeps under: a spin lock, or interrupts off and their state kept in @l. They nest. */
static void kpi_lock(struct tenon_kpi_lock *l)
{
	(void)l;
	template_panic(NULL, "kpi_lock is not written yet");
}

static void kpi_unlock(struct tenon_kpi_lock *l)
{
	(void)l;
	template_panic(NULL, "kpi_unlock is not written yet");
}

/*
 * 6, 7. A count in @l that wake() changes does it: note the count, release, sleep until the count is another or the
 * deadline has come, lock. With one thread "sleep" is to wait for the next interrupt.
 */
static int kpi_wait(struct tenon_kpi_lock *l, uint64_t deadline_ns)
{
	(void)l, (void)deadline_ns;
	return -TENON_EINTR;
}

static void kpi_wake(struct tenon_kpi_lock *l)
{
	(void)l;
	template_panic(NULL, "kpi_wake is not written yet");
}

/* 8. One for each thread, beside its struct tenon_thread; and one for the interrupt, if that calls tenon_kpi_tick(). */
static struct tenon_kpi_thread *kpi_self(void)
{
	template_panic(NULL, "kpi_self is not written yet");
	return NULL;
}

/*
 * 9. Between tenon_kpi_enter() and tenon_kpi_leave() call code->address with the six arguments in registers. On a
 * 32-bit CPU those that code->type says are 8 bytes wide take two (port/mps2/primitives.c).
 */
static int kpi_call(struct tenon_kpi_domain *d, const struct tenon_kpi_code *code, const uint64_t args[KPI_ARGS_MAX],
		    int64_t *result)
{
	(void)d, (void)code, (void)args, (void)result;
	return -TENON_EFAULT;
}

/* 10. The module has made a mistake that no error can answer: do as when it traps. Never returns here. */
static void kpi_fault(struct tenon_kpi_domain *d, const char *why)
{
	(void)d;
	template_panic(NULL, why);
}

/* 11. Random bytes, from the hardware or seeded well; an error is better than bytes that can be guessed. */
static int kpi_random(void *to, size_t bytes)
{
	(void)to, (void)bytes;
	return -TENON_EAGAIN;
}

const struct tenon_kpi_host template_kpi_host = {
	.alloc = kpi_alloc,
	.free = kpi_free,
	.lock_init = kpi_lock_init,
	.lock = kpi_lock,
	.unlock = kpi_unlock,
	.wait = kpi_wait,
	.wake = kpi_wake,
	.self = kpi_self,
	.call = kpi_call,
	.fault = kpi_fault,
	.random = kpi_random,
};
