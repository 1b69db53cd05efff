/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a word stands for, when the configuration has a say in it. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "user/lib/alias.h"
#include "user/lib/config/arena.h"
#include "user/lib/plan/prefer.h"
#include "user/lib/system.h"
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
	int ret = tmod_tree_search(tree, TMOD_INDEX_DEP, name, false, stop_at_first, &value), builtin;

	*out = (struct lookup_module){ 0 };
	if (ret > 0) {
		colon = strchr(value, ':');
		if (!colon)
			return -EBADMSG;
		out->path = value;
		out->path_len = (size_t)(colon - value);
		out->deps = colon + 1;
	}
	/* What is built in is there, also if it is a file as well, and whatever has become of the other index. */
	builtin = tmod_tree_search(tree, TMOD_INDEX_BUILTIN, name, false, stop_at_first, &value);
	out->builtin = builtin > 0;
	if (builtin > 0 || (ret < 0 && ret != -ENOENT))
		return builtin > 0 ? 0 : ret;
	return !builtin || builtin == -ENOENT || ret > 0 ? 0 : builtin;
}

/* What to do with what is found. */
struct asked {
	bool paths; /* else only names are needed */
	int (*found)(void *data, const struct tmod_module *module);
	void *data;
};

static int tell(struct tmod_tree *tree, const char *name, const char *alias, const struct asked *asked)
{
	struct tmod_module m = { .name = name, .alias = alias };
	struct lookup_module l;
	char path[PATH_MAX];
	int err = lookup_module(tree, name, &l);

	if (err)
		return err;
	m.builtin = l.builtin;
	if (l.path && asked->paths) {
		if (!tree_path(tree, l.path, l.path_len, path, sizeof(path)))
			return -ENAMETOOLONG;
		m.path = path;
	}
	return asked->found(asked->data, &m);
}

static int tell_aliases(struct tmod_system *system, const char *key, const struct asked *asked)
{
	const struct tmod_config *config = tmod_system_config(system);
	const struct tmod_entry *e = NULL;
	int cnt = 0, ret;

	while ((e = tmod_config_find(config, TMOD_ALIAS, key, e))) {
		ret = tell(tmod_system_tree(system), e->value, e->name, asked);
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

static int look_up(struct tmod_system *system, const char *word, const struct asked *asked)
{
	const struct tmod_config *config = tmod_system_config(system);
	struct tmod_tree *tree = tmod_system_tree(system);
	char key[TMOD_ALIAS_BYTES_MAX];
	int ret, damaged;

	if (!config)
		return -ENOMEM;
	if (!tmod_alias_name(word, key, sizeof(key)))
		return 0;
	ret = tell_aliases(system, key, asked);
	if (!ret)
		ret = tree_lookup(tree, TREE_NAMES, key, asked->paths, asked->found, asked->data);
	damaged = ret == -EBADMSG ? ret : 0;
	if (damaged)
		ret = 0;
	if (!ret && (has_command(config, TMOD_INSTALL, key) || has_command(config, TMOD_REMOVE, key)))
		return tell(tree, key, NULL, asked) ?: 1;
	if (ret)
		return ret;
	return tree_lookup(tree, TREE_ALIASES, key, asked->paths, asked->found, asked->data) ?: damaged;
}

/* What is found, kept until its order is known. */
struct kept {
	struct arena strings;
	struct buf modules; /* of struct tmod_module */
};

static int keep(void *data, const struct tmod_module *module)
{
	struct kept *k = data;
	struct tmod_module m = *module;

	m.name = arena_copy(&k->strings, m.name, strlen(m.name));
	m.path = m.path ? arena_copy(&k->strings, m.path, strlen(m.path)) : NULL;
	buf_add(&k->modules, &m, sizeof(m));
	return m.name && !m.path == !module->path && !k->modules.failed ? 0 : -ENOMEM;
}

static int look_up_sorted(struct tmod_system *system, const char *word, const struct asked *asked)
{
	const struct tmod_config *config = tmod_system_config(system);
	struct kept k = { 0 };
	const struct asked to_keep = { asked->paths, keep, &k };
	struct tmod_module *m;
	int ret, err = 0;

	if (!config || !prefer_any(config))
		return look_up(system, word, asked);
	ret = look_up(system, word, &to_keep);
	m = (struct tmod_module *)(void *)k.modules.data;
	if (ret > 0)
		prefer_sort(config, m, (size_t)ret, system_messages(system));
	for (int i = 0; i < ret && !err; i++)
		err = asked->found(asked->data, &m[i]);
	buf_free(&k.modules);
	arena_close(&k.strings);
	return err ? err : ret;
}

int tmod_lookup(struct tmod_system *system, const char *word,
		int (*found)(void *data, const struct tmod_module *module), void *data)
{
	return look_up_sorted(system, word, &(struct asked){ true, found, data });
}

int lookup_names(struct tmod_system *system, const char *word,
		 int (*found)(void *data, const struct tmod_module *module), void *data)
{
	return look_up_sorted(system, word, &(struct asked){ false, found, data });
}
