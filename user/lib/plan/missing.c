/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/lib/plan/missing.h"
#include "user/lib/say.h"

/* The names of the trees beside the one that is missing: "6.1.0-28-amd64 6.1.0-30-amd64". */
static void list_trees(const char *dir, char *text, size_t size)
{
	char parent[PATH_MAX];
	const struct dirent *e;
	size_t len = 0;
	DIR *d;

	*text = '\0';
	snprintf(parent, sizeof(parent), "%s", dir);
	*strrchr(parent, '/') = '\0';
	d = opendir(parent);
	if (!d)
		return;
	while ((e = readdir(d))) {
		if (*e->d_name == '.' || len + strlen(e->d_name) + 2 > size)
			continue;
		len += (size_t)snprintf(text + len, size - len, "%s%s", len ? " " : "", e->d_name);
	}
	closedir(d);
}

void say_missing(const struct tmod_plan *p, const char *word, enum tmod_level level)
{
	const char *dir = tmod_tree_dir(tmod_system_tree(p->system));
	const char *release = strrchr(dir, '/') + 1;
	char path[PATH_MAX], trees[512];
	struct stat st;

	say(p->messages, level, "Module %s not found in directory %s", word, dir);
	if (stat(dir, &st)) {
		list_trees(dir, trees, sizeof(trees));
		say(p->messages, level, "%s: %s; %s%s%s", dir, strerror(errno),
		    *trees ? "there are modules for: " : "no modules are installed", trees,
		    *trees ? " (install those of this kernel, or start one of these)" :
			     ": install those of this kernel");
		return;
	}
	snprintf(path, sizeof(path), "%s/modules.dep.bin", dir);
	if (access(path, R_OK))
		say(p->messages, level, "%s: %s; run: depmod %s", path, strerror(errno), release);
}
