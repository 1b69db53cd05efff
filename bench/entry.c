/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 *     entry plain|entered COUNT
 *
 * Calls a function so many times, plainly or as an entry into a module, for callgrind to count.
 */
#include <stdlib.h>
#include <string.h>

#include "bench/host.h"
#include "bench/object.h"

typedef int (*function)(int);

__attribute__((noinline)) static int callee(int x)
{
	return x + 1;
}

__attribute__((noinline)) int plain(function fn, int cnt);
__attribute__((noinline)) int plain(function fn, int cnt)
{
	int sum = 0;

	for (int i = 0; i < cnt; i++)
		sum += fn(i);
	return sum;
}

__attribute__((noinline)) int entered(struct tenon_thread *self, struct tenon_module *m, function fn, int cnt);
__attribute__((noinline)) int entered(struct tenon_thread *self, struct tenon_module *m, function fn, int cnt)
{
	int sum = 0;

	for (int i = 0; i < cnt; i++) {
		if (!tenon_enter(self, m))
			continue;
		sum += fn(i);
		tenon_leave(self);
	}
	return sum;
}

int main(int argc, char **argv)
{
	static struct bench_host host;
	struct object_spec spec = { .name = "entry" };
	struct tenon_request req = { .flags = TENON_LOAD_NO_START };
	struct tenon *t = bench_open(&host, &req.domain);
	static struct tenon_thread self;
	struct bench_file file;
	struct tenon_source src;
	struct tenon_module *m;
	int cnt, sum;

	if (argc != 3)
		return 2;
	cnt = atoi(argv[2]);
	tenon_thread_add(t, &self, "bench");
	file.data = object_make(&spec, &file.size);
	src = bench_source(&file);
	req.source = &src;
	m = bench_load(t, &req);
	sum = !strcmp(argv[1], "plain") ? plain(callee, cnt) : entered(&self, m, callee, cnt);
	return sum != cnt * (cnt + 1) / 2;
}
