/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Export tables of modules that lie, and of modules whose memory changes while it is being read. */
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/playground.h"

#define EXPORTS(...) (const struct pg_export[]){ __VA_ARGS__, { .name = NULL } }

static struct pg pg;

static void refused(const struct pg_module *pm, enum tenon_reason reason, const char *what)
{
	pg_open(&pg);
	ok(pg_insmod(&pg, pm, 0, NULL) < 0, "%s is refused", what);
	pg_reason(&pg, reason, what);
	ok(!strcmp(pg_list(&pg), "") && tenon_lookup(pg.t, pg.d, "f", &(struct tenon_export){ 0 }) == -TENON_ENOENT,
	   "%s: nothing is exported", what);
	ok(pg_close(&pg), "%s: nothing is left", what);
}

/* Where the names lie, and how the host hands out memory. */
static struct tenon_block *rodata;
static int (*real_map)(void *context, struct tenon_block *b);
static void *(*real_alloc)(void *context, size_t size);

static int map(void *context, struct tenon_block *b)
{
	if (b->kind == TENON_MEM_RODATA)
		rodata = b;
	return real_map(context, b);
}

/* The core allocates between counting the names and copying them; then the first name swallows the second. */
static void *alloc(void *context, size_t size)
{
	if (rodata && size == 2 * (sizeof("fone_of_m") + sizeof("")))
		for (char *at = rodata->host; at < (char *)rodata->host + rodata->size - 14; at++)
			if (!memcmp(at, "fone_of_m\0ftwo", 14))
				at[9] = '_';
	return real_alloc(context, size);
}

static void test_changing(void)
{
	pg_open(&pg);
	rodata = NULL;
	real_map = pg.mh.host.block_map;
	real_alloc = pg.mh.host.alloc;
	pg.mh.host.block_map = map;
	pg.mh.host.alloc = alloc;
	ok(pg_insmod(&pg,
		     &(struct pg_module){ .name = "m",
					  .exports = EXPORTS({ .name = "fone_of_m" }, { .name = "ftwo_of_m" }) },
		     0, NULL) == -TENON_ENOEXEC,
	   "names that grow between counting and copying are refused");
	pg_reason(&pg, TENON_R_EXPORT_MALFORMED, "growing names");
	ok(pg_close(&pg), "nothing is left");
}

int main(void)
{
	refused(&(struct pg_module){ .name = "m",
				     .exports = EXPORTS({ .name = "f" }, { .name = "g" }, { .name = "f" }) },
		TENON_R_EXPORT_DUPLICATE, "F-26 the same name twice in one table");
	refused(&(struct pg_module){ .name = "m", .exports = EXPORTS({ .name = "f" }, { .name = "f", .gpl = true }) },
		TENON_R_EXPORT_DUPLICATE, "F-26 the same name in both tables");
	test_changing();
	return tap_done();
}
