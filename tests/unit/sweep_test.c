/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * F-01, F-39: every host call that can fail, fails once. Each scenario is run with the 1st, 2nd, 3rd ... such call
 * failing until it passes untouched; after each failure everything that can be seen of the core is as it was before,
 * and after unloading nothing is left.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/playground.h"

#define EXPORTS(...) (const struct pg_export[]){ __VA_ARGS__, { .name = NULL } }
#define IMPORTS(...) (const struct pg_import[]){ __VA_ARGS__, { .name = NULL } }

struct scenario {
	const char *what;
	void (*prepare)(struct pg *pg); /* files, and what is loaded before */
	int (*run)(struct pg *pg);      /* what may fail */
	const char *after;              /* the list when it has passed */
};

static void files(struct pg *pg)
{
	pg_file(pg, &(struct pg_module){
			.name = "a", .ro_after_init_bytes = 24, .exports = EXPORTS({ .name = "fa", .crc = 1 }) });
	pg_file(pg, &(struct pg_module){ .name = "b",
					 .ro_after_init_bytes = 8,
					 .depends = "a",
					 .imports = IMPORTS({ .name = "fa", .crc = 1 }),
					 .exports = EXPORTS({ .name = "fb", .crc = 2 }) });
	pg_file(pg, &(struct pg_module){ .name = "c",
					 .depends = "b,a",
					 .params = true,
					 .data_bytes = 3000,
					 .bss_bytes = 70000,
					 .imports = IMPORTS({ .name = "fa", .crc = 1 }, { .name = "fb", .crc = 2 }) });
}

static void with_a(struct pg *pg)
{
	files(pg);
	pg_load(pg, "a", 0, NULL);
}

static void with_b(struct pg *pg)
{
	files(pg);
	pg_load(pg, "b", 0, NULL);
}

static int run_chain(struct pg *pg)
{
	return pg_load(pg, "c", 0, "on=y label=text array=1,2,3");
}

static int run_one(struct pg *pg)
{
	return pg_load(pg, "a", 0, NULL);
}

static int run_insmod(struct pg *pg)
{
	return pg_insmod(pg, &(struct pg_module){ .name = "lone", .exports = EXPORTS({ .name = "fl" }) },
			 TENON_LOAD_FRESH, NULL);
}

static int run_unload(struct pg *pg)
{
	return pg_unload(pg, "b");
}

static void unload_all(struct pg *pg)
{
	static const char *const names[] = { "c", "b", "a", "lone" };

	for (size_t i = 0; i < 4; i++)
		pg_unload(pg, names[i]);
}

static void sweep(const struct scenario *s)
{
	char *before;
	bool same = true, clean = true, refused = true;
	long n = 0;
	bool untouched;
	int err;

	do {
		struct pg pg;

		pg_open(&pg);
		s->prepare(&pg);
		before = strdup(pg_snapshot(&pg));
		pg.mh.calls = 0;
		pg.mh.fail_at = ++n;
		err = s->run(&pg);
		untouched = pg.mh.calls < n;
		pg.mh.fail_at = 0;
		if (err) {
			refused &= err < 0 && pg.diag.reason != TENON_R_NONE;
			if (strcmp(before, pg_snapshot(&pg))) {
				diag("call %ld: before:\n%s# after:\n%s", n, before, pg_snapshot(&pg));
				same = false;
			}
		} else if (strcmp(pg_list(&pg), s->after)) {
			diag("call %ld: list is '%s'", n, pg_list(&pg));
			same = false;
		}
		free(before);
		unload_all(&pg);
		clean &= pg_close(&pg);
	} while (!untouched);
	ok(n > 1 && !err, "%s: %ld calls were made to fail", s->what, n - 1);
	ok(refused, "%s: each failure is negative and has a reason", s->what);
	ok(same, "%s: after each failure all is as before", s->what);
	ok(clean, "%s: nothing is left", s->what);
}

int main(void)
{
	static const struct scenario scenarios[] = {
		{ "load a module", files, run_one, "a" },
		{ "load a chain of three with parameters", files, run_chain, "c b a" },
		{ "load a chain of which one is there", with_a, run_chain, "c b a" },
		{ "insmod a file", files, run_insmod, "lone" },
		{ "unload one of two", with_b, run_unload, "a" },
	};

	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		sweep(&scenarios[i]);
	return tap_done();
}
