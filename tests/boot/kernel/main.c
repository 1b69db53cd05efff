// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Chooses and runs a test. What was there before must be there after it: pages, heap objects, threads. */
#include "test.h"

#include <stdarg.h>
#include <stdatomic.h>

#include "tenon/runtime.h"
#include "kernel/boot.h"
#include "kernel/console.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/sched/run.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "kernel/sched/wait.h"

static const struct {
	const char *name;
	void (*fn)(void);
} tests[] __initconst = {
	{ "memory", test_memory }, { "paging", test_paging }, { "tables", test_tables }, { "threads", test_threads },
	{ "waits", test_waits },   { "timers", test_timers }, { "stress", test_stress }, { "gates", test_gates },
};

static unsigned done, failed;

static void say(const char *fmt, ...)
{
	char line[160];
	va_list args;
	int len;

	va_start(args, fmt);
	len = tenon_vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	console_write(line, (size_t)len < sizeof(line) ? (size_t)len : sizeof(line) - 1);
	console_write("\n", 1);
}

void ok(bool pass, const char *fmt, ...)
{
	char name[128];
	va_list args;

	va_start(args, fmt);
	tenon_vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	failed += !pass;
	say("%sok %u - %s", pass ? "" : "not ", ++done, name);
}

uint32_t pseudo_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

static struct {
	void (*fn)(void *number);
	_Atomic unsigned left;
	struct wait_queue queue;
} crowd = { .queue = WAIT_QUEUE_INIT };

static void member(void *number)
{
	crowd.fn(number);
	atomic_fetch_sub(&crowd.left, 1);
	wait_wake_all(&crowd.queue);
}

void run_threads(unsigned cnt, void (*fn)(void *number))
{
	crowd.fn = fn;
	atomic_store(&crowd.left, cnt);
	for (unsigned i = 0; i < cnt; i++) {
		struct thread *t;

		ASSERT(!thread_make("member", member, (void *)(uintptr_t)i, &t));
		thread_start(t);
	}
	wait_event(&crowd.queue, !atomic_load(&crowd.left), DEADLINE_NONE, WAIT_DEADLINE);
}

/* ---- one test ---------------------------------------------------------------------------------------------------- */

struct state {
	struct page_totals pages;
	struct heap_totals heap;
	struct thread_totals threads;
};

/* Threads that have done their work may still be about to end: until as many as @threads are left, but not for ever. */
static void look(struct state *s, unsigned threads)
{
	for (unsigned i = 0; i < 10000; i++) {
		thread_totals(&s->threads);
		if (s->threads.threads <= threads)
			break;
		wait_event(&crowd.queue, false, clock_ns() + NS_PER_SECOND / 1000,
			   WAIT_DEADLINE); /* a host may stop its CPU */
	}
	stacks_trim();
	page_totals(&s->pages);
	heap_totals(&s->heap);
}

/* How many stacks there are at once is chance. The page tables of more than any test needs, which stay. */
static void make_stack_tables(void)
{
	uint8_t *tops[256];

	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++) {
		tops[i] = stack_make();
		ASSERT(tops[i]);
	}
	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++)
		stack_drop(tops[i]);
	stacks_trim();
}

/*
 * A first time, which makes page tables of the windows for stacks and devices, that stay; then the one that counts. It does
 * not return, since boot_tests() may be gone after it.
 */
static _Noreturn __attribute__((noinline)) void run(void (*fn)(void))
{
	struct state before, after;

	make_stack_tables();
	fn();
	look(&before, 1);
	fn();
	look(&after, before.threads.threads);
	ok(after.pages.free == before.pages.free && after.pages.promised == before.pages.promised,
	   "pages: %llu free, %llu promised as before (%llu, %llu)", (unsigned long long)after.pages.free,
	   (unsigned long long)after.pages.promised, (unsigned long long)before.pages.free,
	   (unsigned long long)before.pages.promised);
	ok(after.heap.objects == before.heap.objects && after.heap.bytes == before.heap.bytes,
	   "heap: %llu objects as before (%llu)", (unsigned long long)after.heap.objects,
	   (unsigned long long)before.heap.objects);
	ok(after.threads.threads == before.threads.threads, "threads: %u as before (%u)", after.threads.threads,
	   before.threads.threads);
	say("1..%u", done);
	machine_report_status(failed != 0);
	machine_power_off();
}

/* Called by the boot instead of starting a first program. */
void __init boot_tests(void)
{
	char name[32];

	if (!boot_option("test", name, sizeof(name)))
		name[0] = '\0';
	for (unsigned i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		if (!strcmp(name, tests[i].name))
			run(tests[i].fn);
	test_panic(name);
	say("Bail out! there is no test '%s'", name);
	machine_power_off();
}
