/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "user/lib/config/files.h"
#include "user/lib/places.h"
#include "user/lib/say.h"

static void add(struct conf_files *f, const char *path, size_t len, bool in_directory)
{
	const char *slash;
	struct conf_file file = { .in_directory = in_directory };

	file.path = arena_copy(f->arena, path, len);
	if (!file.path) {
		f->failed = true;
		return;
	}
	slash = strrchr(file.path, '/');
	file.name = slash ? slash + 1 : file.path;
	file.rank = (uint32_t)(f->all.len / sizeof(file));
	buf_add(&f->all, &file, sizeof(file));
}

static bool is_conf(const char *name)
{
	const char *dot = *name != '.' ? strrchr(name, '.') : NULL;

	return dot && !strcmp(dot, ".conf");
}

static void add_directory(struct conf_files *f, const char *path, DIR *dir)
{
	struct dirent *d;

	while ((d = readdir(dir))) {
		char file[PATH_MAX];
		int len;

		if (!is_conf(d->d_name))
			continue;
		if (d->d_type == DT_DIR) {
			say(f->messages, TMOD_ERROR, "%s/%s: subdirectories are not read", path, d->d_name);
			continue;
		}
		len = snprintf(file, sizeof(file), "%s/%s", path, d->d_name);
		if ((size_t)len < sizeof(file))
			add(f, file, (size_t)len, true);
		else
			say(f->messages, TMOD_ERROR, "%s/%s: %s", path, d->d_name, strerror(ENAMETOOLONG));
	}
}

/* The path must live as long as the stamps. Return: 0 or a negative errno value: -ENOTDIR if it is none, -ENOENT. */
static int try_directory(struct conf_files *f, const char *path)
{
	DIR *dir = opendir(path);
	struct stat st;

	if (!dir)
		return -errno;
	/* /lib is /usr/lib on most systems. */
	if (!fstat(dirfd(dir), &st)) {
		if (!stamps_have(f->stamps, &st))
			add_directory(f, path, dir);
		stamps_add(f->stamps, path, &st);
	}
	closedir(dir);
	return 0;
}

void conf_files_add(struct conf_files *f, const char *path, bool may_lack)
{
	size_t len = strlen(path);
	int err;

	while (len > 1 && path[len - 1] == '/')
		len--;
	path = arena_copy(f->arena, path, len);
	if (!path) {
		f->failed = true;
		return;
	}
	err = try_directory(f, path);
	if (err == -ENOTDIR) {
		add(f, path, len, false);
	} else if (err) {
		stamps_add(f->stamps, path, NULL);
		if (err != -ENOENT) {
			f->unread = path;
			f->unread_err = err;
		} else if (!may_lack)
			say(f->messages, TMOD_WARNING, "%s: there is no such configuration file or directory", path);
	}
}

void conf_files_add_usual(struct conf_files *f, const char *name)
{
	for (const char *const *dir = places_configuration; *dir; dir++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", *dir, name);
		conf_files_add(f, path, true);
	}
}

static int by_name(const void *a, const void *b)
{
	const struct conf_file *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : x->rank < y->rank ? -1 : x->rank > y->rank;
}

int conf_files_each(struct conf_files *f, int (*read)(void *data, const struct conf_file *file), void *data)
{
	struct conf_file *all = (void *)f->all.data;
	size_t cnt = f->all.len / sizeof(*all);
	int err = f->failed || f->all.failed ? -ENOMEM : 0;

	if (cnt)
		qsort(all, cnt, sizeof(*all), by_name);
	for (size_t i = 0; i < cnt && !err; i++)
		if (!i || strcmp(all[i].name, all[i - 1].name))
			err = read(data, &all[i]);
	buf_free(&f->all);
	return err;
}
