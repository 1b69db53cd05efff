/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 *     relocs RELOCATIONS IMPORTS EXPORTS load|again|heap
 *
 * One load of an object with so many relocations (half of them calls to imports, a quarter addresses in data, a quarter
 * distances to data) into a kernel with so many exports. callgrind counts what happens in measured(): the load, or a
 * second request for the same module. `heap` prints figures instead.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/host.h"
#include "bench/object.h"

#define SECTION_HEADER_BYTES 64
#define OBJECT_SECTIONS 14

static struct bench_host host;

/* Kept apart, by name, for callgrind. */
__attribute__((noinline)) void measured(struct tenon *t, const struct tenon_request *req);
__attribute__((noinline)) void measured(struct tenon *t, const struct tenon_request *req)
{
	bench_load(t, req);
}

static void import_evenly(struct object_spec *spec, uint32_t cnt, uint32_t exports)
{
	char(*names)[32] = calloc(cnt, sizeof(*names));
	uint32_t *crcs = calloc(cnt, sizeof(*crcs));
	const char **imports = calloc(cnt, sizeof(*imports));

	for (uint32_t i = 0; i < cnt; i++) {
		uint32_t idx = (uint32_t)((uint64_t)i * exports / cnt);

		object_import_name(names[i], idx);
		imports[i] = names[i];
		crcs[i] = bench_crc(idx);
	}
	spec->imports = imports;
	spec->crcs = crcs;
	spec->import_cnt = cnt;
}

/* At its peak: the image and the core's own memory, without the private copy of the file and what was there before. */
static void heap_figures(struct tenon *t, const struct tenon_request *req, const struct object_spec *spec)
{
	size_t before, image, peak, limit;
	struct tenon_stats stats;

	/* Once before, for tables that grow with the first module and stay. */
	bench_load(t, req);
	if (tenon_unload(t, req->domain, spec->name, 0, NULL))
		exit(2);
	before = host.peak = host.heap;
	host.largest = 0;
	bench_load(t, req);
	tenon_stats(t, &stats);
	image = stats.used_bytes;
	peak = host.peak - before - host.largest + image;
	/* Three symbols are not imports: the first, and two of sections; and there is the entry. */
	limit = image + image / 10 + 32ul * (spec->import_cnt + 4) + SECTION_HEADER_BYTES * OBJECT_SECTIONS;
	figure("heap.peak_bytes", (double)peak, (double)limit, "image %zu, private copy of the file %zu", image,
	       host.largest);
	figure("heap.after_load_bytes", (double)(host.heap - before), -1, "of the resident module; %u imports",
	       spec->import_cnt);
	if (tenon_unload(t, req->domain, spec->name, 0, NULL))
		exit(2);
	figure("heap.after_unload_bytes", (double)(host.heap - before), 0, "more than before the load");
}

int main(int argc, char **argv)
{
	struct object_spec spec = { .name = "relocs" };
	struct tenon_request req = { .flags = TENON_LOAD_NO_START };
	struct tenon *t = bench_open(&host, &req.domain);
	struct tenon_source src;
	uint32_t relocs, exports;
	struct bench_file file;

	if (argc != 5)
		return 2;
	relocs = (uint32_t)atoi(argv[1]);
	exports = (uint32_t)atoi(argv[3]);
	import_evenly(&spec, (uint32_t)atoi(argv[2]), exports);
	spec.calls = relocs / 2;
	spec.relatives = relocs / 4;
	spec.absolutes = relocs / 4;
	file.data = object_make(&spec, &file.size);
	bench_provide(t, req.domain, exports);
	src = bench_source(&file);
	req.source = &src;
	if (!strcmp(argv[4], "heap")) {
		heap_figures(t, &req, &spec);
	} else if (!strcmp(argv[4], "load")) {
		measured(t, &req);
	} else {
		bench_load(t, &req);
		req.source = NULL;
		req.name = "relocs";
		measured(t, &req);
	}
	return 0;
}
