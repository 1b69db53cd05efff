/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* map, stats: where module memory is and what has been counted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/shell/shell.h"

/* A region as it was when the list was made; @block only distinguishes blocks and is not followed. */
struct seen {
	const struct tenon_block *block;
	enum tenon_mem kind;
	uint64_t run; /* of the block */
	size_t block_bytes, offset, bytes;
	char domain[TENON_NAME_BYTES], module[TENON_NAME_BYTES]; /* module "": free */
};

struct map {
	const char *domain; /* NULL: all */
	struct seen *seen;
	size_t cnt, cap;
};

static int add_region(const struct tenon_region *r, void *arg)
{
	const char *domain = tenon_domain_name(r->block->domain);
	struct map *map = arg;
	struct seen *seen;

	if (map->domain && strcmp(map->domain, domain))
		return 0;
	if (map->cnt == map->cap) {
		map->cap = map->cap ? map->cap * 2 : 64;
		seen = realloc(map->seen, map->cap * sizeof(*seen));
		if (!seen)
			return 1;
		map->seen = seen;
	}
	seen = &map->seen[map->cnt++];
	*seen = (struct seen){ r->block, r->block->kind, r->block->run, r->block->size, r->offset, r->size, "", "" };
	snprintf(seen->domain, sizeof(seen->domain), "%s", domain);
	if (r->module)
		snprintf(seen->module, sizeof(seen->module), "%s", tenon_module_name(r->module));
	return 0;
}

/* Print the block that begins at @from. Return: where the next one begins. */
static size_t print_block(const struct map *map, size_t from)
{
	static const char *const kinds[TENON_MEM_COUNT] = { "text", "rodata",    "ro_after_init",
							    "data", "init_text", "init_data" };
	const struct seen *first = &map->seen[from];
	size_t end = from, used = 0;

	for (; end < map->cnt && map->seen[end].block == first->block; end++)
		if (map->seen[end].module[0])
			used += map->seen[end].bytes;
	printf("%s %s: block of %zu KiB at %#llx, %.1f %% used\n", first->domain, kinds[first->kind],
	       first->block_bytes / 1024, (unsigned long long)first->run,
	       100.0 * (double)used / (double)first->block_bytes);
	for (size_t i = from; i < end; i++)
		printf("  +%#-9zx %8zu  %s\n", map->seen[i].offset, map->seen[i].bytes,
		       map->seen[i].module[0] ? map->seen[i].module : "(free)");
	return end;
}

int cmd_map(struct shell *s, const struct args *a)
{
	struct map map = { .domain = a->cnt == 2 ? a->word[1] : NULL };
	int err;

	if (a->cnt > 2)
		return say_usage(a);
	if (map.domain && !tenon_domain_find(s->core, map.domain))
		return say(a, "there is no domain '%s'; `domains` lists them", map.domain);
	err = tenon_for_each_region(s->core, add_region, &map);
	for (size_t i = 0; !err && i < map.cnt;)
		i = print_block(&map, i);
	free(map.seen);
	return err ? say(a, "out of memory") : 0;
}

int cmd_stats(struct shell *s, const struct args *a)
{
	struct process_stats host;
	struct tenon_stats core;

	if (a->cnt > 1)
		return say_usage(a);
	tenon_stats(s->core, &core);
	process_stats(s->h, &host);
	printf("loads %llu, failed %llu, unloads %llu, relocations %llu\n", (unsigned long long)core.loads,
	       (unsigned long long)core.load_failures, (unsigned long long)core.unloads,
	       (unsigned long long)core.relocations);
	printf("heap %zu bytes, at most %zu\n", core.heap_bytes, core.heap_peak_bytes);
	printf("module memory: %zu blocks, %zu bytes, %zu used\n", core.block_cnt, core.block_bytes, core.used_bytes);
	printf("permission changes %llu (system calls %llu), writable views opened %llu\n",
	       (unsigned long long)core.protect_calls, (unsigned long long)host.permission_changes,
	       (unsigned long long)host.alias_opens);
	printf("isolated domains: calls in %llu, calls out %llu, deaths %llu\n", (unsigned long long)host.upcalls,
	       (unsigned long long)host.gate_calls, (unsigned long long)host.domain_deaths);
	return 0;
}
