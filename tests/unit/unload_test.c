/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Unloading: references, executing threads, what modules own. */
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/playground.h"

#define EXPORTS(...) (const struct pg_export[]){ __VA_ARGS__, { .name = NULL } }
#define IMPORTS(...) (const struct pg_import[]){ __VA_ARGS__, { .name = NULL } }

static const struct pg_module m_a = { .name = "a", .exports = EXPORTS({ .name = "fa" }) };
static const struct pg_module m_b = { .name = "b", .depends = "a", .imports = IMPORTS({ .name = "fa" }) };

static void test_references(void)
{
	struct tenon_module_info i;
	struct tenon_module *m;
	struct pg pg;

	pg_open(&pg);
	pg_file(&pg, &m_a);
	pg_load(&pg, "a", 0, NULL);
	m = tenon_get(pg.t, NULL, "a");
	ok(m && tenon_try_get(m), "two references are taken");
	ok(pg_unload(&pg, "a") == -TENON_EBUSY && pg.diag.got == 2, "unload says how many there are");
	pg_reason(&pg, TENON_R_IN_USE_REFS, "two references");
	tenon_put(m, "test");
	tenon_put(m, "test");
	ok(pg_unload(&pg, "a") == 0 && !tenon_get(pg.t, NULL, "a"), "F-16 without references it goes, and get fails");

	pg_load(&pg, "a", 0, NULL);
	m = tenon_get(pg.t, NULL, "a");
	tenon_put(m, "test");
	tenon_put(m, "the careless caller");
	ok(strstr(pg.mh.last_log, "careless caller") && strstr(pg.mh.last_log, "a:"),
	   "F-17 a put too many names caller and module");
	ok(pg_info(&pg, "a", &i) && i.saturated, "F-17 and pins the module");
	ok(pg_unload(&pg, "a") == -TENON_EBUSY, "F-17 it stays");
	pg_reason(&pg, TENON_R_REF_SATURATED, "F-17");
	tenon_put(m, "again");
	ok(tenon_try_get(m), "F-17 later gets and puts do no harm");
	tenon_domain_kill(pg.t, pg.d, "end of test");
	ok(pg_close(&pg), "its domain can still be killed");
}

static void test_binding(void)
{
	struct pg pg;

	pg_open(&pg);
	pg_file(&pg, &m_a);
	pg_file(&pg, &m_b);
	pg_load(&pg, "b", 0, NULL);
	ok(pg_unload(&pg, "a") == -TENON_EBUSY && !strcmp(pg.diag.name, "b"),
	   "F-27 a provider cannot go while it is bound");
	ok(!strcmp(pg.calls, "+a+b"), "F-27 nothing of it was called");
	ok(pg_unload(&pg, "b") == 0 && pg_unload(&pg, "a") == 0, "F-27 in order both go");
	ok(pg_close(&pg), "nothing is left");
}

static void test_names(void)
{
	struct pg pg;

	pg_open(&pg);
	pg_file(&pg, &(struct pg_module){ .name = "two_words" });
	ok(!pg_load(&pg, "two-words", 0, NULL) && !pg_unload(&pg, "two-words"), "'-' in a name is '_'");
	ok(!pg_insmod(&pg, &(struct pg_module){ .name = "with-dash" }, 0, NULL) && !strcmp(pg_list(&pg), "with_dash") &&
	       !pg_unload(&pg, "with-dash"),
	   "also in the name that a file gives itself");
	ok(pg_unload(&pg, "../x") == -TENON_EINVAL && pg_unload(&pg, "") == -TENON_EINVAL,
	   "what is no name is refused");
	ok(pg_close(&pg), "nothing is left");
}

/* A module that is loaded, and a thread that can enter it. */
static struct tenon_module *open_with_worker(struct pg *pg, struct tenon_thread *thread)
{
	struct tenon_module *m;

	pg_open(pg);
	pg_file(pg, &m_a);
	pg_load(pg, "a", 0, NULL);
	m = tenon_get(pg->t, NULL, "a");
	tenon_put(m, "test");
	tenon_thread_add(pg->t, thread, "worker");
	return m;
}

static void test_executing(void)
{
	struct tenon_thread thread;
	struct pg pg;
	struct tenon_module *m = open_with_worker(&pg, &thread);

	ok(tenon_enter(&thread, m), "a thread enters");
	ok(pg_unload(&pg, "a") == -TENON_EBUSY && !strcmp(pg.diag.name, "worker"),
	   "F-22 unload ends and says whom it waited for");
	pg_reason(&pg, TENON_R_IN_USE_THREAD, "F-22");
	ok(tenon_module_state(m) == TENON_LIVE && !strcmp(pg.calls, "+a"),
	   "F-18 it is live again, exit was not called");
	ok(tenon_enter(&thread, m), "F-18 and can be entered");
	tenon_leave(&thread);
	tenon_leave(&thread);
	ok(thread.depth == 0 && pg_unload(&pg, "a") == 0, "when it has left, the module goes");
	tenon_thread_remove(pg.t, &thread);
	ok(pg_close(&pg), "nothing is left");
}

static void test_unused(void)
{
	struct tenon_thread thread;
	struct tenon_diag diag;
	struct pg pg;
	struct tenon_module *m = open_with_worker(&pg, &thread);

	ok(!tenon_is_unused(m), "what was never marked counts as used");
	tenon_mark_unused(m);
	ok(tenon_enter_unnoticed(&thread, m) && tenon_is_unused(m), "who enters unnoticed leaves it unused");
	tenon_leave(&thread);
	ok(tenon_enter(&thread, m) && !tenon_is_unused(m), "who enters uses it");
	tenon_leave(&thread);
	ok(tenon_unload_unused(pg.t, NULL, "a", 0, &diag) == -TENON_EBUSY && diag.reason == TENON_R_IN_USE_THREAD &&
	       tenon_module_state(m) == TENON_LIVE && !strcmp(pg.calls, "+a"),
	   "then it stays, and exit is not called");
	tenon_mark_unused(m);
	ok(tenon_enter(&thread, m), "it can be entered");
	tenon_leave(&thread);
	tenon_mark_unused(m);
	ok(!tenon_unload_unused(pg.t, NULL, "a", 0, &diag) && !strcmp(pg.calls, "+a-a"), "unused it goes");
	ok(thread.depth == 0, "every frame was taken back");
	tenon_thread_remove(pg.t, &thread);
	ok(pg_close(&pg), "nothing is left");
}

/* Marked or not, one that is closed is entered by nobody. */
static void test_unused_closed(void)
{
	struct tenon_thread thread;
	struct tenon_module *m;
	struct pg pg;

	pg_open(&pg);
	pg_file(&pg, &m_a);
	pg_load(&pg, "a", 0, NULL);
	m = tenon_get(pg.t, NULL, "a");
	tenon_thread_add(pg.t, &thread, "worker");
	tenon_mark_unused(m);
	ok(tenon_quarantine(m, "test"), "a module that is in quarantine");
	ok(!tenon_enter(&thread, m) && !tenon_enter(&thread, m) && !tenon_enter_unnoticed(&thread, m) && !thread.depth,
	   "lets nobody in");
	tenon_reclaim(m);
	tenon_put(m, "test");
	tenon_thread_remove(pg.t, &thread);
	ok(pg_close(&pg), "nothing is left");
}

struct thing {
	struct tenon_owned owned;
	int *reclaimed;
};

static void reclaim_thing(struct tenon_owned *o)
{
	struct thing *t = (struct thing *)o;

	++*t->reclaimed;
}

static void test_ownership(void)
{
	struct thing things[3];
	struct tenon_module_info i;
	struct tenon_module *m;
	int reclaimed = 0;
	struct pg pg;

	pg_open(&pg);
	pg_file(&pg, &m_a);
	pg_load(&pg, "a", 0, NULL);
	m = tenon_get(pg.t, NULL, "a");
	tenon_put(m, "test");
	for (int n = 0; n < 3; n++) {
		things[n] =
		    (struct thing){ .owned = { .kind = n ? "timer" : "memory", .bytes = 100, .reclaim = reclaim_thing },
				    .reclaimed = &reclaimed };
		tenon_own(m, &things[n].owned);
	}
	ok(pg_info(&pg, "a", &i) && i.owned_cnt == 3 && i.owned_bytes == 300, "F-46 what a module owns is counted");
	ok(tenon_disown(pg.t, &things[1].owned), "one is given back");
	ok(pg_unload(&pg, "a") == 0, "unload succeeds");
	ok(pg.diag.reason == TENON_R_LEFT_BEHIND && pg.diag.got == 2 && !strcmp(pg.diag.name, "timer, memory"),
	   "F-21 and names what was left behind: %s", pg.diag.name);
	ok(reclaimed == 2, "F-21 which was reclaimed");
	ok(!tenon_disown(pg.t, &things[0].owned), "and cannot be given back again");
	ok(pg_close(&pg), "nothing is left");
}

static void test_kill(void)
{
	struct thing thing;
	struct tenon_module *m;
	int reclaimed = 0;
	struct pg pg;

	pg_open(&pg);
	pg_file(&pg, &m_a);
	pg_file(&pg, &m_b);
	pg_load(&pg, "b", 0, NULL);
	m = tenon_get(pg.t, NULL, "a");
	thing = (struct thing){ .owned = { .kind = "lock", .reclaim = reclaim_thing }, .reclaimed = &reclaimed };
	tenon_own(m, &thing.owned);
	tenon_domain_kill(pg.t, pg.d, "segmentation fault in a+0x10");
	ok(reclaimed == 1 && !strcmp(pg.calls, "+a+b"), "a killed domain's things come back, nothing of it is called");
	ok(!strcmp(pg_list(&pg), "b! a!") && tenon_module_state(m) == TENON_QUARANTINED, "its modules are quarantined");
	ok(!tenon_try_get(m) && !tenon_enter(&(struct tenon_thread){ 0 }, m), "no one can get or enter them");
	ok(pg_load(&pg, "a", 0, NULL) == -TENON_EOWNERDEAD, "nothing loads into a dead domain");
	ok(tenon_domain_close(pg.t, pg.d) == -TENON_EBUSY, "it cannot be closed while a reference is held");
	tenon_put(m, "test");
	ok(pg_close(&pg), "and then it can, and nothing is left");
}

static void test_reload(void)
{
	struct tenon_stats st;
	size_t bytes = 0;
	struct pg pg;
	bool good = true;

	pg_open(&pg);
	pg_file(&pg, &m_a);
	pg_file(&pg, &m_b);
	for (int n = 0; n < 100000 && good; n++) {
		good = !pg_load(&pg, "b", 0, NULL) && !pg_unload(&pg, "b") && !pg_unload(&pg, "a");
		pg.calls[0] = 0;
		if (n == 10)
			bytes = pg.mh.live_bytes;
	}
	tenon_stats(pg.t, &st);
	ok(good, "F-20 two modules load and unload 100,000 times");
	ok(pg.mh.live_bytes == bytes && st.block_cnt == 0, "F-20 in flat memory");
	ok(pg_close(&pg), "nothing is left");
}

/* Every byte of every block belongs to one region, and the sums agree. */
struct sums {
	size_t used, all;
	uint64_t next;
	bool gap;
};

static int sum_region(const struct tenon_region *r, void *arg)
{
	struct sums *s = arg;

	if (r->offset && r->block->run + r->offset != s->next)
		s->gap = true;
	s->next = r->block->run + r->offset + r->size;
	s->all += r->size;
	if (r->module)
		s->used += r->size;
	return 0;
}

static int sum_module(const struct tenon_module *m, void *arg)
{
	struct tenon_module_info i;
	size_t *sum = arg;

	tenon_module_info(m, &i);
	for (int k = 0; k < TENON_MEM_COUNT; k++)
		*sum += i.size[k];
	return 0;
}

static void test_attribution(void)
{
	struct tenon_stats st;
	struct sums s = { 0 };
	size_t modules = 0;
	struct pg pg;

	pg_open(&pg);
	pg_file(&pg, &m_a);
	pg_file(&pg, &m_b);
	pg_insmod(&pg,
		  &(struct pg_module){
		      .name = "big", .text_bytes = 100000, .data_bytes = 33, .ro_after_init_bytes = 40 },
		  0, NULL);
	pg_load(&pg, "b", 0, NULL);
	pg_unload(&pg, "big");
	pg_insmod(&pg, &(struct pg_module){ .name = "big2", .bss_bytes = 1234567 }, 0, NULL);
	tenon_for_each_region(pg.t, sum_region, &s);
	tenon_for_each(pg.t, sum_module, &modules);
	tenon_stats(pg.t, &st);
	ok(!s.gap && s.all == st.block_bytes, "F-46 regions cover every block without a gap");
	ok(s.used == st.used_bytes && s.used == modules, "F-33, F-46 allocator, map and modules agree: %zu bytes",
	   s.used);
	pg_unload(&pg, "big2");
	pg_unload(&pg, "b");
	pg_unload(&pg, "a");
	ok(pg_close(&pg), "nothing is left");
}

/* What the host's alloc does when memory for three exports is asked for: the module that has it is bound, and not listed. */
static struct pg *during;
static void *(*plain_alloc)(void *context, size_t size);
static char named[TENON_DIAG_NAME_BYTES];

static void *unloading_alloc(void *context, size_t size)
{
	struct pg *pg = during;
	struct tenon_diag diag;

	if (pg && size == 3 * sizeof(struct tenon_export)) {
		during = NULL;
		if (tenon_unload(pg->t, NULL, "a", 0, &diag) == -TENON_EBUSY && diag.reason == TENON_R_IN_USE_BY)
			strcpy(named, diag.name);
	}
	return plain_alloc(context, size);
}

static void test_user_being_loaded(void)
{
	struct pg pg;

	pg_open(&pg);
	pg_file(&pg, &m_a);
	pg_load(&pg, "a", 0, NULL);
	plain_alloc = pg.mh.host.alloc;
	pg.mh.host.alloc = unloading_alloc;
	during = &pg;
	ok(!pg_insmod(&pg,
		      &(struct pg_module){ .name = "user",
					   .imports = IMPORTS({ .name = "fa" }),
					   .exports = EXPORTS({ .name = "fu" }, { .name = "fv" }, { .name = "fw" }) },
		      0, NULL) &&
	       !strcmp(named, "user"),
	   "a user that is being loaded still is named (%s)", named);
	pg_unload(&pg, "user");
	pg_unload(&pg, "a");
	ok(pg_close(&pg), "nothing is left");
}

int main(void)
{
	test_user_being_loaded();
	test_references();
	test_binding();
	test_names();
	test_executing();
	test_unused();
	test_unused_closed();
	test_ownership();
	test_kill();
	test_reload();
	test_attribution();
	return tap_done();
}
