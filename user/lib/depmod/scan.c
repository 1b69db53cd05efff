/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Find the modules of a tree, choose among those of the same name, and put them in the order of modules.order. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "user/lib/depmod/depmod.h"
#include "user/lib/depmod/order.h"

/* Does a path lie below a directory, by their names? */
static bool is_below(const char *path, const char *directory)
{
	size_t len = strlen(directory);

	return !strncmp(path, directory, len) && path[len] == '/';
}

/* The override that names exactly this file, DIR/MODULE.ko: the later, the stronger. 0: none does. */
static size_t override_rank(const struct depmod_conf *c, const char *path)
{
	for (size_t i = c->override_cnt; i > 0; i--) {
		const struct depmod_override *o = &c->overrides[i - 1];
		const char *rest = path + strlen(o->dir) + 1;
		size_t len = strlen(o->module);

		if (is_below(path, o->dir) && !strncmp(rest, o->module, len) && !strncmp(rest + len, ".ko", 3))
			return i;
	}
	return 0;
}

/* The place of a module's file in the list `search`, of which the first goes before the others. */
static uint32_t search_rank(const struct depmod_conf *c, const char *path)
{
	uint32_t built_in = UINT32_MAX;

	for (uint32_t i = 0; c->search[i]; i++) {
		if (!strcmp(c->search[i], "built-in")) {
			built_in = i;
		} else if (!strcmp(c->search[i], "external")) {
			if (*path == '/')
				return i;
		} else if (is_below(path, c->search[i])) {
			return i;
		}
	}
	return built_in;
}

/* Why one of two files with the same name is taken. */
enum rule { BY_OVERRIDE, BY_SEARCH, BY_PATH };

/* Does the new file of a module take the place of the old one? */
static bool replaces(const struct depmod_conf *c, const char *new, const char *old, enum rule *rule)
{
	size_t over_new = override_rank(c, new), over_old = override_rank(c, old);
	uint32_t rank_new = search_rank(c, new), rank_old = search_rank(c, old);

	*rule = BY_OVERRIDE;
	if (over_new != over_old)
		return over_new > over_old;
	*rule = BY_SEARCH;
	if (rank_new != rank_old)
		return rank_new < rank_old;
	*rule = BY_PATH;
	return strcmp(new, old) < 0; /* so that it is always the same one */
}

/* With -w, of two files which one counts, and why. */
static void say_duplicate(const struct depmod *d, const char *taken, const char *left, enum rule rule)
{
	static const char *const rules[] = {
		[BY_OVERRIDE] = "an 'override' of depmod.d names it",
		[BY_SEARCH] = "its directory comes first in 'search' of depmod.d",
		[BY_PATH] = "'search' of depmod.d has both in one place, and its path is the lower one",
	};
	char name[NAME_MAX + 1];

	tmod_module_name(taken, name, sizeof(name));
	if (d->request->warn_duplicates)
		say(d->say, TMOD_WARNING, "module %s is there twice: %s is taken, not %s: %s", name, taken, left,
		    rules[rule]);
}

/* @stamp: of the file, or NULL */
static int add_module(struct depmod *d, const char *path, const struct stamp *stamp)
{
	char name[NAME_MAX + 1];
	struct depmod_module *m;
	uint32_t i;

	if (strchr(path, '\n')) {
		say(d->say, TMOD_WARNING, "a module is left out, for its name has a line break: %s", path);
		return 0;
	}
	tmod_module_name(path, name, sizeof(name));
	i = names_add(&d->names, name);
	if (i == NAME_NONE)
		return -ENOMEM;
	if (i < d->module_cnt) {
		const char *old = d->modules[i].path;
		enum rule rule;
		bool taken = replaces(&d->conf, path, old, &rule);

		say_duplicate(d, taken ? path : old, taken ? old : path, rule);
		if (!taken)
			return 0;
		d->modules[i].path = path;
		if (stamp)
			d->modules[i].stamp = *stamp;
		return 0;
	}
	if (i == DEPMOD_MODULES_MAX) {
		say(d->say, TMOD_ERROR, "more than %u modules", DEPMOD_MODULES_MAX);
		return -EMFILE;
	}
	if (i == d->module_cap) {
		uint32_t cap = d->module_cap ? d->module_cap * 2 : 1024;

		m = realloc(d->modules, cap * sizeof(*m));
		if (!m)
			return -ENOMEM;
		d->modules = m;
		d->module_cap = cap;
	}
	d->modules[i] = (struct depmod_module){ .path = path, .stamp = stamp ? *stamp : STAMP_NONE };
	d->module_cnt++;
	return 0;
}

/* Add what a thread found. */
static int add_found(struct depmod *d, const struct reader *r)
{
	const struct stamp *stamp = (const void *)r->stamps.data;
	const char *end = r->paths.data + r->paths.len;
	int err = 0;

	for (const char *path = r->paths.data; path < end && !err; path += strlen(path) + 1)
		err = add_module(d, path, r->stamps.len ? stamp++ : NULL);
	return err;
}

/* Only these files: those in the tree by their paths from there on. */
static int take_files(struct depmod *d)
{
	size_t len = strlen(d->request->dir);

	for (const char *const *file = d->request->files; *file; file++) {
		int err = **file == '/' ? 0 : -EINVAL;
		uint32_t cnt = d->module_cnt;
		struct stat st;
		struct stamp stamp;

		if (err)
			say(d->say, TMOD_ERROR, "%s: not absolute path.", *file);
		else if (stat(*file, &st))
			err = -errno;
		if (!err) {
			stamp = stamp_of(&st);
			buf_add(&d->readers[0].stamps, &stamp, sizeof(stamp));
			err = add_module(d, is_below(*file, d->request->dir) ? *file + len + 1 : *file, &stamp);
		}
		if (!err && d->module_cnt == cnt)
			err = -EEXIST;
		if (err && err != -EINVAL)
			say(d->say, TMOD_ERROR, "could not add module %s: %s", *file, strerror(-err));
		if (err)
			return err;
	}
	return 0;
}

static int find_files(struct depmod *d)
{
	struct buf directories = { 0 };
	int err;

	if (d->request->files)
		return take_files(d);
	for (const char *const *dir = d->conf.external; *dir; dir++)
		buf_string(&directories, *dir);
	buf_string(&directories, "");
	err = directories.failed ? -ENOMEM : depmod_walk(d, &directories);
	buf_free(&directories);
	return err;
}

int depmod_scan(struct depmod *d)
{
	int err = find_files(d);

	for (unsigned int i = 0; i < d->reader_cnt && !err; i++)
		err = add_found(d, &d->readers[i]);
	for (uint32_t i = 0; i < d->module_cnt && !err; i++)
		d->modules[i].name = names_text(&d->names, i);
	return err ? err : depmod_order(d);
}
