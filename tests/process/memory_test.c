/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Module memory as the machine sees it: during a storm of loads nothing is ever writable and executable, what only init
 * needed goes, what is constant cannot be written; and each byte has one owner in every list that there is.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/process/rig.h"

static const char *where;
static struct tenon_domain *domain;

/* ---- F-45: a storm, and who watches it ---- */

struct watch {
	int pid; /* whose maps */
	_Atomic bool stop;
	_Atomic long samples;
	long executable, bad;
	char line[512];
};

/* One look at all mappings. Return: whether there were any. */
static bool sample(struct watch *w)
{
	char path[64], line[512];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", w->pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		const char *access = strchr(line, ' ');

		if (!access || !strstr(line, "memfd:tenon"))
			continue;
		w->executable += access[3] == 'x';
		if (access[2] == 'w' && access[3] == 'x' && !w->bad++)
			strcpy(w->line, line);
	}
	fclose(f);
	w->samples++;
	return true;
}

static void *watch(void *arg)
{
	struct watch *w = arg;

	while (!atomic_load(&w->stop) && sample(w))
		;
	return NULL;
}

static void storm(void)
{
	static const char *const modules[] = { "hello", "chardev", "timer", "export_b", "params", "pages" };
	const char *const last[] = { "hello", "chardev", "timer", "export_b", "export_a", "params", "pages" };
	struct watch w = { .pid = process_domain_pid(domain) };
	uint64_t end = rig_now() + 2000 * MS;
	long loads = 0, failed = 0;
	pthread_t id;

	if (!w.pid)
		w.pid = getpid();
	if (pthread_create(&id, NULL, watch, &w))
		return;
	/* On a busy machine longer, so that enough is seen; only root sees anything. */
	while (rig_now() < end || (!geteuid() && w.samples <= 20)) {
		for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++, loads++)
			failed += rig_load_flags(domain, modules[i], NULL, 0) != 0;
		for (size_t i = 0; i < sizeof(last) / sizeof(last[0]); i++)
			failed += rig_unload(domain, last[i]) != 0;
	}
	atomic_store(&w.stop, true);
	pthread_join(id, NULL);
	if (!w.samples && geteuid()) {
		ok(!failed, "F-45 %s: %ld loads # SKIP only root may look at the process of a domain", where, loads);
		return;
	}
	if (w.bad)
		diag("%s", w.line);
	ok(!failed && w.samples > 20 && w.executable && !w.bad,
	   "F-45 %s: %ld loads, %ld looks at the mappings, none writable and executable (%ld were executable)", where,
	   loads, w.samples, w.executable);
}

/* ---- what may not be touched ---- */

struct addresses {
	unsigned long after_init, data, constant, text, init_text, init_data;
};

static struct addresses load_pages(void)
{
	struct addresses a = { 0 };

	process_log_clear(rig_host);
	rig_load(domain, "pages", NULL);
	sscanf(rig_log_line("pages: "),
	       "pages: after_init=%lx data=%lx constant=%lx text=%lx init_text=%lx init_data=%lx", &a.after_init,
	       &a.data, &a.constant, &a.text, &a.init_text, &a.init_data);
	return a;
}

static int call(const char *function, unsigned long address, int64_t *result)
{
	*result = -1;
	return rig_call(domain, function, address, 0, result);
}

static void access_ok(void)
{
	struct addresses a = load_pages();
	int64_t result;

	ok(!call("pages_write", a.data, &result) && !call("pages_read", a.data, &result) && (int)result == 5,
	   "%s: data is written and read", where);
	ok(!call("pages_read", a.constant, &result) && (int)result == 3 && !call("pages_read", a.after_init, &result) &&
	       (int)result == 2,
	   "%s: constants are read, and what was computed in init", where);
	rig_unload(domain, "pages");
}

/* In the isolated domain a trap ends the domain, in the kernel's the module: it is loaded anew each time. */
static void traps(const char *statement, const char *what, const char *function, size_t member)
{
	struct addresses a;
	unsigned long address;
	int64_t result;
	bool contained;
	int err;

	domain = rig_domain(where);
	contained = tenon_domain_kind(domain) == TENON_DOMAIN_ISOLATED;
	a = load_pages();
	memcpy(&address, (const char *)&a + member, sizeof(address));
	err = call(function, address, &result);
	process_settle(rig_host);
	ok(address && err == (contained ? -TENON_EOWNERDEAD : -TENON_EFAULT), "%s %s: %s traps (%d)", statement, where,
	   what, err);
	if (contained)
		rig_domain_close(where);
	domain = rig_domain(where);
}

static void forbidden(void)
{
	traps("F-45", "writing a constant", "pages_write", offsetof(struct addresses, constant));
	traps("F-45", "writing what is constant after init", "pages_write", offsetof(struct addresses, after_init));
	traps("F-45", "writing text", "pages_write", offsetof(struct addresses, text));
	traps("F-45", "running data", "pages_call", offsetof(struct addresses, data));
	traps("F-45", "running a constant", "pages_call", offsetof(struct addresses, constant));
	traps("F-45", "running init again", "pages_call", offsetof(struct addresses, init_text));
}

/* ---- init memory goes ---- */

static int take_info(const struct tenon_module *m, void *arg)
{
	struct tenon_module_info info;

	tenon_module_info(m, &info);
	if (strcmp(info.name, "pages") || info.state != TENON_LIVE)
		return 0;
	*(struct tenon_module_info *)arg = info;
	return 1;
}

static int of_init(const struct tenon_region *r, void *arg)
{
	bool init = r->block->kind == TENON_MEM_INIT_TEXT || r->block->kind == TENON_MEM_INIT_DATA;

	return init && r->module && r->block->domain == arg;
}

static void init_memory(void)
{
	struct tenon_module_info info = { .name = "?" };

	load_pages();
	tenon_for_each(rig_core, take_info, &info);
	ok(!info.size[TENON_MEM_INIT_TEXT] && !info.size[TENON_MEM_INIT_DATA] && info.size[TENON_MEM_TEXT],
	   "F-45 %s: a module that is live has no init memory", where);
	ok(!tenon_for_each_region(rig_core, of_init, domain), "F-45 %s: no byte of init memory has an owner", where);
	rig_unload(domain, "pages");
}

/* ---- F-33, F-46: the views agree ---- */

struct views {
	const struct tenon_module *module;
	struct tenon_module_info info;
	size_t bytes;     /* in the memory map */
	bool misplaced;   /* a region of it that it does not name */
	uint32_t exports; /* in the export table */
	size_t owned;
};

static int count_region(const struct tenon_region *r, void *arg)
{
	struct views *v = arg;
	uint64_t run = r->block->run + r->offset;

	if (r->module != v->module)
		return 0;
	v->bytes += r->size;
	if (run != v->info.address[r->block->kind] || r->size < v->info.size[r->block->kind])
		v->misplaced = true;
	return 0;
}

static int count_export(const struct tenon_export *e, void *arg)
{
	struct views *v = arg;

	v->exports += e->owner == v->module;
	return 0;
}

static int count_owned(const struct tenon_owned *o, void *arg)
{
	(void)o;
	((struct views *)arg)->owned++;
	return 0;
}

struct list {
	struct tenon_module *m[32];
	size_t cnt;
};

static int take_module(const struct tenon_module *m, void *arg)
{
	struct list *l = arg;

	if (tenon_module_domain(m) == domain && tenon_try_get((struct tenon_module *)m))
		l->m[l->cnt++] = (struct tenon_module *)m;
	return l->cnt == 32;
}

static bool agrees(struct tenon_module *m)
{
	struct views v = { .module = m };
	size_t named = 0;
	bool found = true;

	tenon_module_info(m, &v.info);
	tenon_for_each_region(rig_core, count_region, &v);
	tenon_for_each_export(rig_core, domain, count_export, &v);
	tenon_for_each_owned(rig_core, m, count_owned, &v);
	for (int kind = 0; kind < TENON_MEM_COUNT; kind++) {
		named += v.info.size[kind];
		if (v.info.size[kind])
			found &=
			    tenon_find_address(rig_core, domain, v.info.address[kind]) == m &&
			    tenon_find_address(rig_core, domain, v.info.address[kind] + v.info.size[kind] - 1) == m;
	}
	if (v.misplaced || !found || v.bytes < named || v.exports != v.info.export_cnt || v.owned != v.info.owned_cnt)
		diag("%s: %d %d, %zu bytes of %zu, %u exports of %u, %zu owned of %u", v.info.name, v.misplaced, found,
		     v.bytes, named, v.exports, v.info.export_cnt, v.owned, v.info.owned_cnt);
	return !v.misplaced && found && v.bytes >= named && v.exports == v.info.export_cnt &&
	       v.owned == v.info.owned_cnt;
}

struct totals {
	size_t used, all, blocks, last_end;
	const struct tenon_block *last;
	bool gap;
};

static int add_region(const struct tenon_region *r, void *arg)
{
	struct totals *t = arg;

	t->gap |=
	    r->block == t->last ? r->offset != t->last_end : r->offset || (t->last && t->last_end != t->last->size);
	t->blocks += r->block != t->last;
	t->last = r->block;
	t->last_end = r->offset + r->size;
	t->all += r->size;
	t->used += r->module ? r->size : 0;
	return 0;
}

static void views(void)
{
	static const char *const names[] = { "export_b", "chardev", "timer", "pages", "leak" };
	struct list list = { .cnt = 0 };
	struct tenon_stats stats;
	struct totals t = { 0 };
	bool agree = true;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		rig_load_flags(domain, names[i], strcmp(names[i], "leak") ? NULL : "memory=5 event=3", 0);
	tenon_for_each(rig_core, take_module, &list);
	for (size_t i = 0; i < list.cnt; i++)
		agree &= agrees(list.m[i]);
	for (size_t i = 0; i < list.cnt; i++)
		tenon_put(list.m[i], "test");
	ok(agree && list.cnt >= 7, "F-33 %s: list, memory map, addresses, exports and owners of %zu modules agree",
	   where, list.cnt);
	tenon_for_each_region(rig_core, add_region, &t);
	tenon_stats(rig_core, &stats);
	ok(!t.gap && t.last_end == t.last->size, "F-46 %s: each byte of each block is in one region", where);
	ok(t.used == stats.used_bytes && t.all == stats.block_bytes && t.blocks == stats.block_cnt,
	   "F-46 %s: the totals are those of the allocator (%zu of %zu bytes used, %zu of %zu)", where, t.used,
	   stats.used_bytes, t.all, stats.block_bytes);
	ok(rig_unload_all(domain), "%s: all of them leave", where);
}

static void all(const char *name)
{
	where = name;
	domain = rig_domain(name);
	storm();
	access_ok();
	forbidden();
	init_memory();
	views();
}

int main(void)
{
	rig_open(NULL);
	all("kernel");
	all("box");
	rig_domain_close("box");
	ok(rig_close(), "the host closes");
	return tap_done();
}
