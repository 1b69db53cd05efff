/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a word stands for, when the configuration has a say in it. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "user/lib/alias.h"
#include "user/lib/plan/lookup.h"
#include "user/lib/tree.h"

static int stop_at_first(void *data, const char *key, const char *value, uint32_t priority)
{
	(void)key;
	(void)priority;
	*(const char **)data = value;
	return 1;
}

int lookup_module(struct tmod_tree *tree, const char *name, struct lookup_module *out)
{
	const char *value = NULL, *colon;
	int ret = tmod_tree_search(tree, TMOD_INDEX_DEP, name, false, stop_at_first, &value);

	*out = (struct lookup_module){ 0 };
	if (ret > 0) {
		colon = strchr(value, ':');
		if (!colon)
			return -EBADMSG;
		out->path = value;
		out->path_len = (size_t)(colon - value);
		out->deps = colon + 1;
		return 0;
	}
	if (ret < 0 && ret != -ENOENT)
		return ret;
	ret = tmod_tree_search(tree, TMOD_INDEX_BUILTIN, name, false, stop_at_first, &value);
	out->builtin = ret > 0;
	return ret > 0 || ret == -ENOENT ? 0 : ret;
}

static int tell(struct tmod_tree *tree, const char *name, const char *alias,
		int (*found)(void *data, const struct tmod_module *module), void *data)
{
	struct tmod_module m = { .name = name, .alias = alias };
	struct lookup_module l;
	char path[PATH_MAX];
	int err = lookup_module(tree, name, &l);

	if (err)
		return err;
	m.builtin = l.builtin;
	if (l.path) {
		if (!tree_path(tree, l.path, l.path_len, path, sizeof(path)))
			return -ENAMETOOLONG;
		m.path = path;
	}
	return found(data, &m);
}

static int tell_aliases(struct tmod_system *system, const char *key,
			int (*found)(void *data, const struct tmod_module *module), void *data)
{
	const struct tmod_config *config = tmod_system_config(system);
	const struct tmod_entry *e = NULL;
	int cnt = 0, ret;

	while ((e = tmod_config_find(config, TMOD_ALIAS, key, e))) {
		ret = tell(tmod_system_tree(system), e->value, e->name, found, data);
		if (ret)
			return ret;
		cnt++;
	}
	return cnt;
}

/* A name for which there is a command need not be in the tree. Here a pattern is no more than its own characters. */
static bool has_command(const struct tmod_config *config, enum tmod_directive directive, const char *name)
{
	const struct tmod_entry *e = NULL;

	while ((e = tmod_config_find(config, directive, name, e)))
		if (!strcmp(e->name, name))
			return true;
	return false;
}

int tmod_lookup(struct tmod_system *system, const char *word,
		int (*found)(void *data, const struct tmod_module *module), void *data)
{
	const struct tmod_config *config = tmod_system_config(system);
	struct tmod_tree *tree = tmod_system_tree(system);
	char key[TMOD_ALIAS_BYTES_MAX];
	int ret;

	if (!config)
		return -ENOMEM;
	if (!tmod_alias_name(word, key, sizeof(key)))
		return 0;
	ret = tell_aliases(system, key, found, data);
	if (!ret)
		ret = tree_lookup(tree, TREE_NAMES, key, found, data);
	if (!ret && (has_command(config, TMOD_INSTALL, key) || has_command(config, TMOD_REMOVE, key)))
		return tell(tree, key, NULL, found, data) ?: 1;
	return ret ? ret : tree_lookup(tree, TREE_ALIASES, key, found, data);
}
