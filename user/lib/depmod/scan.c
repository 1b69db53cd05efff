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

struct depmod_module *depmod_found(struct reader *r, const char *path, const struct stamp *stamp)
{
	struct depmod_module m = { .order = UINT32_MAX, .stamp = stamp ? *stamp : STAMP_NONE };
	char name[NAME_MAX + 1];

	tmod_module_name(path, name, sizeof(name));
	m.path = arena_copy(&r->arena, path, strlen(path));
	m.name = arena_copy(&r->arena, name, strlen(name));
	r->found.failed |= !m.path || !m.name;
	buf_add(&r->found, &m, sizeof(m));
	return r->found.failed ? NULL : (void *)(r->found.data + r->found.len - sizeof(m));
}

static int say_not_added(const struct depmod *d, const char *file, int err)
{
	say(d->say, TMOD_ERROR, "could not add module %s: %s", file, strerror(-err));
	return err;
}

/* Two files have one name: keep the one that counts. Of those that are requested none may be left out. */
static int choose(const struct depmod *d, struct depmod_module *old, const struct depmod_module *m)
{
	char path[DEPMOD_PATH_BYTES];
	enum rule rule;
	bool taken = replaces(&d->conf, m->path, old->path, &rule);

	say_duplicate(d, taken ? m->path : old->path, taken ? old->path : m->path, rule);
	if (d->request->files) {
		depmod_full_path(d, m, path);
		return say_not_added(d, path, -EEXIST);
	}
	if (taken)
		*old = *m;
	return 0;
}

/* Take a module that has been found, unless another file of its name counts more. */
static int take(struct depmod *d, const struct depmod_module *m)
{
	uint32_t i;

	if (strchr(m->path, '\n')) {
		say(d->say, TMOD_WARNING, "a module is left out, for its name has a line break: %s", m->path);
		return 0;
	}
	i = names_add(&d->names, m->name);
	if (i == NAME_NONE)
		return -ENOMEM;
	if (i < d->module_cnt)
		return choose(d, &d->modules[i], m);
	if (i == DEPMOD_MODULES_MAX) {
		say(d->say, TMOD_ERROR, "more than %u modules", DEPMOD_MODULES_MAX);
		return -EMFILE;
	}
	d->modules[d->module_cnt++] = *m;
	return 0;
}

/* Make room for all that has been found, and take it. */
static int take_found(struct depmod *d)
{
	size_t bytes = 1;
	int err = 0;

	for (unsigned int i = 0; i < d->reader_cnt; i++)
		bytes += d->readers[i].found.len;
	d->modules = malloc(bytes);
	if (!d->modules)
		return -ENOMEM;
	for (unsigned int i = 0; i < d->reader_cnt && !err; i++) {
		const struct depmod_module *found = (const void *)d->readers[i].found.data;

		for (size_t n = d->readers[i].found.len / sizeof(*found); n && !err; n--)
			err = take(d, found++);
	}
	return err;
}

/* Only the files of the request: those in the tree by their paths from there on. */
static int find_requested(struct depmod *d)
{
	size_t len = strlen(d->request->dir);

	for (const char *const *file = d->request->files; *file; file++) {
		const char *path = is_below(*file, d->request->dir) ? *file + len + 1 : *file;
		struct stamp stamp;
		struct stat st;

		if (**file != '/') {
			say(d->say, TMOD_ERROR, "%s: not absolute path.", *file);
			return -EINVAL;
		}
		if (stat(*file, &st))
			return say_not_added(d, *file, -errno);
		stamp = stamp_of(&st);
		if (!depmod_found(&d->readers[0], path, &stamp))
			return -ENOMEM;
	}
	return 0;
}

static int find_files(struct depmod *d)
{
	struct buf directories = { 0 };
	int err;

	if (d->request->files)
		return find_requested(d);
	for (const char *const *dir = d->conf.external; *dir; dir++)
		buf_string(&directories, *dir);
	buf_string(&directories, "");
	err = directories.failed ? -ENOMEM : depmod_walk(d, &directories);
	buf_free(&directories);
	return err;
}

int depmod_scan(struct depmod *d)
{
	return find_files(d) ?: take_found(d) ?: depmod_order(d);
}
