// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Timers run once, never early; cancelled ones do not. */
#include "test.h"

#include <stdatomic.h>

#include "kernel/sched/timer.h"
#include "kernel/sched/wait.h"

#define CNT 500
#define US 1000ull

static struct {
	struct timer timer;
	_Atomic unsigned runs;
} timers[CNT];

static _Atomic unsigned ran, early;

static void run_once(struct timer *t)
{
	if (clock_ns() < t->deadline_ns)
		atomic_fetch_add(&early, 1);
	for (unsigned i = 0; i < CNT; i++)
		if (&timers[i].timer == t)
			atomic_fetch_add(&timers[i].runs, 1);
	atomic_fetch_add(&ran, 1);
}

/* All are set by one thread in one go, far enough ahead that they stand in one heap; every third is cancelled. */
static void many(void)
{
	uint64_t start = clock_ns() + 20000 * US;
	uint32_t random = 7;
	unsigned cancelled = 0, wrong = 0;

	atomic_store(&ran, 0);
	for (unsigned i = 0; i < CNT; i++) {
		atomic_store(&timers[i].runs, 0);
		timer_set(&timers[i].timer, start + pseudo_random(&random) % 20000 * US, run_once);
	}
	for (unsigned i = 0; i < CNT; i += 3)
		if (timer_cancel(&timers[i].timer)) {
			cancelled++;
			wrong += atomic_load(&timers[i].runs) != 0;
		}
	while (atomic_load(&ran) + cancelled < CNT)
		sleep_until(clock_ns() + 1000 * US, WAIT_DEADLINE);
	for (unsigned i = 0; i < CNT; i++) {
		wrong += atomic_load(&timers[i].runs) > 1;
		wrong += timer_cancel(&timers[i].timer);
	}
	ok(!wrong, "each runs once or is cancelled (%u are)", cancelled);
	ok(!atomic_load(&early), "none is early");
}

void test_timers(void)
{
	uint64_t a = clock_ns(), b;
	unsigned back = 0;

	for (unsigned i = 0; i < 10000; i++, a = b)
		back += (b = clock_ns()) < a;
	ok(!back, "time does not go back");
	many();
}
