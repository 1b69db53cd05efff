/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Never returns, in one of several ways; moment.h says how one is chosen. */
#include "moment.h"

static void sleep(void)
{
	tenon_sleep_until(FOREVER_NS);
}

/* Each sleep is short and each call answered at once, but the function never returns. */
static void nap(void)
{
	for (;;)
		tenon_sleep_until(tenon_clock_ns() + 1000000);
}

static void event(void)
{
	tenon_event_wait(tenon_event_create(THIS_MODULE), FOREVER_NS);
}

static void lock_thread(void *mutex)
{
	tenon_mutex_lock((tenon_handle)(uintptr_t)mutex, FOREVER_NS);
	nap();
}

/* Waits for a lock that another thread never releases. */
static void lock(void)
{
	tenon_handle mutex = tenon_mutex_create(THIS_MODULE);

	tenon_thread_create(THIS_MODULE, lock_thread, (void *)(uintptr_t)mutex, "holder");
	while (!tenon_mutex_lock(mutex, 0))
		tenon_mutex_unlock(mutex);
	tenon_mutex_lock(mutex, FOREVER_NS);
}

static void loop(void)
{
	for (;;)
		__asm__ volatile("");
}

static volatile bool runs;

static void asked_thread(void *unused)
{
	(void)unused;
	runs = true;
	nap(); /* whatever tenon_thread_should_stop() says */
}

/* Threads that do not end when they are asked to. */
static void stay(void)
{
	tenon_thread_create(THIS_MODULE, asked_thread, NULL, "stays");
	while (!runs)
		tenon_sleep_until(tenon_clock_ns() + 1000000);
}

static void computing_thread(void *unused)
{
	(void)unused;
	for (;;) {
		for (volatile int i = 0; i < 1000000; i++)
			;
		tenon_yield();
	}
}

/* As many as the quota allows. */
static void every_thread(void)
{
	while (!tenon_handle_error(tenon_thread_create(THIS_MODULE, computing_thread, NULL, "computes")))
		;
}

static void join(void)
{
	tenon_thread_join(tenon_thread_create(THIS_MODULE, asked_thread, NULL, "stays"), FOREVER_NS);
}

static int sleep_in_trap(struct tenon_trap *trap)
{
	(void)trap;
	pr_notice("in its trap handler\n");
	sleep();
	return 0;
}

static void trap(void)
{
	volatile int *volatile p = NULL;

	tenon_trap_register(THIS_MODULE, sleep_in_trap);
	*p = 1;
}

/* A control run: nothing of this waits for another domain's handler. */
static void handler(void)
{
	tenon_trap_unregister(tenon_trap_register(THIS_MODULE, sleep_in_trap));
}

static const struct deed deeds[] = {
	{ "sleep", sleep }, { "nap", nap },         { "event", event }, { "lock", lock },
	{ "loop", loop },   { "stay", stay },       { "join", join },   { "every_thread", every_thread },
	{ "trap", trap },   { "handler", handler },
};

MOMENT_MODULE(hang);
MODULE_DESCRIPTION("Does not come back");
