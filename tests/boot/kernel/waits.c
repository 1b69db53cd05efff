// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Every wait ends: by a wake-up, by its deadline, by a signal; and no wake-up is lost. */
#include "test.h"

#include <stdatomic.h>

#include "tenon/errno.h"
#include "kernel/log.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "kernel/sched/wait.h"

#define ROUNDS 300
#define MS 1000000ull

static struct wait_queue queue = WAIT_QUEUE_INIT, other = WAIT_QUEUE_INIT;
static _Atomic unsigned turn;
static _Atomic int result;
static struct thread *_Atomic sleeper;

static void ping_pong(void *number)
{
	unsigned self = (unsigned)(uintptr_t)number;

	for (unsigned i = 0; i < ROUNDS; i++) {
		wait_event(&queue, atomic_load(&turn) % 2 == self, DEADLINE_NONE, WAIT_DEADLINE);
		atomic_fetch_add(&turn, 1);
		wait_wake_all(&queue);
	}
}

static void sleep_for_ever(void *mode)
{
	atomic_store(&sleeper, thread_current());
	atomic_store(&result, sleep_until(DEADLINE_NONE, (enum wait_mode)(uintptr_t)mode));
	thread_interrupt_clear(thread_current(), THREAD_SIGNAL | THREAD_KILL);
	wait_wake_all(&other);
}

/* One that is told to end does not end a wait for what it has to give back. */
static void insisting(void)
{
	struct thread *self = thread_current();
	uint64_t start = clock_ns();
	bool before = wait_insist(true);

	thread_interrupt(self, THREAD_KILL);
	ok(!before && sleep_until(start + 5 * MS, WAIT_KILL) == -TENON_ETIMEDOUT && clock_ns() >= start + 5 * MS,
	   "who has to give something back waits for that all the same");
	ok(wait_insist(before) && sleep_until(DEADLINE_NONE, WAIT_KILL) == -TENON_EINTR, "... and then no more");
	thread_interrupt_clear(self, THREAD_KILL);
}

/* Interrupts a thread that sleeps in @mode. Return: how its sleep ended; 1: it goes on. */
static int interrupted(enum wait_mode mode, unsigned what)
{
	struct thread *t;

	atomic_store(&result, 1);
	atomic_store(&sleeper, NULL);
	ASSERT(!thread_make("sleeper", sleep_for_ever, (void *)(uintptr_t)mode, &t));
	thread_start(t);
	while (!atomic_load(&sleeper))
		thread_yield();
	thread_interrupt(t, what);
	wait_event(&other, atomic_load(&result) != 1, clock_ns() + 20 * MS, WAIT_DEADLINE);
	if (atomic_load(&result) != 1)
		return atomic_load(&result);
	thread_interrupt(t, THREAD_KILL); /* so that it ends */
	wait_event(&other, atomic_load(&result) != 1, DEADLINE_NONE, WAIT_DEADLINE);
	return 1;
}

static void two_queues(void)
{
	struct wait w;
	struct waiter a, b;

	wait_init(&w);
	wait_add(&a, &w, &queue);
	wait_add(&b, &w, &other);
	wait_wake_all(&other);
	ok(wait_sleep(&w, DEADLINE_NONE, WAIT_DEADLINE) == 0,
	   "a wake-up before the sleep is not lost, of either queue");
	ok(wait_sleep(&w, clock_ns() + MS, WAIT_DEADLINE) == -TENON_ETIMEDOUT, "it counts once");
	wait_remove(&a);
	wait_remove(&b);
	ok(!queue.first && !other.first, "nobody is left in the queues");
}

void test_waits(void)
{
	uint64_t start = clock_ns();

	ok(sleep_until(start + 5 * MS, WAIT_KILL) == -TENON_ETIMEDOUT && clock_ns() >= start + 5 * MS,
	   "a deadline ends a sleep, and not too early");
	ok(wait_event(&queue, false, clock_ns() + MS, WAIT_SIGNAL) == -TENON_ETIMEDOUT, "likewise in a queue");
	ok(wait_event(&queue, true, 0, WAIT_SIGNAL) == 0, "what is so already needs no wait");
	two_queues();

	atomic_store(&turn, 0);
	run_threads(2, ping_pong);
	ok(atomic_load(&turn) == 2 * ROUNDS, "two threads take turns %u times", ROUNDS);

	ok(interrupted(WAIT_SIGNAL, THREAD_SIGNAL) == -TENON_EINTR, "a signal ends a sleep that takes signals");
	ok(interrupted(WAIT_SIGNAL, THREAD_KILL) == -TENON_EINTR, "so does being killed");
	ok(interrupted(WAIT_KILL, THREAD_KILL) == -TENON_EINTR, "which ends the others too");
	ok(interrupted(WAIT_KILL, THREAD_SIGNAL) == 1, "but a signal does not");
	insisting();
}
