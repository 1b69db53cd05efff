/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A lookup in two parts, between which the configuration's commands are asked. */
#ifndef LIB_TREE_H
#define LIB_TREE_H

#include "tenon/mod.h"

enum tree_part {
	TREE_NAMES,   /* module names, exported symbols */
	TREE_ALIASES, /* aliases, aliases of built-in modules, names of built-in modules */
};

/** tree_lookup - as tmod_tree_lookup(). @key: the word, as indexes have it. @paths: false: only names are needed */
int tree_lookup(struct tmod_tree *tree, enum tree_part part, const char *key, bool paths,
		int (*found)(void *data, const struct tmod_module *module), void *data);

/** tree_set_root - absolute links on the way to a module file are taken inside @root. Return: 0, -ENOMEM. */
int tree_set_root(struct tmod_tree *tree, const char *root);

/**
 * tree_path - the absolute path of a module file
 * @path, @len: as modules.dep has it, from the tree's directory on or absolute; not terminated
 *
 * Return: false if it is too long.
 */
bool tree_path(const struct tmod_tree *tree, const char *path, size_t len, char *out, size_t size);

#endif
