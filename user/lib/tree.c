/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A module tree: its indexes, each mapped when it is first asked, and what they know of a word. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/lib/alias.h"
#include "user/lib/buf.h"
#include "user/lib/index_read.h"
#include "user/lib/regular.h"
#include "user/lib/root.h"
#include "user/lib/say.h"
#include "user/lib/tree.h"

static const char *const index_names[TMOD_INDEX_CNT] = {
	[TMOD_INDEX_DEP] = "modules.dep.bin",
	[TMOD_INDEX_ALIAS] = "modules.alias.bin",
	[TMOD_INDEX_SYMBOLS] = "modules.symbols.bin",
	[TMOD_INDEX_BUILTIN] = "modules.builtin.bin",
	[TMOD_INDEX_BUILTIN_ALIAS] = "modules.builtin.alias.bin",
};

static const char builtin_info_name[] = "modules.builtin.modinfo";

/* Which file it was that was read. All zero: there was none. */
struct identity {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtime;
};

/* A file of the tree. Once `known` is set, which is under the lock, it does not change. */
struct mapping {
	bool known;
	bool told; /* that it is damaged inside; under the lock */
	int err;
	struct index_file file;
	struct identity identity;
};

struct tmod_tree {
	char *dir;
	char *root; /* or NULL */
	struct tmod_messages messages;
	pthread_mutex_t lock;
	struct mapping indexes[TMOD_INDEX_CNT], builtin_info;
};

int tmod_tree_open(const char *dir, const struct tmod_messages *messages, struct tmod_tree **tree)
{
	struct tmod_tree *t = calloc(1, sizeof(*t));

	if (t)
		t->dir = strdup(dir);
	if (!t || !t->dir) {
		free(t);
		return -ENOMEM;
	}
	if (messages)
		t->messages = *messages;
	pthread_mutex_init(&t->lock, NULL);
	*tree = t;
	return 0;
}

static void unmap(struct mapping *m)
{
	if (m->file.data)
		munmap((void *)(uintptr_t)m->file.data, m->file.size);
	*m = (struct mapping){ 0 };
}

void tmod_tree_forget(struct tmod_tree *t)
{
	for (int i = 0; i < TMOD_INDEX_CNT; i++)
		unmap(&t->indexes[i]);
	unmap(&t->builtin_info);
}

void tmod_tree_close(struct tmod_tree *t)
{
	if (!t)
		return;
	tmod_tree_forget(t);
	pthread_mutex_destroy(&t->lock);
	free(t->dir);
	free(t->root);
	free(t);
}

int tree_set_root(struct tmod_tree *t, const char *root)
{
	t->root = strdup(root);
	return t->root ? 0 : -ENOMEM;
}

const char *tmod_tree_dir(const struct tmod_tree *t)
{
	return t->dir;
}

static bool file_path(const struct tmod_tree *t, const char *name, char path[PATH_MAX])
{
	return (size_t)snprintf(path, PATH_MAX, "%s/%s", t->dir, name) < PATH_MAX;
}

static struct identity identify(const struct stat *st)
{
	return (struct identity){ st->st_dev, st->st_ino, st->st_size, st->st_mtim };
}

/*
 * Indexes are replaced by renaming, so that a file that is mapped does not change. An empty index is a damaged one, but
 * for those of what is built in, which depmod makes so where it knows nothing of that.
 */
static int map(const struct tmod_tree *t, const char *name, struct mapping *m, bool may_be_empty)
{
	char path[PATH_MAX];
	struct stat st = { 0 };
	void *data = NULL;
	int fd, err = 0;

	if (!file_path(t, name, path))
		return -ENAMETOOLONG;
	fd = regular_open(AT_FDCWD, path, &st);
	if (fd < 0)
		return fd;
	if (!st.st_size)
		err = may_be_empty ? -ENOENT : -EBADMSG;
	else if ((data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED)
		err = -errno;
	close(fd);
	m->identity = identify(&st);
	if (!err)
		m->file = (struct index_file){ data, (size_t)st.st_size };
	return err;
}

/* Return: 0 with the file mapped, or the error that its first use met. */
static int need(struct tmod_tree *t, struct mapping *m, const char *name, bool index)
{
	int err;

	pthread_mutex_lock(&t->lock);
	if (!m->known) {
		m->err = map(t, name, m, strstr(name, "builtin"));
		if (!m->err && index)
			m->err = index_check(&m->file);
		if (m->err && m->err != -ENOENT)
			say(&t->messages, TMOD_ERROR, "%s/%s: %s; run depmod to rebuild it", t->dir, name,
			    m->err == -EBADMSG ? "the file is damaged" : strerror(-m->err));
		m->known = true;
	}
	err = m->err;
	pthread_mutex_unlock(&t->lock);
	return err;
}

/* Has a file that was asked for come, gone or been replaced? */
static bool changed(const struct tmod_tree *t, const struct mapping *m, const char *name)
{
	char path[PATH_MAX];
	struct stat st;
	struct identity now = { 0 };

	if (!m->known || !file_path(t, name, path))
		return false;
	if (!stat(path, &st))
		now = identify(&st);
	return now.dev != m->identity.dev || now.ino != m->identity.ino || now.size != m->identity.size ||
	       now.mtime.tv_sec != m->identity.mtime.tv_sec || now.mtime.tv_nsec != m->identity.mtime.tv_nsec;
}

bool tmod_tree_changed(struct tmod_tree *t)
{
	bool found;

	pthread_mutex_lock(&t->lock);
	found = changed(t, &t->builtin_info, builtin_info_name);
	for (int i = 0; i < TMOD_INDEX_CNT && !found; i++)
		found = changed(t, &t->indexes[i], index_names[i]);
	pthread_mutex_unlock(&t->lock);
	return found;
}

/* What a search of an index gave; damage is reported once. */
static int searched(struct tmod_tree *t, enum tmod_index index, int ret)
{
	if (ret != -EBADMSG)
		return ret;
	pthread_mutex_lock(&t->lock);
	if (!t->indexes[index].told)
		say(&t->messages, TMOD_ERROR, "%s/%s is damaged; run depmod to rebuild it", t->dir, index_names[index]);
	t->indexes[index].told = true;
	pthread_mutex_unlock(&t->lock);
	return ret;
}

int tmod_tree_load(struct tmod_tree *t, enum tmod_index index)
{
	return need(t, &t->indexes[index], index_names[index], true);
}

int tmod_tree_search(struct tmod_tree *t, enum tmod_index index, const char *key, bool wildcards, tmod_found_fn *found,
		     void *data)
{
	const struct index_file *f = &t->indexes[index].file;
	int err = tmod_tree_load(t, index);

	if (err)
		return err;
	return searched(t, index, wildcards ? index_match(f, key, found, data) : index_find(f, key, found, data));
}

int tmod_tree_each(struct tmod_tree *t, enum tmod_index index, tmod_found_fn *found, void *data)
{
	int err = tmod_tree_load(t, index);

	return err ? err : searched(t, index, index_each(&t->indexes[index].file, found, data));
}

int tmod_tree_builtin_info(struct tmod_tree *t, const char *name, int (*each)(void *data, const struct tmod_info *info),
			   void *data)
{
	size_t len = strlen(name), cnt = 0;
	int err = need(t, &t->builtin_info, builtin_info_name, false);
	const char *p = (const char *)t->builtin_info.file.data, *end = p + t->builtin_info.file.size, *next;

	/* "module.key=value" strings, each with its NUL. */
	for (; !err && p < end && (next = memchr(p, '\0', (size_t)(end - p))); p = next + 1) {
		struct tmod_info info = { .key = p + len + 1 };

		if ((size_t)(next - p) <= len || memcmp(p, name, len) || p[len] != '.')
			continue;
		info.value = strchr(info.key, '=');
		if (!info.value)
			continue;
		info.key_len = (size_t)(info.value++ - info.key);
		info.value_len = (size_t)(next - info.value);
		err = each(data, &info);
		cnt++;
	}
	return err ? err : cnt ? 0 : -ENOENT;
}

/* A lookup, and how to tell of what it finds. */
struct lookup {
	struct tmod_tree *t;
	bool paths;
	int (*found)(void *data, const struct tmod_module *module);
	void *data;
};

bool tree_path(const struct tmod_tree *t, const char *path, size_t len, char *out, size_t size)
{
	size_t dir_len = *path == '/' ? 0 : strlen(t->dir) + 1;

	if (dir_len + len >= size)
		return false;
	if (dir_len) {
		memcpy(out, t->dir, dir_len - 1);
		out[dir_len - 1] = '/';
	}
	memcpy(out + dir_len, path, len);
	out[dir_len + len] = '\0';
	if (t->root && dir_len)
		root_resolve(t->root, out, out, size);
	return true;
}

/* The value of modules.dep.bin: "path: ..." */
static int found_dep(void *data, const char *key, const char *value, uint32_t priority)
{
	const struct lookup *l = data;
	const char *colon = strchr(value, ':');
	char path[PATH_MAX];
	struct tmod_module m = { .name = key, .path = l->paths ? path : NULL };

	(void)priority;
	if (!colon || (l->paths && !tree_path(l->t, value, (size_t)(colon - value), path, sizeof(path))))
		return -EBADMSG;
	return l->found(l->data, &m);
}

static int found_builtin(void *data, const char *key, const char *value, uint32_t priority)
{
	const struct lookup *l = data;
	struct tmod_module m = { .name = key, .builtin = true };

	(void)value;
	(void)priority;
	return l->found(l->data, &m);
}

/* The value is a module name. Without modules.dep.bin that is all that is known of it. */
static int found_name(void *data, const char *key, const char *value, uint32_t priority)
{
	const struct lookup *l = data;
	const struct tmod_module name_only = { .name = value };
	int ret;

	(void)key;
	if (tmod_tree_load(l->t, TMOD_INDEX_DEP) == -ENOENT)
		return l->found(l->data, &name_only);
	ret = tmod_tree_search(l->t, TMOD_INDEX_DEP, value, false, found_dep, data);
	return ret > 0 ? 0 : ret ? ret : found_builtin(data, value, "", priority);
}

/* The steps of a lookup. */
static const struct {
	enum tree_part part;
	enum tmod_index index;
	bool wildcards;
	tmod_found_fn *found;
} lookup_steps[] = {
	{ TREE_NAMES, TMOD_INDEX_DEP, false, found_dep },
	{ TREE_NAMES, TMOD_INDEX_SYMBOLS, true, found_name },
	{ TREE_ALIASES, TMOD_INDEX_ALIAS, true, found_name },
	{ TREE_ALIASES, TMOD_INDEX_BUILTIN_ALIAS, true, found_name },
	{ TREE_ALIASES, TMOD_INDEX_BUILTIN, false, found_builtin },
};

int tree_lookup(struct tmod_tree *t, enum tree_part part, const char *key, bool paths,
		int (*found)(void *data, const struct tmod_module *module), void *data)
{
	struct lookup l = { t, paths, found, data };
	int err = 0; /* an index that is damaged, as has been reported, does not hide what another knows */

	for (size_t i = 0; i < sizeof(lookup_steps) / sizeof(lookup_steps[0]); i++) {
		int ret;

		if (lookup_steps[i].part != part ||
		    (lookup_steps[i].index == TMOD_INDEX_SYMBOLS && strncmp(key, "symbol:", 7)))
			continue;
		ret = tmod_tree_search(t, lookup_steps[i].index, key, lookup_steps[i].wildcards, lookup_steps[i].found,
				       &l);
		if (ret > 0 || (ret && ret != -ENOENT && ret != -EBADMSG))
			return ret;
		err = ret == -EBADMSG ? ret : err;
	}
	return err;
}

int tmod_tree_lookup(struct tmod_tree *t, const char *word, int (*found)(void *data, const struct tmod_module *module),
		     void *data)
{
	char key[TMOD_ALIAS_BYTES_MAX];
	int ret;

	if (!tmod_alias_name(word, key, sizeof(key)))
		return -EINVAL;
	ret = tree_lookup(t, TREE_NAMES, key, true, found, data);
	if (ret && ret != -EBADMSG)
		return ret;
	return tree_lookup(t, TREE_ALIASES, key, true, found, data) ?: ret;
}
