/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Module memory: alignment, what becomes read-only and when, blocks of odd sizes. */
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/playground.h"

static struct pg pg;

static tenon_addr ro_address(const char *name)
{
	struct tenon_module_info i;

	return pg_info(&pg, name, &i) ? i.address[TENON_MEM_RO_AFTER_INIT] : 1;
}

static void test_alignment(void)
{
	pg_open(&pg);
	pg_file(&pg, &(struct pg_module){ .name = "small", .ro_after_init_bytes = 24 });
	pg_file(&pg, &(struct pg_module){
			 .name = "wide", .ro_after_init_bytes = 8, .ro_after_init_align = 256, .depends = "small" });
	pg_file(&pg, &(struct pg_module){
			 .name = "huge", .ro_after_init_bytes = 8, .ro_after_init_align = 16384, .depends = "wide" });
	pg_file(&pg, &(struct pg_module){
			 .name = "last", .ro_after_init_bytes = 72, .ro_after_init_align = 64, .depends = "huge" });
	ok(!pg_load(&pg, "last", 0, NULL), "four modules with data that is read-only after init");
	ok(ro_address("wide") % 256 == 0, "aligned to 256 behind one aligned to 8");
	ok(ro_address("huge") % 16384 == 0, "aligned to more than a page");
	ok(ro_address("last") % 64 == 0, "aligned to 64");
	pg_unload(&pg, "last");
	pg_unload(&pg, "huge");
	pg_unload(&pg, "wide");
	pg_unload(&pg, "small");
	ok(pg_close(&pg), "nothing is left");
}

/* The pages that have been made read-only last. */
static tenon_addr sealed_start, sealed_end;
static int (*real_protect)(void *context, const struct tenon_range *ranges, size_t cnt);

static int note_protect(void *context, const struct tenon_range *ranges, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++) {
		if (ranges[i].access != TENON_ACCESS_READ)
			continue;
		sealed_start = ranges[i].block->run + ranges[i].offset;
		sealed_end = sealed_start + ranges[i].size;
	}
	return real_protect(context, ranges, cnt);
}

/* init of "user" wants "base" by name, too, and fails. */
static int want_and_fail(void *arg, struct tenon_module *m, uint64_t address, int64_t *result)
{
	struct tenon_request req = { .name = "base", .domain = pg.d };

	(void)arg, (void)address;
	*result = 0;
	if (strcmp(tenon_module_name(m), "user"))
		return 0;
	*result = tenon_load(pg.t, &req, NULL, NULL) ? 0 : -5;
	return 0;
}

static void test_kept(void)
{
	tenon_addr at;

	pg_open(&pg);
	real_protect = pg.mh.host.protect;
	pg.mh.host.protect = note_protect;
	pg.mh.call = want_and_fail;
	pg_file(&pg, &(struct pg_module){ .name = "base", .ro_after_init_bytes = 24 });
	pg_file(&pg, &(struct pg_module){ .name = "user", .ro_after_init_bytes = 24, .depends = "base" });
	ok(pg_load(&pg, "user", 0, NULL) == -5 && !strcmp(pg_list(&pg), "base"),
	   "a module outlives the plan that loaded it and failed");
	at = ro_address("base");
	ok(at >= sealed_start && at + 24 <= sealed_end, "F-45 its data is read-only nevertheless");
	pg_unload(&pg, "base");
	ok(pg_close(&pg), "nothing is left");
}

static size_t odd;

static int count_odd(const struct tenon_region *r, void *arg)
{
	const struct pg *p = arg;

	odd += r->block->size % p->mh.host.block_size != 0;
	return 0;
}

static void test_block_size(void)
{
	pg_open(&pg);
	pg.mh.host.block_size = 3 * 4096;
	ok(!pg_insmod(&pg, &(struct pg_module){ .name = "big", .data_bytes = 20000 }, 0, NULL),
	   "blocks of three pages");
	odd = 0;
	tenon_for_each_region(pg.t, count_odd, &pg);
	ok(!odd, "each is a multiple of that");
	pg_unload(&pg, "big");
	ok(pg_close(&pg), "nothing is left");
}

/* Bytes of a block in a domain of that kind. */
static size_t block_bytes(enum tenon_domain_kind kind)
{
	struct tenon_domain *first, *d;
	struct tenon_stats stats;

	pg_open(&pg);
	first = pg.d;
	pg.mh.host.isolated_block_size = 4096;
	ok(!tenon_domain_open(pg.t, "other", kind, NULL, &d), "a domain opens");
	pg.d = d;
	ok(!pg_insmod(&pg, &(struct pg_module){ .name = "small", .data_bytes = 100 }, 0, NULL), "a small module loads");
	tenon_stats(pg.t, &stats);
	pg_unload(&pg, "small");
	pg.d = first;
	ok(!tenon_domain_close(pg.t, d) && pg_close(&pg), "nothing is left");
	return stats.block_bytes / stats.block_cnt;
}

static void test_isolated_block_size(void)
{
	size_t bytes = block_bytes(TENON_DOMAIN_KERNEL);

	ok(bytes == pg.mh.host.block_size && bytes != 4096, "blocks of a kernel's domain have the size for all");
	ok(block_bytes(TENON_DOMAIN_ISOLATED) == 4096, "those of an isolated one the size for these");
}

int main(void)
{
	test_alignment();
	test_kept();
	test_block_size();
	test_isolated_block_size();
	return tap_done();
}
