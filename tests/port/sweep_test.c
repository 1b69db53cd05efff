/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * F-01: load, use and unload of real modules, again and again with the 1st, 2nd, 3rd ... host call failing, until one
 * round passes untouched. After each round everything is as before, in both domains.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/process.h"
#include "tenon/kpi/chrdev.h"
#include "tenon/vermagic.h"
#include "tests/tap.h"

#define ROUNDS_MAX 2000

static struct process_host *h;
static struct tenon *core;

static int count_module(const struct tenon_module *m, void *arg)
{
	(void)m;
	++*(int *)arg;
	return 0;
}

struct snapshot {
	int modules, files;
	size_t heap, blocks, used;
};

static struct snapshot take_snapshot(void)
{
	struct snapshot s = { 0 };
	struct process_stats host;
	struct tenon_stats stats;
	DIR *dir = opendir("/proc/self/fd");

	while (dir && readdir(dir))
		s.files++;
	if (dir)
		closedir(dir);
	tenon_for_each(core, count_module, &s.modules);
	process_stats(h, &host);
	tenon_stats(core, &stats);
	s.heap = host.heap_bytes;
	s.blocks = stats.block_cnt;
	s.used = stats.used_bytes;
	return s;
}

static bool same(const struct snapshot *a, const struct snapshot *b)
{
	if (a->modules == b->modules && a->files == b->files && a->heap == b->heap && a->blocks == b->blocks &&
	    a->used == b->used)
		return true;
	diag("modules %d %d, files %d %d, heap %zu %zu, blocks %zu %zu, used %zu %zu", a->modules, b->modules, a->files,
	     b->files, a->heap, b->heap, a->blocks, b->blocks, a->used, b->used);
	return false;
}

/* Write and read back through the device; every call may fail, and says so. */
static void use(void)
{
	struct tenon_file *f;
	char text[8] = "";

	if (tenon_device_open("upper", TENON_CHRDEV_READ | TENON_CHRDEV_WRITE, &f))
		return;
	if (tenon_device_write(f, "abc", 3, 0) == 3 && tenon_device_read(f, text, sizeof(text), 0) == 3 &&
	    memcmp(text, "ABC", 3))
		ok(false, "the device works or fails, but never gives '%s'", text);
	tenon_device_close(f);
}

/* Load, use, unload, with the @n-th host call failing. Return: whether there were that many. */
static bool round_of(struct tenon_domain *d, uint64_t n)
{
	const struct tenon_request req = { .name = "chardev", .domain = d };
	uint64_t deadline = process_contract(h)->now_ns(h) + 2000000000u;
	bool hit;

	process_fail_nth(h, n);
	if (!tenon_load(core, &req, NULL, NULL))
		use();
	if (tenon_unload(core, d, "chardev", deadline, NULL))
		tenon_unload(core, d, "chardev", deadline, NULL);
	hit = process_fail_hit(h);
	process_fail_nth(h, 0);
	/* What an unload that failed once has left, and the runtime, which is loaded with the first module. */
	tenon_unload(core, d, "chardev", deadline, NULL);
	tenon_unload(core, d, "runtime", deadline, NULL);
	return hit;
}

static void sweep(struct tenon_domain *d, const char *where)
{
	struct snapshot before, after;
	bool clean = true, hit = true;
	uint64_t n;

	round_of(d, 0); /* what is made once and kept: buffers of the C library, the domain's threads */
	before = take_snapshot();
	for (n = 1; hit && clean && n < ROUNDS_MAX; n++) {
		hit = round_of(d, n);
		after = take_snapshot();
		clean = same(&before, &after);
	}
	ok(clean, "%s: nothing is left of any of %llu rounds", where, (unsigned long long)n - 1);
	ok(!hit && n > 20, "%s: the last round passed untouched", where);
}

int main(void)
{
	const char *build = getenv("O") ? getenv("O") : "build";
	char tree[4096];
	const char *const dirs[] = { tree };
	const struct process_options options = { .module_dirs = dirs, .module_dir_cnt = 1 };
	struct tenon_domain *d;

	snprintf(tree, sizeof(tree), "%s/modules/x86_64", build);
	if (!ok(!process_open(&options, &h), "the process host opens"))
		return tap_done();
	core = process_core(h);
	tenon_accept(core, &tenon_native, TENON_VERMAGIC("x86_64"), "runtime");
	ok(!tenon_provide(core, NULL, kpi_exports, kpi_export_cnt, NULL), "it provides the interface");
	sweep(process_kernel(h), "kernel");
	if (ok(!process_isolate(h, "sweep", &d), "an isolated domain opens")) {
		sweep(d, "isolated");
		ok(process_domain_pid(d), "it is the same domain all the time");
		ok(!process_domain_close(h, d), "and closes");
	}
	process_close(h);
	return tap_done();
}
