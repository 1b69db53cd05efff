/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Why a word stands for no module. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/why_not.h"

#define DEPTH_MAX 20

/* A word, and the module name that is most like it. */
struct search {
	const char *name;
	unsigned int distance;
	char close[256];
};

static int compare(void *data, const char *key, const char *value, uint32_t priority)
{
	struct search *s = data;
	unsigned int distance = tools_distance(s->name, key);

	(void)value;
	(void)priority;
	if (distance < s->distance) {
		s->distance = distance;
		snprintf(s->close, sizeof(s->close), "%s", key);
	}
	return 0;
}

/* A file of that name in a directory of the tree or below. @path: the directory, then the file's. */
static bool find_file(char *path, const char *name, unsigned int depth)
{
	DIR *dir = depth < DEPTH_MAX ? opendir(path) : NULL;
	const struct dirent *entry;
	size_t len = strlen(path);
	bool found = false;
	char plain[256];

	while (dir && !found && (entry = readdir(dir))) {
		if (*entry->d_name == '.' || len + strlen(entry->d_name) + 2 > PATH_MAX)
			continue;
		sprintf(path + len, "/%s", entry->d_name);
		if (tmod_is_module_file(entry->d_name)) {
			tmod_module_name(entry->d_name, plain, sizeof(plain));
			found = !strcmp(plain, name);
		} else if (entry->d_type == DT_DIR) {
			found = find_file(path, name, depth + 1);
		}
		if (!found)
			path[len] = '\0';
	}
	if (dir)
		closedir(dir);
	return found;
}

static int stop(void *data, const struct tmod_module *module)
{
	(void)data;
	(void)module;
	return 0;
}

/* The trees beside this one that know the word: "6.1.0-28-amd64 6.1.0-30-amd64". */
static void other_trees(const char *dir, const char *word, char *text, size_t size)
{
	const char *slash = strrchr(dir, '/');
	int len = (int)(slash - dir);
	char path[PATH_MAX];
	const struct dirent *entry;
	DIR *parent;

	*text = '\0';
	if ((size_t)snprintf(path, sizeof(path), "%.*s", len, dir) >= sizeof(path))
		return;
	parent = opendir(path);
	while (parent && (entry = readdir(parent))) {
		struct tmod_tree *tree;
		size_t used = strlen(text);

		if (*entry->d_name == '.' || !strcmp(entry->d_name, slash + 1) ||
		    (size_t)snprintf(path, sizeof(path), "%.*s/%s", len, dir, entry->d_name) >= sizeof(path) ||
		    tmod_tree_open(path, NULL, &tree))
			continue;
		if (tmod_tree_lookup(tree, word, stop, NULL) > 0)
			snprintf(text + used, size - used, " %s", entry->d_name);
		tmod_tree_close(tree);
	}
	if (parent)
		closedir(parent);
}

/* Return: whether there is an index that could have known the word. */
static bool check_tree(struct question *q, const char *dir)
{
	const char *release = strrchr(dir, '/') + 1;
	char path[PATH_MAX];

	if (access(dir, F_OK)) {
		why_not_add(q, "no-tree", NULL, true, &(struct source){ dir, 0 },
			    "no modules are installed for kernel %s: install its package, or start one that has them",
			    release);
		return false;
	}
	snprintf(path, sizeof(path), "%s/modules.dep.bin", dir);
	if (access(path, R_OK)) {
		why_not_add(q, "no-index", NULL, true, &(struct source){ path, 0 },
			    "the index is not there (%s); run: depmod %s", strerror(errno), release);
		return false;
	}
	return true;
}

static int known(void *data, const char *key, const char *value, uint32_t priority)
{
	(void)data, (void)key, (void)value, (void)priority;
	return 1;
}

void why_not_unknown(struct question *q, const char *word)
{
	struct tmod_tree *tree = tmod_system_tree(q->system);
	const char *dir = tmod_tree_dir(tree);
	char name[256], path[PATH_MAX], trees[512];
	struct search search = { .name = name };
	bool alias = strpbrk(word, ":*") != NULL;

	tmod_module_name(word, name, sizeof(name));
	search.distance = strlen(name) < 3 ? (unsigned int)strlen(name) : 3;
	if (check_tree(q, dir))
		why_not_add(q, "unknown", NULL, true, &(struct source){ dir, 0 },
			    alias ? "no module has an alias that matches '%s'" : "there is no module or alias '%s'",
			    word);
	snprintf(path, sizeof(path), "%s", dir);
	if (!alias && tmod_tree_search(tree, TMOD_INDEX_DEP, name, false, known, NULL) > 0)
		why_not_add(q, "similar", name, false, NULL, "the module is called %s; a file is named by its path",
			    name);
	else if (!alias && find_file(path, name, 0))
		why_not_add(q, "stale-index", name, true, &(struct source){ path, 0 },
			    "the file is there, but the indexes do not know it; run: depmod %s", strrchr(dir, '/') + 1);
	tmod_tree_each(tree, TMOD_INDEX_DEP, compare, &search);
	tmod_tree_each(tree, TMOD_INDEX_BUILTIN, compare, &search);
	if (!alias && *search.close)
		why_not_add(q, "similar", NULL, false, NULL, "did you mean '%s'?", search.close);
	other_trees(dir, word, trees, sizeof(trees));
	if (*trees)
		why_not_add(q, "other-tree", NULL, false, NULL, "other kernels that are installed have it:%s", trees);
}
