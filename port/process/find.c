/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * From a module's name to its file. Of the directories given at the start, one that has depmod's indexes is a tree of
 * libtenon-mod, which knows more than names (request.c); any other is looked through once, and its files are in a table.
 * '-' and '_' are the same in names. Nothing here changes after find_init(), so it needs no lock.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/fmt/modname.h"
#include "port/process/internal.h"
#include "tenon/mod.h"

struct entry {
	struct entry *next; /* in its bucket */
	char *path;
	size_t base, base_len; /* the name within path, without suffix */
	size_t dir;            /* number of the directory that it is in */
};

struct module_index {
	struct entry **buckets;
	size_t mask;
	struct tmod_system **trees; /* one for each directory; NULL: it has no indexes */
	size_t dir_cnt;
};

static size_t hash(const char *name, size_t len)
{
	uint64_t h = 14695981039346656037ull; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)modname_fold(name[i])) * 1099511628211ull;
	return (size_t)(h ^ h >> 32);
}

static struct entry **find_entry(const struct module_index *idx, const char *name, size_t len)
{
	struct entry **link = &idx->buckets[hash(name, len) & idx->mask];

	for (; *link; link = &(*link)->next) {
		const struct entry *e = *link;
		size_t i = 0;

		while (e->base_len == len && i < len && modname_fold(e->path[e->base + i]) == modname_fold(name[i]))
			i++;
		if (i == len && e->base_len == len)
			break;
	}
	return link;
}

/* Add a file of directory @dir unless its name is there already. @path stays the caller's. */
static int add(struct module_index *idx, size_t dir, const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	size_t base_len = (size_t)(strstr(base, ".ko") - base);
	struct entry **link = find_entry(idx, base, base_len), *e;

	if (*link)
		return 0;
	e = calloc(1, sizeof(*e));
	if (e)
		e->path = strdup(path);
	if (!e || !e->path) {
		free(e);
		return -TENON_ENOMEM;
	}
	e->base = (size_t)(base - path);
	e->base_len = base_len;
	e->dir = dir;
	*link = e;
	return 0;
}

/* Only files with a module's name are looked at: a tree that was built has many others. */
static bool is_module(const FTSENT *f)
{
	struct stat st;

	if (!tmod_is_module_file(f->fts_name))
		return false;
	return f->fts_info == FTS_F || (f->fts_info == FTS_NSOK && !lstat(f->fts_accpath, &st) && S_ISREG(st.st_mode));
}

static int scan(struct module_index *idx, size_t number, const char *dir)
{
	char *const roots[] = { (char *)dir, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
	int err = 0;
	FTSENT *f;

	if (!fts)
		return -TENON_ENOMEM;
	while (!err && (f = fts_read(fts)))
		if (is_module(f))
			err = add(idx, number, f->fts_path);
	fts_close(fts);
	return err;
}

/* Into the host's log, where dmesg shows it. */
static void tree_says(void *data, enum tmod_level level, const char *text)
{
	process_log(data, level <= TMOD_ERROR ? TENON_LOG_ERR : (enum tenon_log_level)level, "%s", text);
}

/* What each tree has read of it as well, for modules that are in none. */
static int config_open(struct process_host *h, const char *const *paths)
{
	return tmod_config_open(paths, NULL, NULL, &h->config) ? -TENON_ENOMEM : 0;
}

/* Open directory @number as a tree, or look through it if it has no index that can be used. */
static int add_dir(struct process_host *h, size_t number, const char *dir, const char *const *config)
{
	static const char *const no_config[] = { NULL };
	const struct tmod_where where = { .tree = dir, .config = config ? config : no_config };
	const struct tmod_messages messages = { tree_says, h };
	struct tmod_system *tree;
	int err = tmod_system_open(&where, &messages, &tree);

	if (err)
		return err == -ENOMEM ? -TENON_ENOMEM : -TENON_EINVAL;
	if (!tmod_tree_load(tmod_system_tree(tree), TMOD_INDEX_DEP)) {
		h->modules->trees[number] = tree;
		return 0;
	}
	tmod_system_close(tree);
	return scan(h->modules, number, dir);
}

int find_init(struct process_host *h, const struct process_options *o)
{
	struct module_index *idx = calloc(1, sizeof(*idx));
	int err = 0;

	if (!idx)
		return -TENON_ENOMEM;
	h->modules = idx;
	idx->mask = 8191;
	idx->dir_cnt = o->module_dir_cnt;
	idx->buckets = calloc(idx->mask + 1, sizeof(*idx->buckets));
	idx->trees = calloc(idx->dir_cnt + 1, sizeof(*idx->trees));
	if (!idx->buckets || !idx->trees)
		return -TENON_ENOMEM;
	if (o->config)
		err = config_open(h, o->config);
	for (size_t i = 0; i < idx->dir_cnt && !err; i++)
		err = add_dir(h, i, o->module_dirs[i], o->config);
	return err;
}

void find_free(struct module_index *idx)
{
	if (!idx)
		return;
	for (size_t i = 0; idx->buckets && i <= idx->mask; i++) {
		for (struct entry *e = idx->buckets[i], *next; e; e = next) {
			next = e->next;
			free(e->path);
			free(e);
		}
	}
	for (size_t i = 0; idx->trees && i < idx->dir_cnt; i++)
		tmod_system_close(idx->trees[i]);
	free(idx->trees);
	free(idx->buckets);
	free(idx);
}

struct place {
	const char *dir;
	char *path;
	size_t size;
};

/* A value of modules.dep.bin begins with the path of the module, up to a colon. */
static int take_path(void *data, const char *key, const char *value, uint32_t priority)
{
	const struct place *p = data;
	bool absolute = *value == '/';
	int len = snprintf(p->path, p->size, "%s%s%.*s", absolute ? "" : p->dir, absolute ? "" : "/",
			   (int)strcspn(value, ":"), value);

	(void)key, (void)priority;
	return (size_t)len < p->size ? 1 : -ENAMETOOLONG;
}

static bool tree_has(struct tmod_system *system, const char *name, char *path, size_t size)
{
	struct tmod_tree *tree = tmod_system_tree(system);
	struct place p = { tmod_tree_dir(tree), path, size };
	char folded[TENON_NAME_BYTES];

	if ((size_t)snprintf(folded, sizeof(folded), "%s", name) >= sizeof(folded))
		return false;
	return tmod_tree_search(tree, TMOD_INDEX_DEP, modname_fold_text(folded), false, take_path, &p) > 0;
}

bool process_find_path(struct process_host *h, const char *name, char *path, size_t size)
{
	const struct module_index *idx = h->modules;
	const struct entry *e = *find_entry(idx, name, strlen(name));

	for (size_t i = 0; i < (e ? e->dir : idx->dir_cnt); i++)
		if (idx->trees[i] && tree_has(idx->trees[i], name, path, size))
			return true;
	return e && (size_t)snprintf(path, size, "%s", e->path) < size;
}

static int stop(void *data, const struct tmod_module *module)
{
	(void)data, (void)module;
	return 1;
}

struct tmod_system *find_tree(struct process_host *h, const char *word)
{
	const struct module_index *idx = h->modules;
	const struct entry *e = *find_entry(idx, word, strlen(word));

	for (size_t i = 0; i < (e ? e->dir : idx->dir_cnt); i++)
		if (idx->trees[i] && tmod_lookup(idx->trees[i], word, stop, NULL) > 0)
			return idx->trees[i];
	return NULL;
}

int find_module(void *context, struct tenon_domain *domain, const char *name, struct tenon_source *src)
{
	char path[PROCESS_PATH_BYTES];

	(void)domain;
	if (fail_point(context))
		return -TENON_ENOMEM;
	return process_find_path(context, name, path, sizeof(path)) ? process_open_file(path, src) : -TENON_ENOENT;
}
