/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/lib/buf.h"
#include "user/lib/running/state.h"
#include "user/lib/line.h"

/* A name that leads elsewhere is the name of no module. */
static bool module_path(const char *name, const char *what, char *path, size_t size)
{
	return *name && *name != '.' && !strchr(name, '/') &&
	       (size_t)snprintf(path, size, "/sys/module/%s/%s", name, what) < size;
}

/* Return: 0 or a negative errno value; then @text is "". */
static int read_attribute(const char *name, const char *what, char *text, size_t size)
{
	char path[PATH_MAX];

	*text = '\0';
	return module_path(name, what, path, sizeof(path)) ? line_read(path, text, size) : -ENOENT;
}

enum module_state module_state(const char *name)
{
	char text[16];

	if (read_attribute(name, "initstate", text, sizeof(text)))
		return MODULE_ABSENT;
	if (!strcmp(text, "live"))
		return MODULE_LIVE;
	return !strcmp(text, "coming") ? MODULE_COMING : MODULE_GOING;
}

int module_refcount(const char *name)
{
	char text[16], *end;
	int err = read_attribute(name, "refcnt", text, sizeof(text));
	long cnt;

	if (err)
		return err;
	cnt = strtol(text, &end, 10);
	return end == text || cnt < 0 || cnt > INT_MAX ? -EINVAL : (int)cnt;
}

int module_holders(const char *name, int (*each)(void *data, const char *holder), void *data)
{
	char path[PATH_MAX], holder[NAME_MAX + 1];
	const struct dirent *e;
	int err = 0;
	DIR *dir;

	if (!module_path(name, "holders", path, sizeof(path)))
		return -ENOENT;
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (!err && (e = readdir(dir)))
		if (*e->d_name != '.') {
			tmod_module_name(e->d_name, holder, sizeof(holder));
			err = each(data, holder);
		}
	closedir(dir);
	return err;
}

static int add_holder(void *data, const char *holder)
{
	buf_string(data, holder);
	return 0;
}

/* An array of the strings in @text, that ends with NULL. Return: NULL: no memory. */
static const char **string_array(const struct buf *text)
{
	const char *at = text->data, *end = at + text->len;
	const char **all;
	size_t cnt = 0;

	for (size_t i = 0; i < text->len; i++)
		cnt += !text->data[i];
	all = text->failed ? NULL : calloc(cnt + 1, sizeof(*all));
	for (cnt = 0; all && at < end; at += strlen(at) + 1)
		all[cnt++] = at;
	return all;
}

/* The size of a module in /proc/modules, for kernels whose /sys has none. */
struct found_size {
	const char *name;
	uint64_t size;
};

static int find_size(void *data, const struct tmod_loaded *m)
{
	struct found_size *f = data;

	if (strcmp(m->name, f->name))
		return 0;
	f->size = m->size;
	return 1;
}

int tmod_loaded_read(const char *name, int (*each)(void *data, const struct tmod_loaded *module), void *data)
{
	static const char *const states[] = {
		[MODULE_COMING] = "Loading", [MODULE_LIVE] = "Live", [MODULE_GOING] = "Unloading"
	};
	enum module_state state = module_state(name);
	char size[32], taint[32];
	struct buf text = { 0 };
	const char **holders;
	struct found_size found = { name, 0 };
	struct tmod_loaded m;
	int ret;

	if (state == MODULE_ABSENT)
		return -ENOENT;
	module_holders(name, add_holder, &text);
	holders = string_array(&text);
	if (read_attribute(name, "coresize", size, sizeof(size)))
		tmod_loaded_each(find_size, &found);
	read_attribute(name, "taint", taint, sizeof(taint));
	ret = module_refcount(name);
	m = (struct tmod_loaded){
		.name = name,
		.size = *size ? strtoull(size, NULL, 10) : found.size,
		.refcount = ret < 0 ? -1 : ret,
		.holders = holders,
		.state = states[state],
		.taint = taint,
	};
	ret = holders ? each(data, &m) : -ENOMEM;
	free(holders);
	buf_free(&text);
	return ret;
}
