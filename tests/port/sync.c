/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The lock, waiting, the clock, barriers on all CPUs, and what is known of threads. */
#include <string.h>

#include "tests/port/conformance.h"
#include "tests/tap.h"

#define MS 1000000ull
#define ROUNDS 20000
#define THREADS 3

struct shared {
	const struct port_under_test *port;
	unsigned long counter; /* protected by the lock */
	bool go, seen;         /* likewise */
	int x, y;              /* for the barrier: relaxed */
	struct tenon_thread *record;
};

static uint64_t now(const struct tenon_host *h)
{
	return h->now_ns(h->context);
}

static void test_clock(const struct tenon_host *h)
{
	uint64_t last = now(h), start = last, t;
	bool back = false;

	for (int i = 0; i < 10000; i++) {
		t = now(h);
		back |= t < last;
		last = t;
	}
	ok(!back, "the clock never goes back");
	while (now(h) == start)
		;
	ok(true, "the clock goes on");
}

static void count_up(void *arg)
{
	struct shared *s = arg;
	const struct tenon_host *h = s->port->host;

	for (int i = 0; i < ROUNDS; i++) {
		h->lock(h->context);
		*(volatile unsigned long *)&s->counter = s->counter + 1;
		h->unlock(h->context);
	}
}

static void test_lock(const struct port_under_test *port)
{
	struct shared s = { .port = port };
	void *threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		threads[i] = port->thread_start(count_up, &s);
	for (int i = 0; i < THREADS; i++)
		port->thread_join(threads[i]);
	ok(s.counter == THREADS * ROUNDS, "the lock excludes: %lu of %d counted", s.counter, THREADS * ROUNDS);
}

static void test_deadline(const struct tenon_host *h)
{
	uint64_t start = now(h), deadline = start + 20 * MS;
	int err = 0;

	h->lock(h->context);
	while (now(h) < deadline && !err)
		err = h->wait(h->context, deadline);
	ok(!err, "wait returns 0 at its deadline");
	err = h->wait(h->context, start);
	ok(!err, "and with a deadline in the past");
	h->wake(h->context);
	h->unlock(h->context);
	ok(true, "wake with nobody waiting is fine, and the lock was held again");
}

static void wait_for_go(void *arg)
{
	struct shared *s = arg;
	const struct tenon_host *h = s->port->host;
	uint64_t deadline = now(h) + 3600000 * MS; /* the test's own limit comes first */

	h->lock(h->context);
	while (!s->go && now(h) < deadline)
		h->wait(h->context, deadline);
	s->seen = s->go;
	h->unlock(h->context);
}

static void test_wake(const struct port_under_test *port)
{
	const struct tenon_host *h = port->host;
	struct shared s = { .port = port };
	void *threads[THREADS];
	uint64_t start;

	for (int i = 0; i < THREADS; i++)
		threads[i] = port->thread_start(wait_for_go, &s);
	start = now(h);
	while (now(h) < start + 20 * MS)
		;
	h->lock(h->context);
	s.go = true;
	h->wake(h->context);
	h->unlock(h->context);
	for (int i = 0; i < THREADS; i++)
		port->thread_join(threads[i]);
	ok(s.seen, "wake wakes all who wait, before their deadline");
}

/*
 * One thread writes x and reads y with only a compiler barrier between, the other writes y, calls sync_cpus and reads
 * x: at least one of them must see the other's write, or entries and unload could miss each other.
 */
static void store_then_load(void *arg)
{
	struct shared *s = arg;

	while (!__atomic_load_n(&s->go, __ATOMIC_ACQUIRE))
		;
	__atomic_store_n(&s->x, 1, __ATOMIC_RELAXED);
	__asm__ volatile("" ::: "memory");
	s->seen = __atomic_load_n(&s->y, __ATOMIC_RELAXED);
}

static void test_barrier(const struct port_under_test *port)
{
	const struct tenon_host *h = port->host;
	bool missed = false;

	h->sync_cpus(h->context);
	ok(true, "sync_cpus returns");
	for (int i = 0; i < 100 && !missed; i++) {
		struct shared s = { .port = port };
		void *thread = port->thread_start(store_then_load, &s);
		int x;

		__atomic_store_n(&s.go, true, __ATOMIC_RELEASE);
		__atomic_store_n(&s.y, 1, __ATOMIC_RELAXED);
		h->sync_cpus(h->context);
		x = __atomic_load_n(&s.x, __ATOMIC_RELAXED);
		port->thread_join(thread);
		missed = !x && !s.seen;
	}
	ok(!missed, "sync_cpus is a barrier on the other CPUs");
}

static void keep_record(void *arg)
{
	struct shared *s = arg;
	const struct tenon_host *h = s->port->host;

	s->record = h->thread(h->context);
	s->seen = s->record == h->thread(h->context) && !s->record->depth;
}

static void test_records(const struct port_under_test *port)
{
	const struct tenon_host *h = port->host;
	struct shared s = { .port = port };
	struct tenon_thread *mine = h->thread(h->context);

	ok(mine && mine == h->thread(h->context), "a thread's record stays the same");
	ok(mine->name[0] && memchr(mine->name, 0, sizeof(mine->name)), "it has a name: %s", mine->name);
	h->lock(h->context);
	ok(h->thread(h->context) == mine, "it can be had under the lock");
	h->unlock(h->context);
	if (!port->thread_start)
		return;
	port->thread_join(port->thread_start(keep_record, &s));
	ok(s.seen && s.record != mine, "another thread has another");
}

void test_sync(const struct port_under_test *port)
{
	test_clock(port->host);
	if (port->host->wait)
		test_deadline(port->host);
	if (port->host->thread)
		test_records(port);
	if (!port->thread_start) {
		port->host->sync_cpus(port->host->context);
		ok(true, "sync_cpus returns");
		return;
	}
	test_lock(port);
	if (port->host->wait)
		test_wake(port);
	test_barrier(port);
}
