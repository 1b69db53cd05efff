/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A system call that takes its time, so that its module is closed for an unload that then fails. Whatever came meanwhile must
 * be made up for afterwards: a timer that expires, one that repeats, a thread that is made. And exit waits for a thread.
 */
#include "tenon/module.h"

#define MS 1000000ull
#define FOREVER_NS (~0ull)

static unsigned int ticks, expired, started, left;
module_param(ticks, uint, 0444);
module_param(expired, uint, 0444);
module_param(started, uint, 0444);

static tenon_handle call, repeats, once;

static void count(void *counter)
{
	__atomic_fetch_add((unsigned int *)counter, 1, __ATOMIC_RELAXED);
}

/* @happens_ms: until the timer expires and the thread is made; @linger_ms: after that. Both 0: nothing happens. */
static long linger(unsigned long happens_ms, unsigned long linger_ms, unsigned long c, unsigned long d, unsigned long e,
		   unsigned long f)
{
	uint64_t at_ns = tenon_clock_ns() + happens_ms * MS;
	tenon_handle thread;
	int err;

	(void)c, (void)d, (void)e, (void)f;
	if (!happens_ms && !linger_ms)
		return 0;
	err = tenon_timer_start(once, at_ns, 0);
	if (!err)
		err = tenon_sleep_until(at_ns);
	if (err)
		return err;
	thread = tenon_thread_create(THIS_MODULE, count, &started, "lingers");
	tenon_sleep_until(at_ns + linger_ms * MS);
	return tenon_handle_error(thread);
}

static int __init linger_init(void)
{
	int err;

	repeats = tenon_timer_create(THIS_MODULE, count, &ticks);
	once = tenon_timer_create(THIS_MODULE, count, &expired);
	call = tenon_syscall_register(THIS_MODULE, "linger", linger);
	err = tenon_handle_error(call);
	return err ? err : tenon_timer_start(repeats, tenon_clock_ns(), 20 * MS);
}

/* Gives nothing back: the kernel takes it. A thread that is made now runs, though the module is closed to all others. */
static void __exit linger_exit(void)
{
	tenon_handle thread = tenon_thread_create(THIS_MODULE, count, &left, "leaves");

	if (!tenon_handle_error(thread) && !tenon_thread_join(thread, FOREVER_NS))
		pr_info("exit's thread ran %u times\n", left);
}

module_init(linger_init);
module_exit(linger_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("A system call that takes its time");
MODULE_AUTHOR("The Tenon authors");
