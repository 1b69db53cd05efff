/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Why nothing is found in a tree: it is not there, or has no indexes. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tenon/mod.h"
#include "user/lib/places.h"

struct names {
	char *text;
	size_t size;
};

static int add_name(void *data, const char *release)
{
	const struct names *n = data;
	size_t len = strlen(n->text);

	if (len + strlen(release) + 2 <= n->size)
		snprintf(n->text + len, n->size - len, "%s%s", len ? " " : "", release);
	return 0;
}

/*
 * The names of the trees that there are instead of the one that is missing: "6.1.0-28-amd64 6.1.0-30-amd64". Where that one
 * would be in a usual directory, those of all usual directories of the same root.
 */
static void list_trees(const char *dir, char *text, size_t size)
{
	struct names names = { text, size };
	char parent[PATH_MAX];
	size_t len;

	*text = '\0';
	snprintf(parent, sizeof(parent), "%s", dir);
	*strrchr(parent, '/') = '\0';
	len = strlen(parent);
	for (const char *const *usual = places_modules; *usual; usual++) {
		size_t end = strlen(*usual);

		if (len < end || strcmp(parent + len - end, *usual))
			continue;
		parent[len - end] = '\0';
		tmod_trees_each(*parent ? parent : NULL, NULL, add_name, &names);
		return;
	}
	tmod_trees_each(NULL, parent, add_name, &names);
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
