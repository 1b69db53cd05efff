/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A thousand small modules, of sizes like those of Debian's modules, in one plan and one by one: blocks, bytes lost by
 * rounding, permission changes, and whether unloading them in any order gives every block back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/host.h"
#include "bench/object.h"
#include "core/fmt/elf.h"

#define MODULES 1000
#define PAGE 4096

static struct bench_host host;
static struct bench_file files[MODULES + 1];
static char names[MODULES + 1][16];
static uint64_t random_state = 0x9e3779b97f4a7c15ull;

static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)((random_state >> 33) % n);
}

/* Median 3.2 kB, nine of ten below 30 kB, as text is in Debian's modules; half of that below 4 kB. */
static size_t like_text(void)
{
	static const uint32_t deciles[] = { 200, 700, 1200, 1800, 2500, 3250, 4600, 7500, 13000, 29700, 60000 };
	uint32_t i = random_below(10);

	return deciles[i] + random_below(deciles[i + 1] - deciles[i]);
}

/* The modules, and a last one that needs them all. */
static void make_modules(void)
{
	char *all = calloc(MODULES, sizeof(names[0]));

	for (uint32_t i = 0; i < MODULES; i++) {
		size_t text = like_text();
		struct object_spec spec = { .name = names[i],
					    .text_bytes = text,
					    .rodata_bytes = text / 2,
					    .data_bytes = text / 3,
					    .sealed_bytes = i % 10 ? 0 : 200,
					    .relatives = 20,
					    .absolutes = 10 };

		snprintf(names[i], sizeof(names[i]), "m%04u", i);
		files[i].name = names[i];
		files[i].data = object_make(&spec, &files[i].size);
		sprintf(all + strlen(all), "%s%s", i ? "," : "", names[i]);
	}
	struct object_spec spec = { .name = "all", .depends = all };

	files[MODULES].name = "all";
	files[MODULES].data = object_make(&spec, &files[MODULES].size);
	host.files = files;
	host.file_cnt = MODULES + 1;
}

struct bytes {
	uint64_t wanted; /* by the sections that are loaded */
	uint64_t paged;  /* with each kind of section of each module in pages of its own */
};

static void add_file(const struct bench_file *file, struct bytes *b)
{
	uint64_t size[4] = { 0 }; /* text, rodata, read-only after init, data */
	struct tenon_diag diag;
	struct elf_file elf;

	if (elf_open(&elf, file->data, file->size, &diag))
		exit(2);
	for (uint32_t i = 1; i < elf.section_cnt; i++) {
		struct elf_section s;

		elf_section_at(&elf, i, &s);
		if (!(s.flags & SHF_ALLOC) || !strcmp(s.name, ".modinfo") || !strcmp(s.name, "__versions"))
			continue;
		if (s.flags & SHF_EXECINSTR)
			size[0] += s.size;
		else if (!(s.flags & SHF_WRITE))
			size[1] += s.size;
		else
			size[strcmp(s.name, ".data..ro_after_init") ? 3 : 2] += s.size;
	}
	for (int i = 0; i < 4; i++) {
		b->wanted += size[i];
		b->paged += (size[i] + PAGE - 1) / PAGE * PAGE;
	}
}

/*
 * What modules have, and what is free before the last of them in its block: lost between them. What is free after it is
 * there for others.
 */
static int add_region(const struct tenon_region *r, void *arg)
{
	static const struct tenon_block *block;
	static uint64_t between;
	uint64_t *taken = arg;

	if (r->block != block)
		between = 0;
	block = r->block;
	if (!r->module) {
		between += r->size;
	} else {
		*taken += between + r->size;
		between = 0;
	}
	return 0;
}

static void layout_figures(struct tenon *t, size_t cnt, const char *how)
{
	struct bytes b = { 0 };
	struct tenon_stats stats;
	uint64_t taken = 0;
	char name[64];

	for (size_t i = 0; i < cnt; i++)
		add_file(&files[i], &b);
	tenon_for_each_region(t, add_region, &taken);
	tenon_stats(t, &stats);
	snprintf(name, sizeof(name), "many.%s.blocks", how);
	figure(name, (double)stats.block_cnt, (double)((b.wanted + BENCH_BLOCK_BYTES - 1) / BENCH_BLOCK_BYTES + 3),
	       "%.1f MB of modules", (double)b.wanted / 1e6);
	snprintf(name, sizeof(name), "many.%s.waste_percent", how);
	figure(name, 100.0 * (double)(taken - b.wanted) / (double)taken, 3,
	       "Linux's layout, each kind in pages of its own: %.1f",
	       100.0 * (double)(b.paged - b.wanted) / (double)b.paged);
	snprintf(name, sizeof(name), "many.%s.permission_changes_per_load", how);
	figure(name, (double)stats.protect_calls / (double)stats.loads, strcmp(how, "plan") ? -1 : 1,
	       "writing is ended by the same call");
}

static void unload_at_random(struct tenon *t, struct tenon_domain *d, uint32_t blocks_before, const char *how)
{
	uint32_t order[MODULES];
	char name[64];

	for (uint32_t i = 0; i < MODULES; i++) {
		uint32_t other = random_below(i + 1);

		order[i] = order[other];
		order[other] = i;
	}
	for (uint32_t i = 0; i < MODULES; i++)
		if (tenon_unload(t, d, names[order[i]], 0, NULL))
			exit(2);
	snprintf(name, sizeof(name), "many.%s.blocks_left_after_unloading", how);
	figure(name, (double)host.blocks - blocks_before, 0, "in random order");
}

int main(void)
{
	struct tenon_request req = { .flags = TENON_LOAD_NO_START };
	struct tenon *t = bench_open(&host, &req.domain);

	make_modules();
	req.name = "all";
	bench_load(t, &req);
	layout_figures(t, MODULES + 1, "plan");
	if (tenon_unload(t, req.domain, "all", 0, NULL))
		return 2;
	unload_at_random(t, req.domain, 0, "plan");
	if (tenon_domain_close(t, req.domain))
		return 2;
	tenon_destroy(t);

	t = bench_open(&host, &req.domain);
	host.files = files;
	host.file_cnt = MODULES + 1;
	for (uint32_t i = 0; i < MODULES; i++) {
		req.name = names[i];
		bench_load(t, &req);
	}
	layout_figures(t, MODULES, "singly");
	unload_at_random(t, req.domain, 0, "singly");
	return 0;
}
