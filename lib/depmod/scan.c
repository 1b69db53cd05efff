/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Find the modules of a tree, choose among those of the same name, and put them in the order of modules.order. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/depmod/depmod.h"

struct scan {
	struct depmod *d;
	struct names names; /* of modules: numbers are those in d->modules */
	char path[PATH_MAX];
	unsigned int depth;
};

#define DEPTH_MAX 64

static bool is_update(const char *path)
{
	return !strncmp(path, "updates/", 8);
}

/* Does the new file of a module take the place of the old one? Those below updates/ do; else the lower path, always. */
static bool replaces(const char *new, const char *old)
{
	if (is_update(new) != is_update(old))
		return is_update(new);
	return strcmp(new, old) < 0;
}

static int add_module(struct scan *s)
{
	struct depmod *d = s->d;
	struct depmod_module *m;
	char name[NAME_MAX + 1];
	uint32_t i;

	tmod_module_name(s->path, name, sizeof(name));
	i = names_add(&s->names, name);
	if (i == NAME_NONE)
		return -ENOMEM;
	if (i == DEPMOD_MODULES_MAX)
		return -EMFILE;
	if (i == d->module_cap) {
		uint32_t cap = d->module_cap ? d->module_cap * 2 : 1024;

		m = realloc(d->modules, cap * sizeof(*m));
		if (!m)
			return -ENOMEM;
		d->modules = m;
		d->module_cap = cap;
	}
	m = &d->modules[i];
	if (i == d->module_cnt) {
		*m = (struct depmod_module){ .path = strdup(s->path), .name = strdup(name), .order = UINT32_MAX };
		d->module_cnt++;
	} else if (replaces(s->path, m->path)) {
		free(m->path);
		m->path = strdup(s->path);
	}
	return m->path && m->name ? 0 : -ENOMEM;
}

static int walk(struct scan *s, int parent, size_t len);

/* @len: bytes of the path, @name is its last part, in the folder @dir. */
static int visit(struct scan *s, int dir, const char *name, unsigned char type, size_t len)
{
	struct stat st;

	if (type != DT_DIR && type != DT_REG) {
		if (fstatat(dir, name, &st, 0))
			return 0; /* a link to nowhere */
		type = S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_UNKNOWN;
	}
	if (type == DT_DIR && strcmp(name, "build") && strcmp(name, "source"))
		return walk(s, dir, len);
	if (type == DT_REG && tmod_is_module_file(name))
		return add_module(s);
	return 0;
}

/* Visit all below s->path, which has @len bytes; its last part is in the folder @parent. */
static int walk(struct scan *s, int parent, size_t len)
{
	const char *slash = strrchr(s->path, '/'), *last = slash ? slash + 1 : s->path;
	int fd = openat(parent, len ? last : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!dir) {
		say(s->d->say, TMOD_ERROR, "could not open directory %s/%s: %s", s->d->request->dir, s->path,
		    strerror(errno));
		if (fd >= 0)
			close(fd);
		return 0;
	}
	s->depth++;
	while (!err && s->depth < DEPTH_MAX && (e = readdir(dir))) {
		size_t n = strlen(e->d_name);

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || len + n + 2 > sizeof(s->path))
			continue;
		if (len)
			s->path[len] = '/';
		memcpy(s->path + len + !!len, e->d_name, n + 1);
		err = visit(s, fd, e->d_name, e->d_type, len + !!len + n);
		s->path[len] = '\0';
	}
	s->depth--;
	closedir(dir);
	return err;
}

/* The path without what says that the file is packed, as modules.order has it. */
static void unpacked_path(const char *path, char *out)
{
	size_t len = strlen(path);

	memcpy(out, path, len + 1);
	if (len < 3 || strcmp(path + len - 3, ".ko"))
		*strrchr(out, '.') = '\0';
}

/* Number the modules as modules.order lists them. */
static int read_order(struct depmod *d)
{
	struct buf text = { 0 };
	struct names paths = { 0 };
	uint32_t line = 0, i;
	char *rest, path[PATH_MAX];
	int err = depmod_slurp(d, "modules.order", &text);

	if (err) {
		say(d->say, TMOD_WARNING, "could not open modules.order at %s: %s", d->request->dir, strerror(-err));
		buf_free(&text);
		return err == -ENOMEM ? err : 0;
	}
	for (i = 0; i < d->module_cnt && !paths.text.failed; i++) {
		unpacked_path(d->modules[i].path, path);
		names_add(&paths, path);
	}
	for (char *p = strtok_r(text.data, "\n", &rest); p; p = strtok_r(NULL, "\n", &rest), line++) {
		i = names_find(&paths, p);
		if (i != NAME_NONE && i < d->module_cnt)
			d->modules[i].order = line;
	}
	err = paths.cnt == d->module_cnt ? 0 : -ENOMEM;
	names_free(&paths);
	buf_free(&text);
	return err;
}

static int by_order(const void *a, const void *b)
{
	const struct depmod_module *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return strcmp(x->path, y->path);
}

int depmod_scan(struct depmod *d)
{
	struct scan s = { .d = d };
	int err = walk(&s, d->dir, 0);

	names_free(&s.names);
	if (err == -EMFILE)
		say(d->say, TMOD_ERROR, "more than %u modules", DEPMOD_MODULES_MAX);
	if (!err)
		err = read_order(d);
	if (!err && d->module_cnt)
		qsort(d->modules, d->module_cnt, sizeof(*d->modules), by_order);
	return err;
}
