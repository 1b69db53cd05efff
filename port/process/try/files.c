/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Reading and writing what a module has added to procfs, sysfs and debugfs, its parameters among it. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "port/process/try/try.h"

#define FILE_BYTES 65536 /* that are read of each */
#define NONSENSE_BYTES 4095

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

static void write_text(const struct vfs *v, uint64_t file, const char *text, size_t len)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_WRITE, .file = file };

	vfs_call(v, &call, text, len, NULL, 0);
}

/* Its own text, what programs may write by mistake, and in the end its own again, so that what depends on it goes on. */
static bool write_file(const struct vfs *v, const char *path, const char *own, size_t len)
{
	static char nonsense[NONSENSE_BYTES];
	uint64_t file;

	if (vfs_file_open(v, path, O_WRONLY | O_NONBLOCK, 0, &file))
		return false;
	if (len)
		write_text(v, file, own, len);
	write_text(v, file, "", 0);
	write_text(v, file, "1\n", 2);
	memset(nonsense, 'x', sizeof(nonsense));
	write_text(v, file, nonsense, sizeof(nonsense));
	if (len)
		write_text(v, file, own, len);
	vfs_file_close(v, file);
	return true;
}

/* Those that each device and module has. */
static bool is_linuxes_own(const char *path)
{
	const char *name = strrchr(path, '/') + 1;

	return !strncmp(path, "/sys/", 5) && (strstr(path, "/power/") || !strcmp(name, "uevent"));
}

static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !strncmp(path, dir, len) && (path[len] == '/' || !path[len]);
}

struct used {
	size_t read_cnt, written_cnt;
};

static void use_file(const struct vfs *v, const char *path, const char *parameters, struct report *r, struct used *used)
{
	static char data[FILE_BYTES];
	struct tenon_linux_stat st;
	bool written = false;
	int64_t len = 0;
	int err;

	if (vfs_stat(v, path, true, &st))
		return;
	err = st.mode & 0444 ? read_file(v, path, data, sizeof(data), &len) : -TENON_EACCES;
	if (st.mode & 0222 && !is_linuxes_own(path))
		written = write_file(v, path, data, err || len < 0 ? 0 : (size_t)len);
	if (is_below(path, parameters)) {
		lines_add(&r->exercised, "parameter %s: read%s", strrchr(path, '/') + 1, written ? " and written" : "");
		return;
	}
	used->read_cnt += !err;
	used->written_cnt += written;
	if (err && !written)
		lines_add(&r->unused, "%s: %s", path, st.mode & 0444 ? strerror(-err) : "write-only");
}

static void note_used(const struct node *first, const char *how, size_t cnt, struct report *r)
{
	if (cnt && first->is_dir)
		lines_add(&r->exercised, "%s: %zu files %s", first->path, cnt, how);
	else if (cnt)
		lines_add(&r->exercised, "%s: %s", first->path, how);
}

/* Everything below one thing that is new, or that itself. */
static void use_below(const struct vfs *v, const struct tree *now, size_t top, const char *parameters, struct report *r)
{
	const struct node *first = &now->node[top];
	struct used used = { 0 };

	lines_add(&r->registered, "%s %s", first->is_dir ? "directory" : "file", first->path);
	for (size_t i = top; i < now->cnt; i++)
		if (!now->node[i].is_dir && is_below(now->node[i].path, first->path))
			use_file(v, now->node[i].path, parameters, r, &used);
	note_used(first, "read", used.read_cnt, r);
	note_used(first, "written", used.written_cnt, r);
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
