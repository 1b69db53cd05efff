/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Plans: dependency sets load as a whole or not at all, in one order, and cycles are found. */
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/playground.h"

#define EXPORTS(...) (const struct pg_export[]){ __VA_ARGS__, { .name = NULL } }
#define IMPORTS(...) (const struct pg_import[]){ __VA_ARGS__, { .name = NULL } }

static void chain(struct pg *pg)
{
	pg_file(pg, &(struct pg_module){ .name = "a", .exports = EXPORTS({ .name = "fa", .crc = 1 }) });
	pg_file(pg, &(struct pg_module){ .name = "b",
					 .depends = "a",
					 .imports = IMPORTS({ .name = "fa", .crc = 1 }),
					 .exports = EXPORTS({ .name = "fb", .crc = 2 }) });
	pg_file(pg, &(struct pg_module){ .name = "c", .depends = "b", .imports = IMPORTS({ .name = "fb", .crc = 2 }) });
	pg_file(pg,
		&(struct pg_module){ .name = "bad", .depends = "c,b", .imports = IMPORTS({ .name = "fb", .crc = 9 }) });
}

static void test_all_or_nothing(void)
{
	struct pg pg;
	char *before;

	pg_open(&pg);
	chain(&pg);
	pg_load(&pg, "a", 0, NULL);
	before = strdup(pg_snapshot(&pg));
	pg.calls[0] = 0;
	pg.fail_name = "c";
	pg.fail_result = -5;
	ok(pg_load(&pg, "c", 0, NULL) == -5, "F-39 the last init of a chain fails");
	ok(!strcmp(pg.calls, "+b+c-b"), "F-39 those loaded for it are stopped, in reverse, and no other");
	ok(!strcmp(before, pg_snapshot(&pg)), "F-39 all is as before; what was there stays");
	pg.fail_name = NULL;
	pg.calls[0] = 0;
	ok(pg_load(&pg, "bad", 0, NULL) == -TENON_EINVAL && pg.calls[0] == 0,
	   "F-39 a version that disagrees at the end of the chain stops it before any init runs");
	ok(pg.diag.got == 9 && pg.diag.want == 2 && !strcmp(pg.diag.name, "fb") && !strcmp(pg.diag.module, "bad"),
	   "F-24 the diagnosis names module, symbol and both checksums");
	ok(!strcmp(before, pg_snapshot(&pg)), "F-39 all is as before");
	free(before);
	pg_unload(&pg, "a");
	ok(pg_close(&pg), "nothing is left");
}

static void test_cycles(void)
{
	struct pg pg;

	pg_open(&pg);
	pg_file(&pg, &(struct pg_module){ .name = "x", .depends = "y" });
	pg_file(&pg, &(struct pg_module){ .name = "y", .depends = "z" });
	pg_file(&pg, &(struct pg_module){ .name = "z", .depends = "x" });
	pg_file(&pg, &(struct pg_module){ .name = "self", .depends = "self" });
	ok(pg_load(&pg, "x", 0, NULL) == -TENON_ELOOP, "F-07 a cycle of three is found");
	pg_reason(&pg, TENON_R_DEPENDENCY_CYCLE, "F-07");
	ok(!strcmp(pg.diag.other, "x, z, y, x"), "F-07 the chain is named: %s", pg.diag.other);
	ok(pg_load(&pg, "self", 0, NULL) == -TENON_ELOOP, "F-06 a module that depends on itself is found");
	ok(!strcmp(pg_list(&pg), "") && pg_close(&pg), "nothing is left");
}

static void test_path_of_need(void)
{
	struct pg pg;

	pg_open(&pg);
	pg_file(&pg, &(struct pg_module){ .name = "top", .depends = "mid" });
	pg_file(&pg, &(struct pg_module){ .name = "mid", .depends = "gone" });
	ok(pg_load(&pg, "top", 0, NULL) == -TENON_ENOENT, "F-42 a hard dependency is missing");
	ok(!strcmp(pg.diag.name, "gone") && !strcmp(pg.diag.module, "mid") && !strcmp(pg.diag.other, "mid, top"),
	   "F-42 the path of need is named: %s", pg.diag.other);
	ok(pg_close(&pg), "nothing is left");
}

static void test_depth(void)
{
	struct pg pg;
	char names[40][8], next[8];

	pg_open(&pg);
	for (int i = 0; i < 40; i++) {
		snprintf(names[i], sizeof(names[i]), "d%d", i);
		snprintf(next, sizeof(next), "d%d", i + 1);
		pg_file(&pg, &(struct pg_module){ .name = names[i], .depends = i < 39 ? next : NULL });
	}
	ok(pg_load(&pg, "d0", 0, NULL) == -TENON_ELOOP, "dependencies nested 40 deep are refused");
	pg_reason(&pg, TENON_R_DEPENDENCY_DEPTH, "40 deep");
	ok(pg_load(&pg, "d10", 0, NULL) == 0, "30 deep load");
	for (int i = 10; i < 40; i++)
		pg_unload(&pg, names[i]);
	ok(pg_close(&pg), "nothing is left");
}

static void test_order(void)
{
	static const char *const orders[] = { "l,r", "r,l" };
	char results[2][512];

	for (int n = 0; n < 2; n++) {
		struct pg pg;

		pg_open(&pg);
		/* The files are found in different orders too. */
		for (int i = 0; i < 3; i++) {
			const struct pg_module *const all[] = {
				&(struct pg_module){ .name = "l", .depends = "base" },
				&(struct pg_module){ .name = "r", .depends = "base" },
				&(struct pg_module){ .name = "base" },
			};
			pg_file(&pg, all[n ? 2 - i : i]);
		}
		pg_file(&pg, &(struct pg_module){ .name = "top", .depends = orders[0] });
		pg_load(&pg, "top", 0, NULL);
		snprintf(results[n], sizeof(results[n]), "%s", pg.calls);
		pg_unload(&pg, "top");
		pg_unload(&pg, "r");
		pg_unload(&pg, "l");
		pg_unload(&pg, "base");
		ok(pg_close(&pg), "nothing is left");
	}
	ok(!strcmp(results[0], results[1]) && !strcmp(results[0], "+base+l+r+top"),
	   "F-41 the order of files does not matter: %s", results[0]);
}

/* init of "outer" loads "inner"; init of "selfish" asks for itself. */
static int nested_err;
static struct tenon_diag nested_diag;

static int nested_call(void *arg, struct tenon_module *m, uint64_t address, int64_t *result)
{
	struct pg *pg = arg;
	struct tenon_module_info i;
	struct tenon_request req = { .domain = pg->d };
	struct tenon_export e;

	tenon_module_info(m, &i);
	*result = 0;
	if (address != i.init)
		return 0;
	if (!strcmp(i.name, "outer"))
		req.name = "inner";
	else if (!strcmp(i.name, "selfish"))
		req.name = "selfish";
	else if (!strcmp(i.name, "shy"))
		nested_err = tenon_lookup(pg->t, pg->d, "shy_symbol", &e);
	if (req.name)
		nested_err = tenon_load(pg->t, &req, NULL, &nested_diag);
	return 0;
}

static void test_nested(void)
{
	struct pg pg;

	pg_open(&pg);
	pg.mh.call = nested_call;
	pg_file(&pg, &(struct pg_module){ .name = "outer" });
	pg_file(&pg, &(struct pg_module){ .name = "inner" });
	pg_file(&pg, &(struct pg_module){ .name = "selfish" });
	pg_file(&pg, &(struct pg_module){ .name = "shy", .exports = EXPORTS({ .name = "shy_symbol" }) });
	ok(pg_load(&pg, "outer", 0, NULL) == 0 && nested_err == 0, "an init may load another module");
	ok(!strcmp(pg_list(&pg), "inner outer"), "both are there");
	ok(pg_load(&pg, "selfish", 0, NULL) == 0 && nested_err == -TENON_EDEADLK,
	   "F-06 an init that asks for its own module is answered at once");
	ok(nested_diag.reason == TENON_R_RECURSION, "F-06 with a defined error");
	ok(pg_load(&pg, "shy", 0, NULL) == 0 && nested_err == -TENON_EAGAIN,
	   "F-11 a symbol cannot be bound before its module is live");
	ok(tenon_lookup(pg.t, pg.d, "shy_symbol", &(struct tenon_export){ 0 }) == 0, "F-11 and can afterwards");
	pg_unload(&pg, "outer");
	pg_unload(&pg, "inner");
	pg_unload(&pg, "selfish");
	pg_unload(&pg, "shy");
	ok(pg_close(&pg), "nothing is left");
}

static void test_batch(void)
{
	struct pg pg;
	struct tenon_stats st;
	char names[32][8], all[256] = "";

	pg_open(&pg);
	for (int i = 0; i < 32; i++) {
		snprintf(names[i], sizeof(names[i]), "m%d", i);
		pg_file(&pg, &(struct pg_module){ .name = names[i] });
		strcat(strcat(all, i ? "," : ""), names[i]);
	}
	pg_file(&pg, &(struct pg_module){ .name = "top", .depends = all });
	ok(pg_load(&pg, "top", 0, NULL) == 0, "33 modules in one plan");
	tenon_stats(pg.t, &st);
	ok(st.protect_calls == 1, "take one permission change");
	ok(st.loads == 33 && st.block_cnt == 2, "and two blocks, one of text and one of data");
	pg_unload(&pg, "top");
	for (int i = 0; i < 32; i++)
		pg_unload(&pg, names[(i * 13) % 32]);
	tenon_stats(pg.t, &st);
	ok(st.block_cnt == 0 && st.used_bytes == 0, "all blocks are gone after unloading in another order");
	ok(pg_close(&pg), "nothing is left");
}

static void test_several(void)
{
	static const char *const more[] = { "c", "lone-one", "b" }, *const bad[] = { "lone-one", "bad" };
	struct tenon_request req = { .name = "a", .more = more, .more_cnt = 3 };
	struct tenon_stats st;
	struct pg pg;

	pg_open(&pg);
	chain(&pg);
	pg_file(&pg, &(struct pg_module){ .name = "lone_one" });
	req.domain = pg.d;
	ok(!tenon_load(pg.t, &req, NULL, &pg.diag) && !strcmp(pg.calls, "+a+b+c+lone_one"),
	   "one request for several modules");
	tenon_stats(pg.t, &st);
	ok(st.protect_calls == 1 && st.loads == 4, "is one plan");
	pg_unload(&pg, "lone_one");
	pg.calls[0] = 0;
	req.more = bad;
	req.more_cnt = 2;
	ok(tenon_load(pg.t, &req, NULL, &pg.diag) == -TENON_EINVAL && !pg.calls[0] && !strcmp(pg_list(&pg), "c b a"),
	   "F-39 of which all load or none");
	pg_unload(&pg, "c");
	pg_unload(&pg, "b");
	pg.calls[0] = 0;
	pg.fail_name = "c";
	pg.fail_result = -5;
	req.more = (const char *const[]){ "lone-one", "c" };
	ok(tenon_load(pg.t, &req, NULL, &pg.diag) == -5 && !strcmp(pg.calls, "+lone_one+b+c-b-lone_one") &&
	       !strcmp(pg_list(&pg), "a"),
	   "F-39 also when the last init fails");
	pg_unload(&pg, "c");
	pg_unload(&pg, "b");
	pg_unload(&pg, "a");
	ok(pg_close(&pg), "nothing is left");
}

int main(void)
{
	test_all_or_nothing();
	test_cycles();
	test_path_of_need();
	test_depth();
	test_order();
	test_nested();
	test_batch();
	test_several();
	return tap_done();
}
