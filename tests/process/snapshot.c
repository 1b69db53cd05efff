/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The state of the host as text, from the core's lists and from the machine's own records in /proc. */
#include <dirent.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/process/rig.h"

/* ---- the core's view ---- */

static int print_owned(const struct tenon_owned *o, void *arg)
{
	fprintf(arg, "  owns %s %zu\n", o->kind, o->bytes);
	return 0;
}

static int print_module(const struct tenon_module *m, void *arg)
{
	struct tenon_module_info i;

	tenon_module_info(m, &i);
	fprintf(arg, "module %s in %s: %s refs %u users %u taints %u imports %u exports %u owned %u\n", i.name,
		i.domain, tenon_state_name(i.state), i.refs, i.users, i.taints, i.import_cnt, i.export_cnt,
		i.owned_cnt);
	for (int kind = 0; kind < TENON_MEM_COUNT; kind++)
		fprintf(arg, "  %d: %zu at %#llx\n", kind, i.size[kind], (unsigned long long)i.address[kind]);
	return 0;
}

static int print_region(const struct tenon_region *r, void *arg)
{
	fprintf(arg, "region %s %d %#llx+%zx %zx %s\n", tenon_domain_name(r->block->domain), r->block->kind,
		(unsigned long long)r->block->run, r->offset, r->size, r->module ? tenon_module_name(r->module) : "-");
	return 0;
}

/* Exports come in no order, so they are added up. */
static int sum_export(const struct tenon_export *e, void *arg)
{
	uint64_t *sum = arg, h = e->value ^ (uint64_t)e->crc << 32;

	for (const char *c = e->name; *c; c++)
		h = (h ^ (uint8_t)*c) * 1099511628211ull;
	sum[0]++;
	sum[1] += h;
	return 0;
}

static void print_exports(FILE *f, const char *domain)
{
	struct tenon_domain *d = tenon_domain_find(rig_core, domain);
	uint64_t sum[2] = { 0 };

	if (!d)
		return;
	tenon_for_each_export(rig_core, d, sum_export, sum);
	fprintf(f, "exports in %s: %llu, %llx\n", domain, (unsigned long long)sum[0], (unsigned long long)sum[1]);
}

/* Owners are listed under the core's lock, which tenon_for_each holds: so by name, afterwards. */
static int take_held(const struct tenon_module *m, void *arg)
{
	struct tenon_module **held = arg;
	int i = 0;

	while (held[i])
		i++;
	if (i < 63 && tenon_try_get((struct tenon_module *)m))
		held[i] = (struct tenon_module *)m;
	return 0;
}

static void print_owners(FILE *f)
{
	struct tenon_module *held[64] = { NULL };

	tenon_for_each(rig_core, take_held, held);
	for (int i = 0; held[i]; i++) {
		fprintf(f, "owner %s\n", tenon_module_name(held[i]));
		tenon_for_each_owned(rig_core, held[i], print_owned, f);
		tenon_put(held[i], "snapshot");
	}
}

/* ---- the machine's view ---- */

/* Lines of a maps file that show module memory: files of memory, whose names begin with /memfd:. */
static void print_maps(FILE *f, const char *who, long pid)
{
	char path[64], line[512], range[64], access[8], name[256];
	unsigned long offset;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%ld/maps", pid);
	maps = fopen(path, "re");
	if (!maps)
		return;
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%63s %7s %lx %*s %*s %255[^\n]", range, access, &offset, name) == 4 &&
		    strstr(name, "memfd:"))
			fprintf(f, "map %s %s %s %lx %s\n", who, range, access, offset, strstr(name, "memfd:"));
	}
	fclose(maps);
}

/* Entries of a directory in /proc whose names are numbers, printed with their link if they have one. */
static long print_entries(FILE *f, const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *e;
	long cnt = 0;

	while (dir && (e = readdir(dir))) {
		char link[512], target[256] = "";
		ssize_t len;

		if (e->d_name[0] < '0' || e->d_name[0] > '9')
			continue;
		snprintf(link, sizeof(link), "%s/%s", path, e->d_name);
		len = readlink(link, target, sizeof(target) - 1);
		/* Our own look at the directory, and what a pipe is called, are no part of the state. */
		if (len > 0 && strncmp(target, "/proc/", 6) == 0)
			continue;
		cnt++;
		if (f && len > 0)
			fprintf(f, "file %s\n", target);
	}
	if (dir)
		closedir(dir);
	return cnt;
}

/* Call @fn for each child process. */
static long each_child(FILE *f)
{
	DIR *tasks = opendir("/proc/self/task");
	const struct dirent *e;
	long pid, cnt = 0;

	while (tasks && (e = readdir(tasks))) {
		char path[300];
		FILE *children;

		snprintf(path, sizeof(path), "/proc/self/task/%s/children", e->d_name);
		children = e->d_name[0] == '.' ? NULL : fopen(path, "re");
		while (children && fscanf(children, "%ld", &pid) == 1) {
			cnt++;
			if (f)
				print_maps(f, "child", pid);
		}
		if (children)
			fclose(children);
	}
	if (tasks)
		closedir(tasks);
	return cnt;
}

/* ---- together ---- */

char *snapshot(void)
{
	struct tenon_stats core;
	struct process_stats host;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	tenon_stats(rig_core, &core);
	process_stats(rig_host, &host);
	fprintf(f, "core heap %zu, blocks %zu of %zu bytes, used %zu\n", core.heap_bytes, core.block_cnt,
		core.block_bytes, core.used_bytes);
	fprintf(f, "host heap %zu\n", host.heap_bytes);
	tenon_for_each(rig_core, print_module, f);
	print_owners(f);
	tenon_for_each_region(rig_core, print_region, f);
	print_exports(f, "kernel");
	print_exports(f, "box");
	print_maps(f, "host", getpid());
	fprintf(f, "children %ld\n", each_child(f));
	fprintf(f, "threads %ld\n", print_entries(NULL, "/proc/self/task"));
	print_entries(f, "/proc/self/fd");
	fclose(f);
	return text;
}

bool snapshot_same(char *before, char *after)
{
	const char *a = before, *b = after;
	bool same = !strcmp(before, after);

	while (!same) {
		size_t len = strcspn(a, "\n"), other = strcspn(b, "\n");

		if (len != other || strncmp(a, b, len)) {
			diag("before: %.*s", (int)len, a);
			diag("after:  %.*s", (int)other, b);
			break;
		}
		a += len + (a[len] == '\n');
		b += other + (b[other] == '\n');
	}
	free(before);
	free(after);
	return same;
}

static long count_lines(const char *path)
{
	FILE *f = fopen(path, "re");
	long cnt = 0;
	int c;

	while (f && (c = getc(f)) != EOF)
		cnt += c == '\n';
	if (f)
		fclose(f);
	return cnt;
}

struct usage usage(void)
{
	return (struct usage){
		.fds = print_entries(NULL, "/proc/self/fd"),
		.threads = print_entries(NULL, "/proc/self/task"),
		.maps = count_lines("/proc/self/maps"),
		.children = each_child(NULL),
		.heap = mallinfo2().uordblks,
	};
}
