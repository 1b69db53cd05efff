/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A domain dies at the worst moment: between any two steps of a load or an unload. Killing needs the core's lock, so
 * the moments there are, are those at which the core releases it; each of them is tried in turn.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/playground.h"

#define EXPORTS(...) (const struct pg_export[]){ __VA_ARGS__, { .name = NULL } }
#define IMPORTS(...) (const struct pg_import[]){ __VA_ARGS__, { .name = NULL } }

static struct pg pg;
static void (*real_unlock)(void *context);
static long unlocks, kill_at;
static bool killed;
static size_t calls_then; /* bytes of pg.calls when it was killed */

static void killing_unlock(void *context)
{
	real_unlock(context);
	if (++unlocks != kill_at)
		return;
	killed = true;
	calls_then = strlen(pg.calls);
	tenon_domain_kill(pg.t, pg.d, "test");
}

static struct tenon_module *held; /* referred to by somebody else */

/* The host calls nothing in a dead domain; somebody takes a reference to "a" as soon as it is there. */
static int call(void *arg, struct tenon_module *m, uint64_t address, int64_t *result)
{
	struct tenon_module_info i;
	size_t len = strlen(pg.calls);

	(void)arg;
	tenon_module_info(m, &i);
	snprintf(pg.calls + len, sizeof(pg.calls) - len, "%c%s", address == i.init ? '+' : '-', i.name);
	if (!strcmp(i.name, "b") && !held)
		held = tenon_get(pg.t, NULL, "a");
	*result = 0;
	return killed ? -TENON_EFAULT : 0;
}

static void files(void)
{
	pg_file(&pg,
		&(struct pg_module){ .name = "a", .ro_after_init_bytes = 24, .exports = EXPORTS({ .name = "fa" }) });
	pg_file(&pg, &(struct pg_module){ .name = "b", .depends = "a", .imports = IMPORTS({ .name = "fa" }) });
}

static struct tenon_module *loaded;

static int load_file(const char *name)
{
	struct tenon_request req = { .name = name, .domain = pg.d, .flags = TENON_LOAD_REF };

	loaded = NULL;
	return tenon_load(pg.t, &req, &loaded, &pg.diag);
}

static int run_load(void)
{
	return load_file("b");
}

static int run_unload(void)
{
	return pg_unload(&pg, "b");
}

static void prepare_unload(void)
{
	if (!load_file("b"))
		tenon_put(loaded, "prepare");
	loaded = NULL;
}

static void sweep(const char *what, void (*prepare)(void), int (*run)(void))
{
	bool refs = true, quiet = true, explained = true, clean = true;
	long n = 0;
	int err;

	do {
		pg_open(&pg);
		pg.mh.call = call;
		held = loaded = NULL;
		killed = false;
		real_unlock = pg.mh.host.unlock;
		files();
		if (prepare)
			prepare();
		unlocks = 0;
		kill_at = ++n;
		pg.mh.host.unlock = killing_unlock;
		err = run();
		pg.mh.host.unlock = real_unlock;
		explained &= !err || (err < 0 && pg.diag.reason != TENON_R_NONE);
		/* A call that was on its way when the domain died is the host's to refuse. */
		quiet &= !killed || strlen(pg.calls) - calls_then <= 2;
		if (held)
			tenon_put(held, "kill_test");
		if (loaded)
			tenon_put(loaded, "kill_test");
		if (strstr(pg.mh.last_log, "more often")) {
			diag("killed at %ld: %s", n, pg.mh.last_log);
			refs = false;
		}
		if (!killed)
			tenon_domain_kill(pg.t, pg.d, "end of test");
		if (!pg_close(&pg)) {
			diag("killed at %ld: not clean", n);
			clean = false;
		}
	} while (killed);
	ok(n > 5 && !err, "%s: killed at %ld moments", what, n - 1);
	ok(explained, "%s: each failure has a reason", what);
	ok(quiet, "%s: nothing of it is called any more", what);
	ok(refs, "%s: references stay valid until they are put", what);
	ok(clean, "%s: nothing is left", what);
}

/* A file that has not said its name yet is being loaded, and somebody closes the domain. */
static int close_err;

static int64_t closing_read_at(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	close_err = tenon_domain_close(pg.t, pg.d);
	memcpy(buf, (const char *)src->host + offset, len);
	return (int64_t)len;
}

static void test_close(void)
{
	size_t size;
	uint8_t *image = pg_build(&(struct pg_module){ .name = "m" }, &size);
	struct tenon_source src = { .size = size, .read_at = closing_read_at, .host = image };
	struct tenon_request req = { .source = &src };

	pg_open(&pg);
	req.domain = pg.d;
	ok(!tenon_load(pg.t, &req, NULL, &pg.diag) && close_err == -TENON_EBUSY,
	   "a domain is not closed while a file is read for it");
	free(image);
	pg_unload(&pg, "m");
	ok(pg_close(&pg), "and can be when it is empty again");
}

/* A thread is inside a module of a domain that died, and comes out while somebody waits for that. */
static struct tenon_thread inside;
static uint64_t step_ns;
static int waits_left;

static int wait_for_thread(void *context, uint64_t deadline_ns)
{
	(void)deadline_ns;
	((struct model_host *)context)->clock_ns += step_ns;
	if (!--waits_left)
		tenon_leave(&inside);
	return 0;
}

static void test_inside(void)
{
	pg_open(&pg);
	held = loaded = NULL;
	files();
	load_file("a");
	tenon_thread_add(pg.t, &inside, "late");
	tenon_enter(&inside, loaded);
	tenon_put(loaded, "test");
	tenon_domain_kill(pg.t, pg.d, "test");
	ok(tenon_domain_close(pg.t, pg.d) == -TENON_EBUSY, "a domain stays while a thread is inside a module of it");
	pg.mh.host.wait = wait_for_thread;
	step_ns = 10000000000ull;
	waits_left = 5;
	ok(tenon_domain_close(pg.t, pg.d) == -TENON_EBUSY && waits_left == 2, "after 30 s this is said");
	step_ns = 1000;
	ok(pg_close(&pg) && !waits_left, "and it is closed as soon as the thread has left");
}

int main(void)
{
	test_close();
	test_inside();
	sweep("load", NULL, run_load);
	sweep("unload", prepare_unload, run_unload);
	return tap_done();
}
