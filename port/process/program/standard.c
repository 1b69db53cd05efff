/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "port/process/program/standard.h"
#include "tenon/mod.h"

#define UNLOAD_NS 2000000000ull /* how long to wait until nobody executes a module */

bool standard_directory(const char *program, const char *option, const char *path)
{
	struct stat st;

	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		return true;
	fprintf(stderr, "%s: %s %s: there is no such directory\n", program, option, path);
	return false;
}

/*
 * The version magic of the Linux modules that linux.ko, where there is one, was made for. Without one they do not load
 * anyway. NULL: not known. Kept until the process ends, for the core refers to it.
 */
static const char *find_linux_vermagic(struct process_host *h)
{
	static const char key[] = "linux_vermagic";
	static char vermagic[256];
	char path[PROCESS_PATH_BYTES];
	struct tmod_file *f; /* of which little is read: it has megabytes */
	struct tmod_info info;
	const char *at = NULL;
	bool found = false;

	if (!process_find_path(h, LINUX_BASE, path, sizeof(path)) || tmod_file_open(path, &f, NULL, 0))
		return NULL;
	while (!found && tmod_file_info(f, &at, &info))
		found = info.key_len == sizeof(key) - 1 && !memcmp(info.key, key, info.key_len);
	if (found)
		snprintf(vermagic, sizeof(vermagic), "%.*s", (int)info.value_len, info.value);
	tmod_file_close(f);
	return found ? vermagic : NULL;
}

int standard_provide(struct process_host *h, struct tenon_diag *diag)
{
	struct tenon *core = process_core(h);
	int err = tenon_accept(core, &tenon_native, NATIVE_VERMAGIC, NATIVE_BASE);

	if (!err)
		err = tenon_accept(core, &tenon_linux, find_linux_vermagic(h), LINUX_BASE);
	return err ? err : tenon_provide(core, NULL, kpi_exports, kpi_export_cnt, diag);
}

uint64_t standard_unload_deadline(struct process_host *h)
{
	const struct tenon_host *host = process_contract(h);

	return host->now_ns(host->context) + UNLOAD_NS;
}

struct newest {
	struct tenon_domain *domain;
	char name[TENON_NAME_BYTES];
	size_t skip;
};

static int take_newest(const struct tenon_module *m, void *arg)
{
	struct newest *n = arg;

	if (n->skip) {
		n->skip--;
		return 0;
	}
	n->domain = tenon_module_domain(m);
	snprintf(n->name, sizeof(n->name), "%s", tenon_module_name(m));
	return 1;
}

bool standard_unload_all(struct process_host *h, bool *left_behind)
{
	struct tenon *core = process_core(h);
	struct tenon_diag diag;
	struct newest n;
	size_t stay = 0;
	bool all = true;

	/* Users are newer than what they use. Each round either unloads a module or steps over one that stays. */
	for (;;) {
		n.skip = stay;
		if (!tenon_for_each(core, take_newest, &n))
			return all;
		diag = (struct tenon_diag){ 0 };
		if (tenon_unload(core, n.domain, n.name, standard_unload_deadline(h), &diag)) {
			stay++;
			all = all && diag.reason == TENON_R_PERMANENT;
		} else if (left_behind && diag.reason == TENON_R_LEFT_BEHIND) {
			*left_behind = true;
		}
	}
}
