/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Events, mutexes, threads, timers. */
#include "tests.h"

static tenon_handle event, mutex;
static volatile unsigned int count;
static volatile int seen;

int test_event(void)
{
	event = tenon_event_create(THIS_MODULE);
	CHECK(!tenon_handle_error(event));
	CHECK(!tenon_event_set(event) && !tenon_event_set(event));
	CHECK(!tenon_event_wait(event, 0));
	CHECK(tenon_event_wait(event, 0) == -TENON_ETIMEDOUT);
	CHECK(!tenon_event_destroy(event));
	CHECK(tenon_event_set(event) == -TENON_EBADF);
	return 0;
}

int test_event_timeout(void)
{
	uint64_t start = tenon_clock_ns(), spent;

	event = tenon_event_create(THIS_MODULE);
	CHECK(tenon_event_wait(event, in_ms(30)) == -TENON_ETIMEDOUT);
	spent = tenon_clock_ns() - start;
	CHECK(spent >= 30 * MS);
	CHECK(!tenon_event_destroy(event));
	return 0;
}

int test_mutex(void)
{
	mutex = tenon_mutex_create(THIS_MODULE);
	CHECK(!tenon_handle_error(mutex));
	CHECK(!tenon_mutex_lock(mutex, 0));
	CHECK(tenon_mutex_lock(mutex, in_ms(10)) == -TENON_EDEADLK);
	CHECK(tenon_mutex_destroy(mutex) == -TENON_EBUSY);
	CHECK(!tenon_mutex_unlock(mutex));
	CHECK(tenon_mutex_unlock(mutex) == -TENON_EPERM);
	CHECK(!tenon_mutex_destroy(mutex));
	CHECK(tenon_mutex_lock(mutex, 0) == -TENON_EBADF);
	return 0;
}

static void count_up(void *arg)
{
	(void)arg;
	for (int i = 0; i < 500; i++) {
		if (tenon_mutex_lock(mutex, FOREVER))
			return;
		count = count + 1;
		tenon_mutex_unlock(mutex);
	}
}

int test_mutex_contended(void)
{
	tenon_handle threads[3];

	count = 0;
	mutex = tenon_mutex_create(THIS_MODULE);
	for (int i = 0; i < 3; i++) {
		threads[i] = tenon_thread_create(THIS_MODULE, count_up, NULL, "count");
		CHECK(!tenon_handle_error(threads[i]));
	}
	for (int i = 0; i < 3; i++)
		CHECK(!tenon_thread_join(threads[i], FOREVER));
	CHECK(count == 1500);
	CHECK(!tenon_mutex_destroy(mutex));
	return 0;
}

static void lock_and_end(void *arg)
{
	(void)arg;
	seen = tenon_mutex_lock(mutex, 0);
}

int test_mutex_owner_dead(void)
{
	tenon_handle thread;

	mutex = tenon_mutex_create(THIS_MODULE);
	seen = 1;
	thread = tenon_thread_create(THIS_MODULE, lock_and_end, NULL, "owner");
	CHECK(!tenon_thread_join(thread, FOREVER) && !seen);
	CHECK(tenon_mutex_lock(mutex, FOREVER) == -TENON_EOWNERDEAD);
	CHECK(!tenon_mutex_destroy(mutex));
	return 0;
}

int test_bad_handles(void)
{
	static const tenon_handle bad[] = { 0, 1, 12345, ~0ul, 1ul << 63, 0xdeadbeefdeadul };

	event = tenon_event_create(THIS_MODULE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK(tenon_event_set(bad[i]) == -TENON_EBADF);
		CHECK(tenon_mutex_unlock(bad[i]) == -TENON_EBADF);
		CHECK(tenon_thread_stop(bad[i]) == -TENON_EBADF);
		CHECK(tenon_timer_destroy(bad[i]) == -TENON_EBADF);
		CHECK(tenon_arena_destroy(bad[i]) == -TENON_EBADF);
		CHECK(tenon_chrdev_unregister(bad[i]) == -TENON_EBADF);
	}
	CHECK(tenon_mutex_unlock(event) == -TENON_EBADF); /* a handle of another type */
	CHECK(!tenon_event_destroy(event));
	return 0;
}

static void note(void *arg)
{
	seen = (int)(intptr_t)arg + (tenon_thread_id() ? 0 : 1000);
	if (event)
		tenon_event_set(event);
}

int test_thread(void)
{
	tenon_handle thread;

	event = tenon_event_create(THIS_MODULE);
	seen = 0;
	thread = tenon_thread_create(THIS_MODULE, note, (void *)42, "note");
	CHECK(!tenon_handle_error(thread));
	CHECK(!tenon_event_wait(event, FOREVER) && seen == 42);
	CHECK(!tenon_thread_join(thread, FOREVER));
	CHECK(tenon_thread_join(thread, 0) == -TENON_EBADF);
	CHECK(!tenon_event_destroy(event));
	CHECK(tenon_handle_error(tenon_thread_create(THIS_MODULE, (tenon_thread_fn *)&seen, NULL, "x")) ==
	      -TENON_EINVAL);
	CHECK(tenon_handle_error(tenon_thread_create(THIS_MODULE, note, NULL, "")) == -TENON_EINVAL);
	CHECK(!tenon_thread_should_stop());
	return 0;
}

static void until_stopped(void *arg)
{
	(void)arg;
	seen = tenon_event_wait(event, FOREVER);
	if (seen == -TENON_EINTR && tenon_thread_should_stop())
		seen = tenon_sleep_until(FOREVER);
}

int test_thread_stop(void)
{
	tenon_handle thread;

	event = tenon_event_create(THIS_MODULE);
	thread = tenon_thread_create(THIS_MODULE, until_stopped, NULL, "stop");
	CHECK(!tenon_sleep_until(in_ms(20)));
	CHECK(!tenon_thread_stop(thread));
	CHECK(!tenon_thread_join(thread, FOREVER));
	CHECK(seen == -TENON_EINTR);
	CHECK(!tenon_event_destroy(event));
	return 0;
}

static void join_self(void *arg)
{
	(void)arg;
	if (!tenon_event_wait(event, FOREVER))
		seen = tenon_thread_join(mutex, 0); /* `mutex` holds this thread's handle here */
}

int test_thread_join(void)
{
	tenon_handle thread;

	event = tenon_event_create(THIS_MODULE);
	thread = mutex = tenon_thread_create(THIS_MODULE, join_self, NULL, "join");
	CHECK(tenon_thread_join(thread, in_ms(20)) == -TENON_ETIMEDOUT);
	CHECK(!tenon_event_set(event));
	CHECK(!tenon_thread_join(thread, FOREVER) && seen == -TENON_EDEADLK);
	CHECK(!tenon_event_destroy(event));
	return 0;
}

int test_sleep(void)
{
	uint64_t until = in_ms(30);

	CHECK(!tenon_sleep_until(until) && tenon_clock_ns() >= until);
	CHECK(!tenon_sleep_until(0));
	tenon_yield();
	return 0;
}

static void expired(void *arg)
{
	(void)arg;
	count = count + 1;
	tenon_event_set(event);
}

int test_timer_once(void)
{
	tenon_handle timer = tenon_timer_create(THIS_MODULE, expired, NULL);

	event = tenon_event_create(THIS_MODULE);
	count = 0;
	CHECK(!tenon_handle_error(timer));
	CHECK(tenon_timer_start(timer, 0, 1) == -TENON_EINVAL);
	CHECK(!tenon_timer_start(timer, in_ms(10), 0));
	CHECK(!tenon_event_wait(event, FOREVER) && count == 1);
	CHECK(tenon_timer_stop(timer) == 0);
	CHECK(tenon_event_wait(event, in_ms(30)) == -TENON_ETIMEDOUT && count == 1);
	CHECK(!tenon_timer_stop_wait(timer, FOREVER) && !tenon_timer_destroy(timer));
	CHECK(!tenon_event_destroy(event));
	return 0;
}

int test_timer_stop(void)
{
	tenon_handle timer = tenon_timer_create(THIS_MODULE, expired, NULL);
	unsigned int before;

	event = tenon_event_create(THIS_MODULE);
	count = 0;
	CHECK(!tenon_timer_start(timer, 0, 2 * MS));
	for (int i = 0; i < 3; i++)
		CHECK(!tenon_event_wait(event, FOREVER));
	CHECK(tenon_timer_stop_wait(timer, FOREVER) >= 0);
	before = count;
	CHECK(!tenon_sleep_until(in_ms(20)) && count == before && before >= 3);
	CHECK(!tenon_timer_start(timer, FOREVER, 0) && tenon_timer_stop(timer) == 1);
	CHECK(!tenon_timer_destroy(timer));
	CHECK(!tenon_event_destroy(event));
	return 0;
}

/* Times near the end of all numbers do not wrap: what is due then is not due again at once. */
int test_timer_far(void)
{
	static const uint64_t far[][2] = { { 0, FOREVER }, { 0, FOREVER - 1 }, { 1, FOREVER / 2 + 1 } };
	tenon_handle timer = tenon_timer_create(THIS_MODULE, expired, NULL);

	event = tenon_event_create(THIS_MODULE);
	for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
		count = 0;
		CHECK(!tenon_timer_start(timer, far[i][0], far[i][1]));
		CHECK(!tenon_event_wait(event, FOREVER));
		CHECK(!tenon_sleep_until(in_ms(10)) && count == 1);
		CHECK(tenon_timer_stop_wait(timer, FOREVER) == 1);
	}
	count = 0;
	CHECK(!tenon_timer_start(timer, FOREVER, FOREVER) && !tenon_sleep_until(in_ms(10)) && !count);
	CHECK(tenon_timer_stop(timer) == 1 && !tenon_timer_destroy(timer));
	CHECK(!tenon_event_destroy(event));
	return 0;
}
