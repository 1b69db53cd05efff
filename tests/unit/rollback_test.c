/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Rolling back while others hold or execute what was loaded; waits that are interrupted. */
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/playground.h"

static struct pg pg;
static struct tenon_thread worker;
static struct tenon_module *held;

/* init of "user" fails, but not before somebody has taken a reference to it. */
static int hold_and_fail(void *arg, struct tenon_module *m, uint64_t address, int64_t *result)
{
	(void)arg, (void)address;
	*result = 0;
	if (strcmp(tenon_module_name(m), "user"))
		return 0;
	held = tenon_try_get(m) ? m : NULL;
	*result = -5;
	return 0;
}

static void test_held(void)
{
	pg_open(&pg);
	pg.mh.call = hold_and_fail;
	pg_file(&pg, &(struct pg_module){ .name = "user" });
	ok(pg_load(&pg, "user", 0, NULL) == -5 && held, "an init fails, and somebody has a reference to its module");
	ok(tenon_module_state(held) == TENON_QUARANTINED && !tenon_try_get(held),
	   "F-16 it stays, in quarantine, for as long");
	ok(tenon_domain_close(pg.t, pg.d) == -TENON_EBUSY, "its domain too");
	tenon_put(held, "test");
	pg.mh.call = NULL;
	ok(!pg_load(&pg, "user", 0, NULL) && !pg_unload(&pg, "user"), "F-01 its name can be used again at once");
	ok(pg_close(&pg), "nothing is left");
}

/* init of "user" fails while another thread executes "base", which is live. */
static int enter_and_fail(void *arg, struct tenon_module *m, uint64_t address, int64_t *result)
{
	struct tenon_module *base;

	(void)arg, (void)address;
	*result = 0;
	if (strcmp(tenon_module_name(m), "user"))
		return 0;
	base = tenon_get(pg.t, NULL, "base");
	tenon_enter(&worker, base);
	tenon_put(base, "test");
	*result = -5;
	return 0;
}

static void test_executed(void)
{
	pg_open(&pg);
	pg.mh.call = enter_and_fail;
	tenon_thread_add(pg.t, &worker, "worker");
	pg_file(&pg, &(struct pg_module){ .name = "base" });
	pg_file(&pg, &(struct pg_module){ .name = "user", .depends = "base" });
	ok(pg_load(&pg, "user", 0, NULL) == -5, "an init fails while a thread executes a dependency");
	ok(!strcmp(pg_list(&pg), "base"), "which stays, live, as nobody can stop it: %s", pg_list(&pg));
	tenon_leave(&worker);
	ok(!pg_unload(&pg, "base"), "F-18 and can be unloaded later");
	tenon_thread_remove(pg.t, &worker);
	ok(pg_close(&pg), "nothing is left");
}

static int waits;

static int interrupted_wait(void *context, uint64_t deadline_ns)
{
	(void)context, (void)deadline_ns;
	return ++waits == 3 ? -TENON_EINTR : 0;
}

static void wake(void *context)
{
	(void)context;
}

static void test_interrupted(void)
{
	struct tenon_module *m;

	pg_open(&pg);
	pg.mh.host.wait = interrupted_wait;
	pg.mh.host.wake = wake;
	tenon_thread_add(pg.t, &worker, "worker");
	pg_insmod(&pg, &(struct pg_module){ .name = "m" }, 0, NULL);
	m = tenon_get(pg.t, NULL, "m");
	tenon_put(m, "test");
	tenon_enter(&worker, m);
	ok(tenon_unload(pg.t, NULL, "m", UINT64_MAX, &pg.diag) == -TENON_EINTR && waits == 3,
	   "F-22 an unload that waits for a thread can be interrupted");
	pg_reason(&pg, TENON_R_INTERRUPTED, "F-22");
	ok(tenon_module_state(m) == TENON_LIVE && tenon_enter(&worker, m), "F-18 the module is live again");
	tenon_leave(&worker);
	tenon_leave(&worker);
	ok(!pg_unload(&pg, "m"), "and goes when the thread has left");
	tenon_thread_remove(pg.t, &worker);
	ok(pg_close(&pg), "nothing is left");
}

/*
 * While an unload waits for the worker, the worker asks for the same module: a second thread, without a second thread.
 */
static struct tenon_thread first, *current;
static int inner_err, depth;
static struct tenon_diag inner_diag;

static struct tenon_thread *current_thread(void *context)
{
	(void)context;
	return current;
}

static int asking_wait(void *context, uint64_t deadline_ns)
{
	(void)deadline_ns;
	if (++depth > 1)
		return -TENON_EINTR;
	pg.mh.host.unlock(context);
	current = &worker;
	inner_err = tenon_unload(pg.t, NULL, "m", UINT64_MAX, &inner_diag);
	tenon_leave(&worker);
	current = &first;
	pg.mh.host.lock(context);
	return 0;
}

static void test_from_inside(void)
{
	struct tenon_module *m;

	pg_open(&pg);
	current = &first;
	pg.mh.host.thread = current_thread;
	pg.mh.host.wait = asking_wait;
	pg.mh.host.wake = wake;
	tenon_thread_add(pg.t, &first, "first");
	tenon_thread_add(pg.t, &worker, "worker");
	pg_insmod(&pg, &(struct pg_module){ .name = "m" }, 0, NULL);
	m = tenon_get(pg.t, NULL, "m");
	tenon_put(m, "test");
	tenon_enter(&worker, m);
	ok(!tenon_unload(pg.t, NULL, "m", UINT64_MAX, &pg.diag), "an unload waits for a thread");
	ok(inner_err == -TENON_EDEADLK && inner_diag.reason == TENON_R_CONTEXT && depth == 1,
	   "F-07 which learns at once that it cannot wait for that unload");
	tenon_thread_remove(pg.t, &worker);
	tenon_thread_remove(pg.t, &first);
	pg.mh.host.thread = NULL;
	ok(pg_close(&pg), "nothing is left");
}

int main(void)
{
	test_from_inside();
	test_held();
	test_executed();
	test_interrupted();
	return tap_done();
}
