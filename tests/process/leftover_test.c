/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Modules that do not give back what they obtained: what is left is named and taken back, whether exit forgets it or
 * init fails on the way; everything is then as it was before, in both domains.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/process/rig.h"

static const char *where;
static struct tenon_domain *domain;

/* ---- exit forgets ---- */

struct owned {
	uint32_t cnt;
	size_t bytes, sites;
	char kinds[256];
};

static int add_owned(const struct tenon_owned *o, void *arg)
{
	struct owned *all = arg;

	all->cnt++;
	all->bytes += o->bytes;
	if (!strstr(all->kinds, o->kind))
		strcat(strcat(all->kinds, o->kind), " ");
	all->sites += o->caller != 0;
	return 0;
}

static void leak(const char *kind, const char *params, const char *name, uint32_t cnt, size_t bytes)
{
	struct tenon_module_info info = { 0 };
	struct owned all = { 0 };
	char *before = snapshot();
	struct tenon_module *m;
	int err = rig_load(domain, "leak", params);

	if (!ok(rig_says(err, 0, TENON_R_NONE), "%s: leak.ko obtains %s", where, params))
		return;
	m = tenon_get(rig_core, domain, "leak");
	tenon_for_each_owned(rig_core, m, add_owned, &all);
	tenon_module_info(m, &info);
	tenon_put(m, "test");
	ok(all.sites == cnt, "F-21 %s: each says where in the module it was asked for", where);
	ok(all.cnt == cnt && strstr(all.kinds, name) && (!bytes || all.bytes >= bytes) && info.owned_cnt == cnt &&
	       info.owned_bytes == all.bytes,
	   "F-21 %s: %u of %s in the owner list (%u: %s, %zu bytes)", where, cnt, kind, all.cnt, all.kinds, all.bytes);
	err = rig_unload(domain, "leak");
	ok(rig_says(err, 0, TENON_R_LEFT_BEHIND) && rig_diag.got == cnt && strstr(rig_diag.name, name),
	   "F-21 %s: the unload says that %u objects were left, of kind %s (%s)", where, cnt, name, rig_diag.name);
	ok(rig_logged("left behind: ") && rig_logged("asked for by init"), "F-21 %s: the log has a line for each",
	   where);
	ok(snapshot_same(before, snapshot()), "F-21 %s: %s is taken back", where, kind);
}

static void leaks(void)
{
	leak("memory", "memory=7 bytes=1000", "memory", 7, 7000);
	leak("timers that run", "timer=3", "timer", 3, 0);
	leak("devices", "device=4", "chrdev", 4, 0);
	leak("mutexes that are locked", "mutex=2", "mutex", 2, 0);
	leak("events", "event=5", "event", 5, 0);
	leak("buffers", "buffer=2 bytes=5000", "buffer", 2, 10000);
	leak("arenas", "arena=2 bytes=100000", "arena", 2, 200000);
	leak("everything", "memory=3 timer=2 device=2 mutex=2 event=2 buffer=2 arena=2", "memory", 15, 0);
	ok(!strcmp(rig_diag.name, "arena, buffer, event, mutex, chrdev, timer, memory"), "F-21 %s: each kind once",
	   where);
}

/* ---- init fails ---- */

static void init_fails(unsigned int after, int result, int want_err, enum tenon_reason want)
{
	char params[64], *before = snapshot();
	bool said, again;
	int err;

	snprintf(params, sizeof(params), "after=%u result=%d", after, result);
	process_log_clear(rig_host);
	err = rig_load(domain, "init_fails", params);
	said = rig_says(err, want_err, want) && !rig_logged("exit was called");
	ok(snapshot_same(before, snapshot()) && said, "F-01 %s: init returns %d after %u objects: nothing is left",
	   where, result, after);
	again = !rig_load(domain, "hello", NULL) && !rig_unload(domain, "hello");
	err = rig_load(domain, "init_fails", "after=3 result=0");
	again &= rig_says(err, 0, TENON_R_NONE) && !rig_unload(domain, "init_fails");
	ok(again, "F-01 %s: it can be loaded again at once", where);
}

/* ---- asking for modules from init ---- */

static void request(const char *statement, const char *name, const char *asks_for)
{
	char *before = snapshot(), line[128];
	int err;

	process_log_clear(rig_host);
	err = rig_load(domain, name, NULL);
	snprintf(line, sizeof(line), "asked for %s: %d", asks_for, -TENON_EDEADLK);
	ok(rig_says(err, -TENON_EDEADLK, TENON_R_INIT_FAILED) && rig_logged(line) == 1,
	   "%s %s: %s is told that it would wait for itself", statement, where, name);
	snprintf(line, sizeof(line), "%s: requested from within its own load", name);
	ok(rig_logged(line) == 1, "%s %s: the log says: %s", statement, where, line);
	ok(snapshot_same(before, snapshot()), "%s %s: nothing is left", statement, where);
}

static void all(const char *name)
{
	where = name;
	domain = rig_domain(name);
	rig_load_flags(domain, "runtime", NULL, 0);
	rig_warm_up(domain);
	rig_load(domain, "request_a", NULL);
	leaks();
	for (unsigned int after = 0; after <= 12; after++)
		init_fails(after, -TENON_EIO, -TENON_EIO, TENON_R_INIT_FAILED);
	init_fails(3, -TENON_ENODEV, -TENON_ENODEV, TENON_R_INIT_FAILED);
	init_fails(3, 1, -TENON_EINVAL, TENON_R_INIT_POSITIVE);
	init_fails(0, 2147483647, -TENON_EINVAL, TENON_R_INIT_POSITIVE);
	init_fails(1, -100000, -TENON_EIO, TENON_R_INIT_FAILED);
	request("F-06", "request_self", "request_self");
	request("F-07", "request_a", "request_b");
}

int main(void)
{
	rig_open(NULL);
	all("kernel");
	all("box");
	rig_unload_all(rig_domain("box"));
	rig_domain_close("box");
	ok(rig_close(), "the host closes");
	return tap_done();
}
