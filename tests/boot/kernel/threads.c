// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Threads begin and end, in numbers; preemption; all memory used up by them is an errno. */
#include "test.h"

#include <stdatomic.h>

#include "tenon/errno.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/log.h"
#include "kernel/sched/run.h"
#include "kernel/sched/thread.h"

static _Atomic unsigned count, seen_cpus;
static _Atomic bool stop;

static void once(void *number)
{
	(void)number;
	atomic_fetch_add(&count, 1);
}

/* Never gives the CPU away by itself. */
static void spin(void *number)
{
	if (!number) {
		while (atomic_load(&count) < 3 * cpu_cnt)
			thread_yield();
		atomic_store(&stop, true);
		return;
	}
	atomic_fetch_add(&count, 1);
	while (!atomic_load(&stop)) {
		atomic_fetch_or(&seen_cpus, 1u << cpu_current()->index);
		cpu_pause();
	}
}

static void exhaust(void)
{
	struct thread *list = NULL, *t;
	unsigned cnt = 0;
	int err;

	while (!(err = thread_make("one of many", once, NULL, &t))) {
		t->arg = list;
		list = t;
		cnt++;
	}
	ok(err == -TENON_ENOMEM && cnt > 100, "all memory in threads ends in an error: %u", cnt);
	while (list) {
		t = list;
		list = t->arg;
		thread_drop(t);
	}
}

void test_threads(void)
{
	atomic_store(&count, 0);
	run_threads(200, once);
	ok(atomic_load(&count) == 200, "200 threads run and end");

	atomic_store(&count, 0);
	atomic_store(&stop, false);
	atomic_store(&seen_cpus, 0);
	run_threads(1 + 3 * cpu_cnt, spin);
	ok(atomic_load(&count) == 3 * cpu_cnt, "threads that never yield are made to");
	ok(atomic_load(&seen_cpus) == (1u << cpu_cnt) - 1, "they run on every CPU");
	exhaust();
}
