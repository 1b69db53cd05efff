/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Why nothing is found in a tree: it is not there, or has no indexes. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tenon/mod.h"

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

bool tmod_tree_missing(const struct tmod_tree *tree, char *text, size_t size)
{
	const char *dir = tmod_tree_dir(tree);
	char path[PATH_MAX], trees[512];
	int err;

	*text = '\0';
	if (access(dir, F_OK)) {
		err = errno;
		list_trees(dir, trees, sizeof(trees));
		snprintf(text, size, "%s: %s; %s%s%s", dir, strerror(err),
			 *trees ? "there are modules for: " : "no modules are installed", trees,
			 *trees ? " (install those of this kernel, or choose one of these)" :
				  ": install those of this kernel");
		return true;
	}
	snprintf(path, sizeof(path), "%s/modules.dep.bin", dir);
	if (!access(path, R_OK))
		return false;
	snprintf(text, size, "%s: %s; run: depmod %s", path, strerror(errno), strrchr(dir, '/') + 1);
	return true;
}
