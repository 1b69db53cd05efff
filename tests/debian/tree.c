/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#define _GNU_SOURCE
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/debian/t0.h"

static struct tree *walked; /* nftw has no argument for its caller's data */

static int found(const char *path, const struct stat *st, int type, struct FTW *at)
{
	size_t len = strlen(path);
	(void)st;
	(void)at;

	if (type != FTW_F || len < 3 || strcmp(path + len - 3, ".ko"))
		return 0;
	walked->paths = realloc(walked->paths, (walked->cnt + 1) * sizeof(*walked->paths));
	walked->paths[walked->cnt++] = strdup(path);
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(walked->names[*(const uint32_t *)a], walked->names[*(const uint32_t *)b]);
}

static char *module_name(const char *path)
{
	char *name = strdup(strrchr(path, '/') + 1);

	*strrchr(name, '.') = 0;
	/* As Linux's build makes a module's name of its file's. */
	for (char *c = name; *c; c++)
		if (*c == '-' || *c == ',')
			*c = '_';
	return name;
}

void tree_read(struct tree *tree, const char *directory)
{
	*tree = (struct tree){ 0 };
	walked = tree;
	if (nftw(directory, found, 32, FTW_PHYS) || !tree->cnt) {
		fprintf(stderr, "t0: no modules in %s\n", directory);
		exit(2);
	}
	qsort(tree->paths, tree->cnt, sizeof(*tree->paths), by_text);
	tree->names = calloc(tree->cnt, sizeof(*tree->names));
	tree->by_name = calloc(tree->cnt, sizeof(*tree->by_name));
	for (size_t i = 0; i < tree->cnt; i++) {
		tree->names[i] = module_name(tree->paths[i]);
		tree->by_name[i] = (uint32_t)i;
	}
	qsort(tree->by_name, tree->cnt, sizeof(*tree->by_name), by_name);
}

size_t tree_find(const struct tree *tree, const char *name)
{
	size_t low = 0, high = tree->cnt;

	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = strcmp(tree->names[tree->by_name[mid]], name);

		if (!order)
			return tree->by_name[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return tree->cnt;
}
