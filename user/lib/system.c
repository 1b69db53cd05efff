/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A system: where its tree is, and the configuration, which is read when it is first asked for. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "user/lib/config/arena.h"
#include "user/lib/system.h"

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

/* What comes before a path to make it absolute: the working directory and a '/', or "". Return: 0 or -errno. */
static int before(const char *path, char *cwd, size_t size)
{
	*cwd = '\0';
	if (*path == '/')
		return 0;
	if (!getcwd(cwd, size - 1))
		return -errno;
	strcat(cwd, "/");
	return 0;
}

/* The tree's absolute path. Return: 0 or a negative errno value. */
static int tree_dir(const struct tmod_where *where, char *path, size_t size)
{
	const char *root = where && where->root ? where->root : "", *tree = where ? where->tree : NULL;
	const char *release = where ? where->release : NULL;
	size_t root_len = strlen(root);
	char cwd[PATH_MAX] = "";
	struct utsname u;
	int err = 0, len;

	if (tree || *root)
		err = before(tree ? tree : root, cwd, sizeof(cwd));
	if (!err && !tree && !release && uname(&u))
		err = -errno;
	if (err)
		return err;
	while (root_len && root[root_len - 1] == '/')
		root_len--;
	len = tree ? snprintf(path, size, "%s%s", cwd, tree) :
		     snprintf(path, size, "%s%.*s/lib/modules/%s", cwd, (int)root_len, root,
			      release ? release : u.release);
	return (size_t)len < size ? 0 : -ENAMETOOLONG;
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
	char path[PATH_MAX];
	int err;

	if (!s)
		return -ENOMEM;
	if (messages)
		s->messages = *messages;
	pthread_mutex_init(&s->lock, NULL);
	err = tree_dir(where, path, sizeof(path));
	if (!err)
		err = tmod_tree_open(path, &s->messages, &s->tree);
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
