// SPDX-License-Identifier: GPL-2.0-only
/* For hosts: the ways in to fs/files.c (include/tenon/linux_files.h) and kernel/watch.c (linux_watch.h). */
#include "linux/native/native.h"
#include "tenon/linux_files.h"
#include "tenon/linux_watch.h"

struct call {
	struct tenon_linux_file *call;
	const char *in;
	unsigned long in_len;
	char *out;
	unsigned long room;
};

long tenon_linux_file(struct tenon_linux_file *call, const void *in, size_t in_len, void *out, size_t out_len);

static long run(void *arg)
{
	const struct call *c = arg;

	return linux_file(c->call, c->in, c->in_len, c->out, c->room);
}

long tenon_linux_file(struct tenon_linux_file *call, const void *in, size_t in_len, void *out, size_t out_len)
{
	struct call c = { call, in, in_len, out, out_len };

	return lx_on_cpu(run, &c);
}
EXPORT_SYMBOL_GPL(tenon_linux_file);

struct watch_call {
	struct tenon_linux_watch *watch;
	void *out;
	unsigned long room;
};

long tenon_linux_watch(struct tenon_linux_watch *watch, void *out, size_t out_len);

static long run_watch(void *arg)
{
	const struct watch_call *c = arg;

	return linux_watch(c->watch, c->out, c->room);
}

long tenon_linux_watch(struct tenon_linux_watch *watch, void *out, size_t out_len)
{
	struct watch_call c = { watch, out, out_len };

	return lx_on_cpu(run_watch, &c);
}
EXPORT_SYMBOL_GPL(tenon_linux_watch);
