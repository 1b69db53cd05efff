/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The interface as a module sees it, in both domains, from the same file: modules/selftest.ko. And what an isolated
 * domain may do: its rights as the kernel reports them.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "port/process/process.h"
#include "tenon/kpi/chrdev.h"
#include "tenon/vermagic.h"
#include "tests/port/modules/selftest.h"
#include "tests/tap.h"

static struct process_host *h;
static struct tenon *core;

static const char *const names[] = {
#define SELFTEST_NAME(name) #name,
	SELFTESTS(SELFTEST_NAME)
};

static bool load(struct tenon_domain *d, const char *name, const char *where)
{
	const struct tenon_request req = { .name = name, .domain = d };
	struct tenon_diag why = { 0 };
	char line[512];

	if (!tenon_load(core, &req, NULL, &why))
		return ok(true, "%s: %s loads", where, name);
	tenon_diag_format(&why, line, sizeof(line));
	diag("%s", line);
	return ok(false, "%s: %s loads", where, name);
}

/* Unload the runtime, the last module, and close the domain. */
static int close_domain(struct tenon_domain *d)
{
	tenon_unload(core, d, "runtime", UINT64_MAX, NULL);
	return process_domain_close(h, d);
}

static int call(unsigned int command)
{
	struct tenon_file *f;
	int ret = tenon_device_open("selftest", TENON_CHRDEV_READ, &f);

	if (ret)
		return ret;
	ret = tenon_device_ioctl(f, command, NULL, 0, NULL, NULL);
	tenon_device_close(f);
	return ret;
}

static void test_interface(struct tenon_domain *d, const char *where)
{
	struct tenon_diag why = { 0 };
	int ret;

	if (!load(d, "selftest", where))
		return;
	for (unsigned int i = 0; i < SELFTEST_CNT; i++) {
		ret = call(i);
		if (ret > 0)
			diag("the check in line %d failed", ret);
		ok(!ret, "%s: %s (%d)", where, names[i], ret);
	}
	tenon_unload(core, d, "hello", process_contract(h)->now_ns(h), NULL);
	ret = tenon_unload(core, d, "selftest", UINT64_MAX, &why);
	ok(!ret && why.reason == TENON_R_NONE, "%s: selftest unloads and leaves nothing (%s)", where, why.name);
}

/* Its init looks at the answers; what it has made is taken back, and its tables do not grow by that. */
static void test_misuse(struct tenon_domain *d, const char *where)
{
	struct tenon_diag why = { 0 };
	int ret;

	if (!load(d, "misuse", where))
		return;
	ret = tenon_unload(core, d, "misuse", UINT64_MAX, &why);
	ok(!ret && why.reason == TENON_R_LEFT_BEHIND, "%s: what misuse left is named (%s)", where, why.name);
}

/* ---- what the child may do ---- */

/* A line of /proc/PID/status, after the colon and blanks. */
static void status_of(int pid, const char *key, char *value, size_t size)
{
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "r");
	*value = 0;
	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, key, strlen(key)) || line[strlen(key)] != ':')
			continue;
		line[strcspn(line, "\n")] = 0;
		snprintf(value, size, "%s", line + strlen(key) + 1 + strspn(line + strlen(key) + 1, " \t"));
	}
	if (f)
		fclose(f);
}

static void check_status(int pid, const char *key, const char *want)
{
	char value[256];

	status_of(pid, key, value, sizeof(value));
	ok(!strcmp(value, want), "the child has %s: %s", key, value);
}

/* Mappings that are writable and executable at once, in a process. */
static int writable_and_executable(const char *maps)
{
	char line[512], access[8];
	FILE *f = fopen(maps, "r");
	int cnt = 0;

	while (f && fgets(line, sizeof(line), f))
		cnt += sscanf(line, "%*s %7s", access) == 1 && access[1] == 'w' && access[2] == 'x';
	if (f)
		fclose(f);
	return f ? cnt : -1;
}

static int open_files(int pid)
{
	char path[64];
	DIR *dir;
	int cnt = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	while (dir && readdir(dir))
		cnt++;
	if (dir)
		closedir(dir);
	return cnt - 2; /* . and .. */
}

static void test_rights(void)
{
	struct tenon_domain *d;
	char path[64];
	int pid;

	if (!ok(!process_isolate(h, "rights", &d), "a domain opens"))
		return;
	load(d, "selftest", "rights");
	pid = process_domain_pid(d);
	check_status(pid, "NoNewPrivs", "1");
	check_status(pid, "Seccomp", "2");
	check_status(pid, "CapEff", "0000000000000000");
	check_status(pid, "CapPrm", "0000000000000000");
	check_status(pid, "CapBnd", "0000000000000000");
	check_status(pid, "Uid", "65534\t65534\t65534\t65534");
	check_status(pid, "Gid", "65534\t65534\t65534\t65534");
	check_status(pid, "Groups", "");
	ok(open_files(pid) == 1, "the child has one file open, its memory: %d", open_files(pid));
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	ok(!writable_and_executable(path), "F-45: nothing in the child is writable and executable");
	ok(!writable_and_executable("/proc/self/maps"), "F-45: nor in the host");
	tenon_unload(core, d, "selftest", 0, NULL);
	ok(!close_domain(d), "the domain closes");
}

/* What a module must not do ends its domain. */
static void test_deadly(unsigned int command, const char *what)
{
	struct tenon_domain *d;
	int ret;

	if (process_isolate(h, "deadly", &d) || !load(d, "selftest", what))
		return;
	ret = call(command);
	process_settle(h);
	ok(ret == -TENON_EOWNERDEAD && !process_domain_pid(d), "%s ends the domain (%d)", what, ret);
	process_domain_close(h, d);
}

int main(void)
{
	const char *build = getenv("O") ? getenv("O") : "build";
	char tree[4096], own[4096], misuse[4096];
	const char *const dirs[] = { own, misuse, tree };
	const struct process_options options = { .module_dirs = dirs, .module_dir_cnt = 3 };
	struct tenon_domain *d;

	snprintf(tree, sizeof(tree), "%s/modules/x86_64", build);
	snprintf(own, sizeof(own), "%s/tests/port/modules", build);
	snprintf(misuse, sizeof(misuse), "%s/tests/port/misuse", build);
	if (!ok(!process_open(&options, &h), "the process host opens"))
		return tap_done();
	core = process_core(h);
	tenon_accept(core, &tenon_native, TENON_VERMAGIC("x86_64"), "runtime");
	ok(!tenon_provide(core, NULL, kpi_exports, kpi_export_cnt, NULL), "it provides the interface");
	test_interface(process_kernel(h), "kernel");
	test_misuse(process_kernel(h), "kernel");
	if (ok(!process_isolate(h, "tests", &d), "an isolated domain opens")) {
		test_interface(d, "isolated");
		test_misuse(d, "isolated");
		ok(!close_domain(d), "and closes");
	}
	test_rights();
	test_deadly(SELFTEST_BAD_FREE, "giving back what was not taken");
	test_deadly(SELFTEST_BAD_SELF, "acting for nobody");
	test_deadly(SELFTEST_SOCKET, "a system call");
	tenon_unload(core, process_kernel(h), "runtime", UINT64_MAX, NULL);
	process_close(h);
	return tap_done();
}
