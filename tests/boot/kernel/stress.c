// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Everything of the scheduler at once, on all CPUs: counters under spin locks and mutexes, a bounded queue between
 * makers and takers, threads that come and go, timers, stacks and tables that come and go.
 */
#include "test.h"

#include <stdatomic.h>

#include "kernel/arch/x86_64/cpu.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/sched/lock.h"
#include "kernel/sched/run.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "kernel/sched/wait.h"

#define ROUNDS 1000
#define ROOM 4
#define WORKERS 12

static struct spinlock spin = SPINLOCK_INIT(LOCK_LEAF);
static struct mutex outer = MUTEX_INIT(LOCK_NODE), inner = MUTEX_INIT(LOCK_OBJECT);
static struct wait_queue queue = WAIT_QUEUE_INIT;
static unsigned spin_cnt, mutex_cnt, inside;
static unsigned stored, made, taken;
static uint64_t made_sum, taken_sum, store[ROOM];
static _Atomic unsigned bad, children;

static void locks(uint32_t *random)
{
	spin_lock(&spin);
	spin_cnt++;
	spin_unlock(&spin);

	mutex_lock(&outer);
	if (pseudo_random(random) % 64 == 0)
		thread_yield();
	mutex_lock(&inner);
	if (inside++)
		atomic_fetch_add(&bad, 1);
	mutex_cnt++;
	inside--;
	mutex_unlock(&inner);
	mutex_unlock(&outer);
}

/* Under `inner`. Return: whether it could be done. */
static bool try_put(uint64_t value)
{
	bool room;

	mutex_lock(&inner);
	room = stored < ROOM;
	if (room) {
		store[stored++] = value;
		made++;
		made_sum += value;
	}
	mutex_unlock(&inner);
	return room;
}

static bool try_take(void)
{
	bool any;

	mutex_lock(&inner);
	any = stored;
	if (any) {
		taken_sum += store[--stored];
		taken++;
	}
	mutex_unlock(&inner);
	return any;
}

static void child(void *arg)
{
	heap_free(arg);
	atomic_fetch_sub(&children, 1);
	wait_wake_all(&queue);
}

static void make_child(void)
{
	struct thread *t;

	atomic_fetch_add(&children, 1);
	ASSERT(!thread_make("child", child, heap_alloc(100), &t));
	thread_start(t);
}

/* Even ones make what odd ones take. */
static void worker(void *number)
{
	uint32_t random = (uint32_t)(uintptr_t)number;

	for (unsigned i = 0; i < ROUNDS; i++) {
		locks(&random);
		if ((uintptr_t)number % 2)
			wait_event(&queue, try_take(), DEADLINE_NONE, WAIT_DEADLINE);
		else
			wait_event(&queue, try_put(i), DEADLINE_NONE, WAIT_DEADLINE);
		wait_wake_all(&queue);
		if (pseudo_random(&random) % 128 == 0)
			make_child();
		if (pseudo_random(&random) % 512 == 0)
			sleep_until(clock_ns() + pseudo_random(&random) % 100000, WAIT_DEADLINE);
		if (pseudo_random(&random) % 1024 == 0)
			stacks_trim();
	}
}

void test_stress(void)
{
	spin_cnt = mutex_cnt = made = taken = 0;
	made_sum = taken_sum = 0;
	run_threads(WORKERS, worker);
	wait_event(&queue, !atomic_load(&children), DEADLINE_NONE, WAIT_DEADLINE);
	ok(spin_cnt == WORKERS * ROUNDS, "a count under a spin lock is right");
	ok(mutex_cnt == WORKERS * ROUNDS && !atomic_load(&bad), "and under a mutex, which one thread has at a time");
	ok(made == taken && made == WORKERS / 2 * ROUNDS && made_sum == taken_sum && !stored, "nothing made is lost");
}
