/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#define _GNU_SOURCE
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tenon/kpi/chrdev.h"
#include "tests/linux/compartment.h"

static bool skip(const char *why)
{
	printf("1..0 # SKIP %s\n", why);
	return false;
}

/* A name of setup/debian-kernel. */
static const char *kernel(void)
{
	return getenv("LINUX_KERNEL") ?: "amd64";
}

static bool is_usual(void)
{
	return !strcmp(kernel(), "amd64");
}

static bool find_tree(struct compartment *c, const char *build)
{
	char pattern[512];
	glob_t g;
	bool found;

	snprintf(pattern, sizeof(pattern), "%s/debian/%s/lib/modules/*", build, kernel());
	found = !glob(pattern, 0, NULL, &g);
	if (found) {
		snprintf(c->tree, sizeof(c->tree), "%s", g.gl_pathv[0]);
		globfree(&g);
	}
	return found;
}

bool compartment_open(struct compartment *c)
{
	const char *build = getenv("O") ? getenv("O") : "build";
	char base[400], own[512], runtime[512];
	const char *dirs[] = { own, runtime, c->tree };
	const struct process_options options = {
		.module_dirs = dirs, .module_dir_cnt = 3, .linked = c->linked, .linked_arg = c
	};

	if (!c->tree[0] && !find_tree(c, build))
		return skip("no modules of Debian's; setup/debian-kernel gets them");
	snprintf(base, sizeof(base), is_usual() ? "%s" : "%s/linux/%s", build, kernel());
	snprintf(own, sizeof(own), "%s/modules/x86_64/linux/linux.ko", base);
	if (access(own, R_OK))
		return skip("linux.ko is not built");
	snprintf(own, sizeof(own), "%s/modules/x86_64/linux", base);
	snprintf(runtime, sizeof(runtime), "%s/modules/x86_64/runtime", build);
	if (process_open(&options, &c->h)) {
		puts("Bail out! the host does not open");
		return false;
	}
	c->core = process_core(c->h);
	return !tenon_accept(c->core, &tenon_native, NULL, "runtime") &&
	       !tenon_accept(c->core, &tenon_linux, NULL, "linux") &&
	       !tenon_provide(c->core, NULL, kpi_exports, kpi_export_cnt, NULL);
}

void compartment_close(struct compartment *c)
{
	process_close(c->h);
}

static void explain(const struct tenon_diag *why)
{
	char line[512];

	tenon_diag_format(why, line, sizeof(line));
	diag("%s", line);
}

int try_load(struct compartment *c, const char *name, const char *params, struct tenon_diag *why)
{
	const struct tenon_request req = { .name = name, .domain = c->d, .params = params };

	return tenon_load(c->core, &req, NULL, why);
}

bool absent(struct compartment *c, const char *name)
{
	char path[PROCESS_PATH_BYTES];

	if (is_usual() || process_find_path(c->h, name, path, sizeof(path)))
		return false;
	ok(true, "%s: %s # SKIP %s has it not as a module", c->where, name, kernel());
	return true;
}

bool load(struct compartment *c, const char *name, const char *params)
{
	struct tenon_diag why = { 0 };

	if (!try_load(c, name, params, &why))
		return true;
	ok(false, "%s: %s loads", c->where, name);
	explain(&why);
	return false;
}

int try_unload(struct compartment *c, const char *name, struct tenon_diag *why)
{
	return tenon_unload(c->core, c->d, name, 0, why);
}

uint64_t call_function(struct compartment *c, const char *symbol, int cnt, const struct argument *arg)
{
	struct kpi_call type = { .name = symbol, .type = "", .argc = (uint8_t)cnt, .ret = KPI_RET_LONG };
	struct tenon_export e = { 0 };
	struct process_code code = { .type = &type };
	uint64_t args[KPI_ARGS_MAX] = { 0 };
	char why[64] = "";
	int64_t result;
	int err = tenon_lookup(c->core, c->d, symbol, &e);

	for (int i = 0; i < cnt; i++) {
		type.arg[i] = (struct kpi_arg){ .kind = arg[i].kind, .size = (uint32_t)arg[i].size };
		args[i] = arg[i].value;
	}
	code.module = e.owner;
	code.address = e.value;
	if (!err)
		err = process_upcall(c->h, &code, args, &result, why);
	if (!err)
		return (uint64_t)result;
	ok(false, "%s: %s can be called", c->where, symbol);
	diag("error %d %s", err, why);
	return ~0ull;
}

int64_t ask_nls(const char *lines, char *answer, size_t room)
{
	struct tenon_file *f;
	int64_t got = tenon_device_open("nls", TENON_CHRDEV_READ | TENON_CHRDEV_WRITE, &f), len = 0;

	if (got)
		return got;
	got = tenon_device_write(f, lines, strlen(lines), 0);
	while (got > 0 && (size_t)len < room - 1) {
		got = tenon_device_read(f, answer + len, room - 1 - (size_t)len, 0);
		len += got > 0 ? got : 0;
	}
	answer[len] = 0;
	tenon_device_close(f);
	return got < 0 ? got : len;
}

static int line_has(uint64_t ns, enum tenon_log_level level, const char *text, size_t len, void *arg)
{
	(void)ns, (void)level;
	return memmem(text, len, arg, strlen(arg)) != NULL;
}

bool logged(struct compartment *c, const char *text)
{
	return process_log_each(c->h, line_has, (void *)text);
}
