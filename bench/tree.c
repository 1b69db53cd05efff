/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 *     tree MODULES SYMVERS SHARED-OBJECTS
 *
 * Link a whole tree of Linux modules in the process host, in one thread, from files that are in the page cache, by
 * requests for many modules and for one; beside it, read the same bytes with pread into one buffer, and dlopen as many
 * shared objects (made by shared.c) of the same size. All in turn, several times; medians count.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bench/host.h"
#include "bench/shared.h"
#include "port/process/process.h"
#include "tests/debian/t0.h"

#define ROUNDS 5
#define BATCH 32
#define RATIO_LIMIT 5

struct files {
	int *fds;
	size_t *sizes, largest, cnt;
	uint64_t bytes;
};

/* Time on the CPU: other processes do not count. */
static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), by_value);
	return values[ROUNDS / 2];
}

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(2);
}

/* All files open, so that nothing but reading is timed. */
static void open_files(const struct tree *tree, struct files *f)
{
	struct rlimit limit = { 65536, 65536 };
	struct stat st;

	setrlimit(RLIMIT_NOFILE, &limit);
	*f = (struct files){ .fds = calloc(tree->cnt, sizeof(int)),
			     .sizes = calloc(tree->cnt, sizeof(size_t)),
			     .cnt = tree->cnt };
	for (size_t i = 0; i < tree->cnt; i++) {
		f->fds[i] = open(tree->paths[i], O_RDONLY | O_CLOEXEC);
		if (f->fds[i] < 0 || fstat(f->fds[i], &st))
			die(tree->paths[i]);
		f->sizes[i] = (size_t)st.st_size;
		f->bytes += f->sizes[i];
		if (f->sizes[i] > f->largest)
			f->largest = f->sizes[i];
	}
}

static double read_all(const struct files *f, char *buffer)
{
	double start = now_ms();

	for (size_t i = 0; i < f->cnt; i++)
		if (pread(f->fds[i], buffer, f->sizes[i], 0) != (ssize_t)f->sizes[i])
			die("pread");
	return now_ms() - start;
}

/* Each request, and so each plan, is for @batch modules and what they need. */
static double link_all(struct process_host *h, const struct tree *tree, size_t batch)
{
	double start = now_ms();

	for (size_t i = 0; i < tree->cnt; i += batch) {
		size_t left = tree->cnt - i;
		struct tenon_request req = { .name = tree->names[i],
					     .domain = process_kernel(h),
					     .flags = TENON_LOAD_NO_START };

		req.more = (const char *const *)tree->names + i + 1;
		req.more_cnt = (uint32_t)((left < batch ? left : batch) - 1);
		bench_load(process_core(h), &req);
	}
	return now_ms() - start;
}

static int remember(const struct tenon_module *m, void *names)
{
	const char ***at = names;

	*(*at)++ = tenon_module_name(m);
	return 0;
}

/* Newest first, so that users go before what they use. */
static double unload_all(struct process_host *h, const char **names)
{
	const char **at = names;
	double start;

	tenon_for_each(process_core(h), remember, &at);
	*at = NULL;
	start = now_ms();
	for (at = names; *at; at++)
		if (tenon_unload(process_core(h), process_kernel(h), *at, 0, NULL))
			die(*at);
	return now_ms() - start;
}

/* In a process of its own each time; started, not forked, so that it shares no memory with this one. */
static double dlopen_all(const char *program, const char *modules, const char *directory)
{
	char command[3 * 4096];
	double ms = -1;
	FILE *f;

	snprintf(command, sizeof(command), "'%s' dlopen '%s' '%s'", program, modules, directory);
	f = popen(command, "r");
	if (!f || fscanf(f, "%lf", &ms) != 1 || pclose(f))
		die("dlopen");
	return ms;
}

static void provide(struct process_host *h, const struct symvers *sv)
{
	struct tenon_export *table = calloc(sv->cnt, sizeof(*table));
	struct tenon_diag diag;
	size_t cnt = 0;

	for (size_t i = 0; i < sv->cnt; i++) {
		const struct symver *s = &sv->entries[i];

		if (s->address)
			table[cnt++] = (struct tenon_export){ .name = s->name,
							      .value = s->address,
							      .crc = s->crc,
							      .space = s->space,
							      .flags = s->gpl ? TENON_EXPORT_GPL : 0 };
	}
	if (tenon_provide(process_core(h), process_kernel(h), table, cnt, &diag))
		die("tenon_provide");
}

struct waste {
	uint64_t used, rounded;
};

/* What each region would take in pages of its own. */
static int add_waste(const struct tenon_module *m, void *arg)
{
	struct tenon_module_info info;
	struct waste *w = arg;

	tenon_module_info(m, &info);
	for (int mem = 0; mem < TENON_MEM_COUNT; mem++) {
		w->used += info.size[mem];
		w->rounded += (info.size[mem] + 4095) & ~4095ul;
	}
	return 0;
}

static void layout_figures(struct process_host *h)
{
	struct tenon_stats stats;
	struct waste waste = { 0 };
	double linux_waste;

	tenon_stats(process_core(h), &stats);
	tenon_for_each(process_core(h), add_waste, &waste);
	linux_waste = 100.0 * (double)(waste.rounded - waste.used) / (double)waste.rounded;
	/* One of each kind may be partly filled; a module larger than a block has blocks of its own. */
	figure("tree.blocks", (double)stats.block_cnt,
	       (double)((stats.used_bytes + BENCH_BLOCK_BYTES - 1) / BENCH_BLOCK_BYTES + 3),
	       "%zu bytes used in %zu; Linux rounds each region to pages and loses %.1f %% of them", stats.used_bytes,
	       stats.block_bytes, linux_waste);
	figure("tree.relocations_per_module", (double)stats.relocations / (double)stats.loads, -1,
	       "%llu in all, each time", (unsigned long long)stats.relocations);
}

int main(int argc, char **argv)
{
	struct process_options options = { 0 };
	double reads[ROUNDS], batches[ROUNDS], singles[ROUNDS], unloads[ROUNDS], opens[ROUNDS];
	struct process_host *h;
	const char **names;
	struct symvers sv;
	struct files files;
	struct tree tree;
	char *buffer;
	double read_ms, batch_ms, single_ms;

	if (argc != 4)
		return 2;
	if (!strcmp(argv[1], "dlopen")) {
		tree_read(&tree, argv[2]);
		return printf("%f\n", shared_open_all(&tree, argv[3])) < 0;
	}
	tree_read(&tree, argv[1]);
	shared_make_all(&tree, argv[3]);
	open_files(&tree, &files);
	buffer = malloc(files.largest);
	names = calloc(tree.cnt + 1, sizeof(*names));
	options.module_dirs = (const char *const[]){ argv[1] };
	options.module_dir_cnt = 1;
	if (process_open(&options, &h) || tenon_accept(process_core(h), &tenon_linux, NULL, NULL))
		die("process_open");
	symvers_read(&sv, argv[2], process_contract(h)->window_start + 0x10000);
	provide(h, &sv);
	for (int i = 0; i < ROUNDS; i++) {
		reads[i] = read_all(&files, buffer);
		batches[i] = link_all(h, &tree, BATCH);
		if (!i)
			layout_figures(h);
		unloads[i] = unload_all(h, names);
		singles[i] = link_all(h, &tree, 1);
		unload_all(h, names);
		opens[i] = dlopen_all(argv[0], argv[1], argv[3]);
	}
	read_ms = median(reads);
	batch_ms = median(batches);
	single_ms = median(singles);
	figure("tree.link_over_pread", batch_ms / read_ms, RATIO_LIMIT,
	       "%zu modules, %.1f MB, %d a request: linked in %.0f ms, unloaded in %.0f ms; pread %.0f ms; dlopen of "
	       "as many shared objects %.0f ms",
	       tree.cnt, (double)files.bytes / 1e6, BATCH, batch_ms, median(unloads), read_ms, median(opens));
	figure("tree.link_singly_over_pread", single_ms / read_ms, -1, "one module a request: %.0f ms", single_ms);
	return 0;
}
