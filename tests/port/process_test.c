/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The conformance suite on the process host; with `signal` as argument, without membarrier. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/internal.h"
#include "tests/port/conformance.h"
#include "tests/tap.h"

static sigjmp_buf trap;

static void trapped(int sig)
{
	(void)sig;
	siglongjmp(trap, 1);
}

/* Do the access with faults caught here instead of by the host. */
static bool traps(uint64_t address, bool execute)
{
	struct sigaction sa = { .sa_handler = trapped }, segv, ill;
	volatile bool trapping = true;

	sigaction(SIGSEGV, &sa, &segv);
	sigaction(SIGILL, &sa, &ill);
	if (!sigsetjmp(trap, 1)) {
		if (execute)
			((void (*)(void))(uintptr_t)address)();
		else
			*(volatile uint8_t *)(uintptr_t)address = *(volatile uint8_t *)(uintptr_t)address;
		trapping = false;
	}
	sigaction(SIGSEGV, &segv, NULL);
	sigaction(SIGILL, &ill, NULL);
	return trapping;
}

static bool write_traps(uint64_t address)
{
	return traps(address, false);
}

static bool execute_traps(uint64_t address)
{
	return traps(address, true);
}

struct start {
	pthread_t id;
	void (*fn)(void *arg);
	void *arg;
};

static void *start(void *arg)
{
	struct start *s = arg;

	s->fn(s->arg);
	return NULL;
}

static void *thread_start(void (*fn)(void *arg), void *arg)
{
	struct start *s = malloc(sizeof(*s));

	*s = (struct start){ .fn = fn, .arg = arg };
	if (pthread_create(&s->id, NULL, start, s))
		abort();
	return s;
}

static void thread_join(void *thread)
{
	struct start *s = thread;

	pthread_join(s->id, NULL);
	free(s);
}

/* A deadline of another clock than the one that is waited by would be in the past: the module would spin until then. */
static void test_wait_sleeps(void)
{
	const struct tenon_kpi_host *k = &process_primitives;
	uint64_t deadline = sync_now(NULL) + 50000000;
	struct tenon_kpi_lock lock;
	unsigned int times = 0;

	k->lock_init(&lock);
	k->lock(&lock);
	for (; sync_now(NULL) < deadline; times++)
		k->wait(&lock, deadline);
	k->unlock(&lock);
	ok(times < 10, "who waits for 50 ms as modules do sleeps meanwhile: it wakes %u times", times);
}

int main(int argc, char **argv)
{
	const char *out = getenv("O");
	char modules[256];
	const char *const dirs[] = { modules };
	const struct process_options options = { .module_dirs = dirs,
						 .module_dir_cnt = 1,
						 .no_membarrier = argc > 1 && !strcmp(argv[1], "signal") };
	struct process_host *h;
	int status;

	snprintf(modules, sizeof(modules), "%s/modules/x86_64/runtime", out ? out : "build");
	if (!ok(!process_open(&options, &h), "the process host opens"))
		return tap_done();
	test_wait_sleeps();
	status = port_conformance(&(struct port_under_test){
	    .host = process_contract(h),
	    .core = process_core(h),
	    .domain = process_kernel(h),
	    .thread_start = thread_start,
	    .thread_join = thread_join,
	    .write_traps = write_traps,
	    .execute_traps = execute_traps,
	});
	process_close(h);
	return status;
}
