/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Reading what a module has added to procfs, sysfs and debugfs, and writing its parameters. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "port/process/try/try.h"

#define FILE_BYTES 65536 /* that are read of each */

/* Whole, and its beginning once more, as after a seek. Return: 0 or a negative errno value. */
static int read_file(const struct vfs *v, const char *path, char *data, size_t room, int64_t *len)
{
	uint64_t file, offset = 0;
	int err = vfs_file_open(v, path, O_RDONLY | O_NONBLOCK, 0, &file);

	if (err)
		return err;
	*len = vfs_read(v, file, data, room, &offset);
	vfs_file_close(v, file);
	return *len < 0 ? (int)*len : 0;
}

static void write_file(const struct vfs *v, const char *path, const char *data, size_t len)
{
	uint64_t file, offset = 0;

	if (vfs_file_open(v, path, O_WRONLY, 0, &file))
		return;
	vfs_write(v, file, data, len, &offset);
	vfs_file_close(v, file);
}

static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !strncmp(path, dir, len) && (path[len] == '/' || !path[len]);
}

/* A parameter is written with its own value, so that what depends on it goes on. */
static void use_parameter(const struct vfs *v, const char *path, const char *value, int64_t len, struct report *r)
{
	struct tenon_linux_stat st;
	bool writable = !vfs_stat(v, path, true, &st) && st.mode & 0222;

	if (len > 0 && writable)
		write_file(v, path, value, (size_t)len);
	lines_add(&r->exercised, "parameter %s: read%s", strrchr(path, '/') + 1, writable ? " and written" : "");
}

static void use_file(const struct vfs *v, const char *path, const char *parameters, struct report *r, size_t *read_cnt)
{
	static char data[FILE_BYTES];
	struct tenon_linux_stat st;
	int64_t len = 0;
	int err;

	if (vfs_stat(v, path, true, &st))
		return;
	err = st.mode & 0444 ? read_file(v, path, data, sizeof(data), &len) : -TENON_EACCES;
	if (is_below(path, parameters))
		use_parameter(v, path, data, len, r);
	else if (err)
		lines_add(&r->unused, "%s: %s", path, st.mode & 0444 ? strerror(-err) : "write-only");
	else
		++*read_cnt;
}

/* Everything below one thing that is new, or that itself. */
static void use_below(const struct vfs *v, const struct tree *now, size_t top, const char *parameters, struct report *r)
{
	const struct node *first = &now->node[top];
	size_t cnt = 0;

	lines_add(&r->registered, "%s %s", first->is_dir ? "directory" : "file", first->path);
	for (size_t i = top; i < now->cnt; i++)
		if (!now->node[i].is_dir && is_below(now->node[i].path, first->path))
			use_file(v, now->node[i].path, parameters, r, &cnt);
	if (cnt && first->is_dir)
		lines_add(&r->exercised, "%s: %zu files read", first->path, cnt);
	else if (cnt)
		lines_add(&r->exercised, "%s: read", first->path);
}

void use_files(const struct vfs *v, const struct tree *before, struct report *r)
{
	char parameters[128];
	struct tree now;

	snprintf(parameters, sizeof(parameters), "/sys/module/%s/parameters", r->name);
	tree_list(v, &now);
	for (size_t i = 0; i < now.cnt; i++)
		if (tree_is_top(before, now.node[i].path))
			use_below(v, &now, i, parameters, r);
	tree_free(&now);
}

/* /sys/module/NAME of a module that it had loaded: that one stays. */
static bool is_others(const struct report *r, const char *path)
{
	static const char modules[] = "/sys/module/";

	return !strncmp(path, modules, strlen(modules)) && lines_have(&r->others, path + strlen(modules));
}

void find_left_files(const struct vfs *v, const struct tree *before, struct report *r)
{
	struct tree now;

	tree_list(v, &now);
	for (size_t i = 0; i < now.cnt; i++)
		if (tree_is_top(before, now.node[i].path) && !is_others(r, now.node[i].path))
			add_left(r, "file-left", now.node[i].path);
	tree_free(&now);
}
