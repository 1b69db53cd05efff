/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Opening the host, loading, the log. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tenon/vermagic.h"
#include "tests/process/rig.h"

struct process_host *rig_host;
struct tenon *rig_core;
struct tenon_diag rig_diag;

static _Noreturn void bail(const char *what, int err)
{
	printf("Bail out! %s: %d %s\n", what, err, rig_diag.reason ? rig_text() : "");
	exit(2);
}

const char *rig_path(const char *fmt, ...)
{
	static char paths[2][1024];
	static int turn;
	char *path = paths[turn++ % 2];
	const char *o = getenv("O");
	int len = snprintf(path, sizeof(paths[0]), "%s/", o ? o : "build");
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(path + len, sizeof(paths[0]) - (size_t)len, fmt, ap);
	va_end(ap);
	return path;
}

void rig_open(const struct process_options *more)
{
	static char modules[1024], own[1024];
	const char *dirs[] = { modules, own };
	struct process_options o = more ? *more : (struct process_options){ 0 };
	int err;

	snprintf(modules, sizeof(modules), "%s", rig_path("modules/x86_64"));
	snprintf(own, sizeof(own), "%s", rig_path("tests/process/modules"));
	if (!o.quota.log_burst)
		o.quota.log_burst = 1u << 30; /* tests look for lines after a storm of them */
	/* Only tests about deadlines have short ones: a busy machine makes anything slow. */
	if (!o.deadline_ms)
		o.deadline_ms = 60000;
	if (!o.wait_ms)
		o.wait_ms = 120000;
	o.module_dirs = dirs;
	o.module_dir_cnt = 2;
	err = process_open(&o, &rig_host);
	if (err)
		bail("the host does not open", err);
	rig_core = process_core(rig_host);
	err = tenon_accept(rig_core, &tenon_native, TENON_VERMAGIC("x86_64"), "runtime");
	if (!err)
		err = tenon_provide(rig_core, NULL, kpi_exports, kpi_export_cnt, &rig_diag);
	if (err)
		bail("the interface cannot be provided", err);
}

/* ---- domains ---- */

struct tenon_domain *rig_domain(const char *name)
{
	struct tenon_domain *d;
	int err;

	if (!strcmp(name, "kernel"))
		return process_kernel(rig_host);
	err = process_isolate(rig_host, name, &d);
	if (err)
		bail("a domain does not open", err);
	return d;
}

void rig_domain_close(const char *name)
{
	struct tenon_domain *d = tenon_domain_find(rig_core, name);
	int err;

	process_settle(rig_host);
	err = d ? process_domain_close(rig_host, d) : 0;
	if (err)
		bail("a domain does not close", err);
}

/* ---- loading ---- */

int rig_load_flags(struct tenon_domain *d, const char *name, const char *params, uint32_t flags)
{
	const struct tenon_request req = { .name = name, .domain = d, .params = params, .flags = flags };

	return tenon_load(rig_core, &req, NULL, &rig_diag);
}

int rig_load(struct tenon_domain *d, const char *name, const char *params)
{
	return rig_load_flags(d, name, params, TENON_LOAD_FRESH);
}

int rig_unload(struct tenon_domain *d, const char *name)
{
	/* However long a busy machine takes: a thread that never leaves the module ends the test at its own limit. */
	return tenon_unload(rig_core, d, name, UINT64_MAX, &rig_diag);
}

struct names {
	const struct tenon_domain *d;
	char name[64][TENON_NAME_BYTES];
	size_t cnt;
};

static int take_name(const struct tenon_module *m, void *arg)
{
	struct names *n = arg;

	if (tenon_module_domain(m) != n->d || tenon_module_state(m) == TENON_QUARANTINED)
		return 0;
	snprintf(n->name[n->cnt++], TENON_NAME_BYTES, "%s", tenon_module_name(m));
	return n->cnt == 64;
}

bool rig_unload_all(struct tenon_domain *d)
{
	struct names n = { .d = d };
	bool moved;

	do {
		moved = false;
		n.cnt = 0;
		tenon_for_each(rig_core, take_name, &n);
		for (size_t i = 0; i < n.cnt; i++)
			moved |= !tenon_unload(rig_core, d, n.name[i], UINT64_MAX, NULL);
	} while (moved);
	for (size_t i = 0; i < n.cnt; i++) {
		int err = rig_unload(d, n.name[i]);

		diag("%s is still loaded: %d %s", n.name[i], err, rig_text());
	}
	return !n.cnt;
}

void rig_warm_up(struct tenon_domain *d)
{
	rig_load(d, "leak", "memory=3 timer=2 device=2 mutex=2 event=2 buffer=2 arena=2");
	rig_unload(d, "leak");
	/* An init of several ticks. */
	rig_load(d, "timer", "period_ms=1");
	rig_load(d, "leak", "memory=5000");
	rig_unload(d, "leak");
	rig_unload(d, "timer");
}

bool rig_close(void)
{
	bool empty = rig_unload_all(process_kernel(rig_host));

	process_settle(rig_host);
	if (empty)
		process_close(rig_host);
	rig_host = NULL;
	return empty;
}

/* ---- a source that knows what it gave ---- */

struct watched {
	struct tenon_source inner;
	EVP_MD_CTX *hash;
};

static int64_t watched_read(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	struct watched *w = src->host;
	int64_t got = w->inner.read_at(&w->inner, offset, buf, len);

	if (got > 0)
		EVP_DigestUpdate(w->hash, buf, (size_t)got);
	return got;
}

int rig_insert(struct tenon_domain *d, const char *path, const char *params, uint8_t *digest)
{
	struct watched w = { .hash = EVP_MD_CTX_new() };
	struct tenon_source src;
	const struct tenon_request req = { .source = &src, .domain = d, .params = params, .flags = TENON_LOAD_FRESH };
	int err = process_open_file(path, &w.inner);

	if (err)
		bail(path, err);
	EVP_DigestInit_ex(w.hash, EVP_sha256(), NULL);
	src = (struct tenon_source){ .size = w.inner.size, .read_at = watched_read, .host = &w };
	err = tenon_load(rig_core, &req, NULL, &rig_diag);
	w.inner.close(&w.inner);
	if (digest)
		EVP_DigestFinal_ex(w.hash, digest, NULL);
	EVP_MD_CTX_free(w.hash);
	return err;
}

const char *rig_text(void)
{
	static char text[512];

	tenon_diag_format(&rig_diag, text, sizeof(text));
	return text;
}

bool rig_says(int err, int want_err, enum tenon_reason want)
{
	if (err == want_err && rig_diag.reason == want)
		return true;
	diag("returned %d, wanted %d; said %s, wanted %s: %s", err, want_err, tenon_reason_name(rig_diag.reason),
	     tenon_reason_name(want), rig_text());
	return false;
}

/* ---- the log ---- */

struct search {
	const char *text;
	size_t cnt;
	char line[1200];
};

static int look_at_line(uint64_t ns, enum tenon_log_level level, const char *text, size_t len, void *arg)
{
	struct search *s = arg;

	(void)ns, (void)level;
	if (!memmem(text, len, s->text, strlen(s->text)))
		return 0;
	s->cnt++;
	snprintf(s->line, sizeof(s->line), "%.*s", (int)len, text);
	return 0;
}

static struct search search_log(const char *text)
{
	struct search s = { .text = text };

	process_log_each(rig_host, look_at_line, &s);
	return s;
}

size_t rig_logged(const char *text)
{
	return search_log(text).cnt;
}

bool rig_box_died(void *unused)
{
	(void)unused;
	return rig_logged("box: domain is dead: ") > 0;
}

const char *rig_log_line(const char *text)
{
	static char line[1200];

	snprintf(line, sizeof(line), "%s", search_log(text).line);
	return line;
}

static int show_line(uint64_t ns, enum tenon_log_level level, const char *text, size_t len, void *arg)
{
	(void)ns, (void)level, (void)arg;
	diag("log: %.*s", (int)len, text);
	return 0;
}

void rig_log_show(void)
{
	process_log_each(rig_host, show_line, NULL);
}

/* ---- the rest ---- */

int rig_call(struct tenon_domain *d, const char *name, uint64_t a, uint64_t b, int64_t *result)
{
	struct process_code code = { 0 };
	struct tenon_export e;
	char why[64];
	int err = tenon_lookup(rig_core, d, name, &e);

	if (err)
		return err;
	code.module = e.owner;
	code.address = e.value;
	return process_upcall(rig_host, &code, (uint64_t[KPI_ARGS_MAX]){ a, b }, result, why);
}

uint64_t rig_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

void rig_sleep(uint64_t ns)
{
	const struct timespec ts = { .tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u) };

	nanosleep(&ts, NULL);
}

bool rig_until(bool (*cond)(void *arg), void *arg, uint64_t ns)
{
	uint64_t end = rig_now() + ns;
	bool is;

	while (!(is = cond(arg)) && rig_now() < end)
		rig_sleep(MS / 2);
	return is;
}
