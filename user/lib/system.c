/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A system: where its tree is, and the configuration, which is read when it is first asked for. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/lib/config/arena.h"
#include "user/lib/root.h"
#include "user/lib/system.h"
#include "user/lib/tree.h"

struct tmod_system {
	struct tmod_messages messages;
	struct arena arena;
	const char **paths; /* of the configuration; NULL: the usual ones */
	struct tmod_tree *tree;
	pthread_mutex_t lock; /* for config */
	struct tmod_config *config;
};

const struct tmod_messages *system_messages(const struct tmod_system *s)
{
	return &s->messages;
}

/* The absolute path of the tree and, if it is below another root, of that. Return: 0 or a negative errno value. */
static int find_tree(const struct tmod_where *where, char path[PATH_MAX], char root[PATH_MAX])
{
	const char *tree = where ? where->tree : NULL;
	char cwd[PATH_MAX], plain[PATH_MAX];
	size_t root_len;
	int err;

	*root = '\0';
	if (tree) {
		*cwd = '\0';
		if (*tree != '/' && !getcwd(cwd, sizeof(cwd)))
			return -errno;
		return snprintf(path, PATH_MAX, "%s%s%s", cwd, *cwd ? "/" : "", tree) < PATH_MAX ? 0 : -ENAMETOOLONG;
	}
	err = tmod_tree_find(where ? where->root : NULL, NULL, where ? where->release : NULL, plain, sizeof(plain),
			     &root_len);
	if (err)
		return err;
	snprintf(root, PATH_MAX, "%.*s", (int)root_len, plain);
	root_resolve(root, plain, path, PATH_MAX);
	return 0;
}

static int copy_paths(struct tmod_system *s, const char *const *from)
{
	size_t cnt = 0;

	while (from[cnt])
		cnt++;
	s->paths = calloc(cnt + 1, sizeof(*s->paths));
	if (!s->paths)
		return -ENOMEM;
	while (cnt--) {
		s->paths[cnt] = arena_copy(&s->arena, from[cnt], strlen(from[cnt]));
		if (!s->paths[cnt])
			return -ENOMEM;
	}
	return 0;
}

int tmod_system_open(const struct tmod_where *where, const struct tmod_messages *messages, struct tmod_system **system)
{
	struct tmod_system *s = calloc(1, sizeof(*s));
	char path[PATH_MAX], root[PATH_MAX];
	int err;

	if (!s)
		return -ENOMEM;
	if (messages)
		s->messages = *messages;
	pthread_mutex_init(&s->lock, NULL);
	err = find_tree(where, path, root);
	if (!err)
		err = tmod_tree_open(path, &s->messages, &s->tree);
	if (!err && *root)
		err = tree_set_root(s->tree, root);
	if (!err && where && where->config)
		err = copy_paths(s, where->config);
	if (err)
		tmod_system_close(s);
	else
		*system = s;
	return err;
}

void tmod_system_close(struct tmod_system *s)
{
	if (!s)
		return;
	tmod_config_close(s->config);
	tmod_tree_close(s->tree);
	arena_close(&s->arena);
	free(s->paths);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

struct tmod_tree *tmod_system_tree(struct tmod_system *s)
{
	return s->tree;
}

const struct tmod_config *tmod_system_config(struct tmod_system *s)
{
	const struct tmod_config *config;

	pthread_mutex_lock(&s->lock);
	if (!s->config && tmod_config_open(s->paths, tmod_tree_dir(s->tree), &s->messages, &s->config))
		s->config = NULL;
	config = s->config;
	pthread_mutex_unlock(&s->lock);
	return config;
}

bool tmod_system_changed(struct tmod_system *s)
{
	bool changed;

	pthread_mutex_lock(&s->lock);
	changed = s->config && tmod_config_changed(s->config);
	pthread_mutex_unlock(&s->lock);
	return changed || tmod_tree_changed(s->tree);
}
