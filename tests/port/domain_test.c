/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The process host with real modules: the same tests from the same files in the kernel domain and in an isolated one,
 * and what faults do to each. The tree's modules are in $O/modules.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "modules/examples/chardev.h"
#include "port/process/process.h"
#include "tenon/kpi/chrdev.h"
#include "tenon/vermagic.h"
#include "tests/tap.h"

#define DEADLINE_MS 300

static struct process_host *h;
static struct tenon *core;

static uint64_t now(void)
{
	return process_contract(h)->now_ns(h);
}

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

/* Load by name. Return: error; the diagnosis is shown if it is not the one expected. */
static int load(struct tenon_domain *d, const char *name, const char *params, int expected)
{
	const struct tenon_request req = { .name = name, .domain = d, .params = params };
	struct tenon_diag why = { 0 };
	char line[512];
	int err = tenon_load(core, &req, NULL, &why);

	if (err != expected) {
		tenon_diag_format(&why, line, sizeof(line));
		diag("%s %s: %d, %s", name, params ? params : "", err, line);
	}
	return err;
}

static int unload(struct tenon_domain *d, const char *name, struct tenon_diag *why)
{
	return tenon_unload(core, d, name, UINT64_MAX, why);
}

/* Unload the runtime, the last module, and close the domain. */
static int close_domain(struct tenon_domain *d)
{
	unload(d, "runtime", NULL);
	return process_domain_close(h, d);
}

/* ---- looking at the log ---- */

struct search {
	const char *text;
	int cnt;
	char last[256];
};

static int search_line(uint64_t ns, enum tenon_log_level level, const char *text, size_t len, void *arg)
{
	struct search *s = arg;

	(void)ns, (void)level, (void)len;
	if (strstr(text, s->text)) {
		s->cnt++;
		snprintf(s->last, sizeof(s->last), "%s", text);
	}
	return 0;
}

static bool logged(const char *text)
{
	struct search s = { .text = text };

	process_log_each(h, search_line, &s);
	return s.cnt;
}

static int show_line(uint64_t ns, enum tenon_log_level level, const char *text, size_t len, void *arg)
{
	(void)ns, (void)arg, (void)len;
	diag("<%d> %s", (int)level, text);
	return 0;
}

static int count_entries(const char *path)
{
	DIR *dir = opendir(path);
	int cnt = 0;

	while (dir && readdir(dir))
		cnt++;
	if (dir)
		closedir(dir);
	return cnt;
}

/* ---- the same in both domains ---- */

static void test_hello(struct tenon_domain *d, const char *where)
{
	process_log_clear(h);
	ok(!load(d, "hello", NULL, 0), "%s: hello loads", where);
	ok(logged("hello: "), "%s: and says so", where);
	ok(!unload(d, "hello", NULL), "%s: and unloads", where);
}

static void test_timer(struct tenon_domain *d, const char *where)
{
	struct search s = { .text = " ticks" };
	unsigned int ticks = 0, most;
	uint64_t start = now();
	const char *number;

	process_log_clear(h);
	ok(!load(d, "timer", "period_ms=5", 0), "%s: timer loads", where);
	sleep_ms(100);
	ok(!unload(d, "timer", NULL), "%s: timer unloads", where);
	most = (unsigned int)((now() - start) / 5000000) + 1;
	process_log_each(h, search_line, &s);
	number = strstr(s.last, ": ");
	if (number)
		ticks = (unsigned int)strtoul(number + 2, NULL, 10);
	/* How often at least is up to the machine's load. */
	ok(ticks >= 1 && ticks <= most, "%s: it ticked, and at most every 5 ms (%u of %u)", where, ticks, most);
}

/* RFC 1950, written here again as an independent answer. */
static uint32_t adler(const uint8_t *p, size_t len)
{
	uint32_t a = 1, b = 0;

	for (size_t i = 0; i < len; i++) {
		a = (a + p[i]) % 65521;
		b = (a + b) % 65521;
	}
	return b << 16 | a;
}

static void test_chardev_file(struct tenon_file *f, const char *where)
{
	struct upper_sum sum = { .offset = 0, .len = 11 }, got = { 0 };
	struct tenon_mapping map;
	char text[32] = "";
	size_t len = sizeof(got);

	ok(tenon_device_write(f, "hello world", 11, 0) == 11, "%s: write", where);
	ok(tenon_device_read(f, text, sizeof(text), 0) == 11 && !memcmp(text, "HELLO WORLD", 12), "%s: read gives '%s'",
	   where, text);
	ok(tenon_device_read(f, text, sizeof(text), 11) == 0, "%s: end of file", where);
	ok(!tenon_device_ioctl(f, UPPER_SUM, &sum, sizeof(sum), &got, &len) && len == sizeof(got) &&
	       got.sum == adler((const uint8_t *)"HELLO WORLD", 11),
	   "%s: ioctl gives the checksum", where);
	ok(tenon_device_ioctl(f, 99, NULL, 0, NULL, NULL) == -TENON_EINVAL, "%s: an unknown ioctl is refused", where);
	if (!ok(!tenon_device_map(f, &map), "%s: the buffer can be mapped", where))
		return;
	ok(!memcmp(map.address, "HELLO WORLD", 11), "%s: and shows the same bytes", where);
	memcpy(map.address, "shared", 6);
	sum.len = got.len = 6;
	len = sizeof(got);
	ok(!tenon_device_ioctl(f, UPPER_SUM, &sum, sizeof(sum), &got, &len) &&
	       got.sum == adler((const uint8_t *)"shared", 6),
	   "%s: the module sees what is written there", where);
	tenon_device_unmap(&map);
}

static void test_chardev(struct tenon_domain *d, const char *where)
{
	struct tenon_mapping map = { 0 };
	struct tenon_file *f;

	ok(!load(d, "chardev", NULL, 0), "%s: chardev loads", where);
	if (!ok(!tenon_device_open("upper", TENON_CHRDEV_READ | TENON_CHRDEV_WRITE, &f), "%s: its device opens", where))
		return;
	test_chardev_file(f, where);
	ok(unload(d, "chardev", NULL) == -TENON_EBUSY, "%s: it stays while the file is open", where);
	tenon_device_map(f, &map);
	tenon_device_close(f);
	ok(!unload(d, "chardev", NULL), "%s: it unloads when it is closed", where);
	ok(map.address && !memcmp(map.address, "shared", 6), "%s: a mapping outlives the module", where);
	tenon_device_unmap(&map);
	ok(tenon_device_open("upper", TENON_CHRDEV_READ, &f) == -TENON_ENOENT, "%s: the device is gone", where);
}

static void test_leak(struct tenon_domain *d, const char *where)
{
	struct tenon_diag why = { 0 };
	int err;

	ok(!load(d, "leak", "memory=3 timer=2 device=1 mutex=1 event=1 buffer=2 arena=1", 0), "%s: leak loads", where);
	err = unload(d, "leak", &why);
	ok(!err && why.reason == TENON_R_LEFT_BEHIND && why.got == 11,
	   "%s: what it left is named and taken back (%llu: %s)", where, (unsigned long long)why.got, why.name);
}

static void test_domain(struct tenon_domain *d, const char *where)
{
	test_hello(d, where);
	test_timer(d, where);
	test_chardev(d, where);
	test_leak(d, where);
}

/* ---- faults ---- */

static const char *const faults[] = { "null_read", "null_write", "wild_read", "wild_write", "const_write", "text_write",
				      "data_jump", "divide",     "illegal",   "stack",      "loop",        "exit" };
#define FAULT_CNT (sizeof(faults) / sizeof(faults[0]))

static void trigger(struct tenon_domain *d, const char *when)
{
	struct tenon_file *f;
	char byte;

	if (!strcmp(when, "read")) {
		if (tenon_device_open("fault", TENON_CHRDEV_READ, &f))
			return;
		tenon_device_read(f, &byte, 1, 0);
		tenon_device_close(f);
	} else if (!strcmp(when, "exit")) {
		unload(d, "fault", NULL);
	} else {
		sleep_ms(20);
	}
}

/* One fault in an isolated domain ends that domain and nothing else. */
static void test_isolated_fault(const char *what, const char *when)
{
	struct tenon_domain *d;
	struct search s = { .text = "victim: domain is dead: " };
	char params[64];

	process_log_clear(h);
	if (process_isolate(h, "victim", &d)) {
		ok(false, "isolated, %s in %s: domain opens", what, when);
		return;
	}
	snprintf(params, sizeof(params), "what=%s when=%s", what, when);
	load(d, "fault", params, !strcmp(when, "init") ? -TENON_EFAULT : 0);
	trigger(d, when);
	while (process_domain_pid(d))
		sleep_ms(1);
	process_settle(h);
	process_log_each(h, search_line, &s);
	ok(!process_domain_pid(d) && s.cnt && !logged("survived"), "isolated, %s in %s: %s", what, when, s.last);
	if (!s.cnt)
		process_log_each(h, show_line, NULL);
	ok(!process_domain_close(h, d), "isolated, %s in %s: nothing is left of the domain", what, when);
}

static void test_isolated_faults(void)
{
	static const char *const moments[] = { "init", "read", "timer", "thread", "exit" };
	struct process_stats before, after;
	int fds = count_entries("/proc/self/fd"), threads = count_entries("/proc/self/task");
	struct tenon_domain *d;

	process_stats(h, &before);
	for (size_t i = 0; i < FAULT_CNT; i++)
		for (size_t k = 0; k < sizeof(moments) / sizeof(moments[0]); k++)
			if (strcmp(faults[i], "loop") || k < 3)
				test_isolated_fault(faults[i], moments[k]);
	process_stats(h, &after);
	ok(before.heap_bytes == after.heap_bytes, "memory is back (%zu, %zu)", before.heap_bytes, after.heap_bytes);
	ok(count_entries("/proc/self/fd") == fds && count_entries("/proc/self/task") == threads,
	   "files and threads are back");
	ok(!process_isolate(h, "victim", &d), "the next domain opens");
	test_hello(d, "after all faults");
	ok(!close_domain(d), "and closes");
}

/* In the kernel domain faults are detected and named, not contained; loops and exits are not even that. */
static void test_kernel_faults(void)
{
	char params[64];

	for (size_t i = 0; i < FAULT_CNT; i++) {
		const struct tenon_request req = { .name = "fault", .domain = process_kernel(h), .params = params };
		struct tenon_diag why = { 0 };

		if (!strcmp(faults[i], "loop") || !strcmp(faults[i], "exit"))
			continue;
		snprintf(params, sizeof(params), "what=%s when=init", faults[i]);
		ok(tenon_load(core, &req, NULL, &why) == -TENON_EFAULT && why.reason == TENON_R_INIT_FAULT,
		   "kernel, %s in init: %s", faults[i], why.name);
	}
}

int main(void)
{
	char dir[4096];
	const char *dirs[] = { dir }, *build = getenv("O");
	const struct process_options options = { .module_dirs = dirs, .module_dir_cnt = 1, .deadline_ms = DEADLINE_MS };
	struct tenon_domain *d;

	snprintf(dir, sizeof(dir), "%s/modules/x86_64", build ? build : "build");
	if (!ok(!process_open(&options, &h), "the process host opens"))
		return tap_done();
	core = process_core(h);
	ok(!tenon_accept(core, &tenon_native, TENON_VERMAGIC("x86_64"), "runtime"), "it accepts native modules");
	ok(!tenon_provide(core, NULL, kpi_exports, kpi_export_cnt, NULL), "it provides the interface");
	test_domain(process_kernel(h), "kernel");
	if (ok(!process_isolate(h, "tests", &d), "an isolated domain opens")) {
		test_domain(d, "isolated");
		ok(!close_domain(d), "and closes");
	}
	test_isolated_faults();
	test_kernel_faults();
	unload(process_kernel(h), "runtime", NULL);
	process_close(h);
	return tap_done();
}
