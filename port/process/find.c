/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * From a module's name to its file. The directories given at the start are indexed once: by their modules.dep, where
 * depmod has made one, otherwise by looking through them. '-' and '_' are the same in names.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fmt/modname.h"
#include "port/process/internal.h"

#define FILE_BYTES_MAX (1ll << 30)

struct entry {
	struct entry *next; /* in its bucket */
	char *path;
	size_t base, base_len; /* the name within path, without suffix */
};

struct module_index {
	struct entry **buckets;
	size_t mask, cnt;
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

/* Add the file unless its name is there already. @path stays the caller's. */
static int add(struct module_index *idx, const char *dir, const char *path, size_t path_len)
{
	const char *base = memrchr(path, '/', path_len), *suffix;
	struct entry **link, *e;
	size_t base_len;

	base = base ? base + 1 : path;
	suffix = memmem(base, path_len - (size_t)(base - path), ".ko", 3);
	if (!suffix)
		return 0;
	base_len = (size_t)(suffix - base);
	link = find_entry(idx, base, base_len);
	if (*link)
		return 0;
	e = calloc(1, sizeof(*e));
	if (!e || asprintf(&e->path, "%s%s%.*s", dir, *dir ? "/" : "", (int)path_len, path) < 0) {
		free(e);
		return -TENON_ENOMEM;
	}
	e->base = strlen(e->path) - path_len + (size_t)(base - path);
	e->base_len = base_len;
	*link = e;
	idx->cnt++;
	return 0;
}

/* The lines of modules.dep begin with the path of a module, up to a colon. */
static int read_modules_dep(struct module_index *idx, const char *dir, FILE *f)
{
	char *line = NULL, *colon;
	size_t cap = 0;
	int err = 0;

	while (!err && getline(&line, &cap, f) > 0) {
		colon = strchr(line, ':');
		if (colon)
			err = add(idx, *line == '/' ? "" : dir, line, (size_t)(colon - line));
	}
	free(line);
	return err;
}

static bool is_compressed(const char *name)
{
	const char *suffix = strrchr(name, '.');

	return suffix && (!strcmp(suffix, ".xz") || !strcmp(suffix, ".zst"));
}

static bool is_module_file(const char *name)
{
	const char *suffix = strrchr(name, '.');

	if (is_compressed(name))
		return suffix - name > 3 && !memcmp(suffix - 3, ".ko", 3);
	return suffix && !strcmp(suffix, ".ko");
}

static int scan(struct module_index *idx, const char *dir)
{
	char *const roots[] = { (char *)dir, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	int err = 0;
	FTSENT *f;

	if (!fts)
		return -TENON_ENOMEM;
	while (!err && (f = fts_read(fts)))
		if (f->fts_info == FTS_F && is_module_file(f->fts_name))
			err = add(idx, "", f->fts_path, f->fts_pathlen);
	fts_close(fts);
	return err;
}

static int add_dir(struct module_index *idx, const char *dir)
{
	char path[4096];
	FILE *f;
	int err;

	if (snprintf(path, sizeof(path), "%s/modules.dep", dir) >= (int)sizeof(path))
		return -TENON_ENAMETOOLONG;
	f = fopen(path, "re");
	if (!f)
		return scan(idx, dir);
	err = read_modules_dep(idx, dir, f);
	fclose(f);
	return err;
}

int find_init(struct process_host *h, const struct process_options *o)
{
	struct module_index *idx = calloc(1, sizeof(*idx));
	int err = 0;

	if (!idx)
		return -TENON_ENOMEM;
	idx->mask = 8191;
	idx->buckets = calloc(idx->mask + 1, sizeof(*idx->buckets));
	h->modules = idx;
	if (!idx->buckets)
		return -TENON_ENOMEM;
	for (size_t i = 0; i < o->module_dir_cnt && !err; i++)
		err = add_dir(idx, o->module_dirs[i]);
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
	free(idx->buckets);
	free(idx);
}

/* ---- byte sources ---- */

static int64_t read_file(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	int fd = (int)(intptr_t)src->host;
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(fd, (char *)buf + done, len - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		done += (size_t)n;
	}
	return (int64_t)done;
}

static void close_file(struct tenon_source *src)
{
	close((int)(intptr_t)src->host);
}

static int64_t read_copy(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	if (offset > src->size)
		return 0;
	if (len > src->size - offset)
		len = (size_t)(src->size - offset);
	memcpy(buf, (const char *)src->constant + offset, len);
	return (int64_t)len;
}

static void close_copy(struct tenon_source *src)
{
	free(src->host);
}

/* The decompressed bytes are nobody else's: the core needs no copy of them. */
static int open_compressed(const char *path, struct tenon_source *file)
{
	struct tenon_source copy = { .read_at = read_copy, .close = close_copy };
	size_t in_size = (size_t)file->size, size;
	void *in = malloc(in_size);
	int err;

	if (!in)
		return -TENON_ENOMEM;
	if (read_file(file, 0, in, in_size) != (int64_t)in_size)
		err = -TENON_EIO;
	else
		err = decompress(path, in, in_size, &copy.host, &size);
	free(in);
	if (err)
		return err;
	close_file(file);
	copy.size = size;
	copy.constant = copy.host;
	*file = copy;
	return 0;
}

int process_open_file(const char *path, struct tenon_source *src)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int err;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > FILE_BYTES_MAX) {
		close(fd);
		return -TENON_EINVAL;
	}
	*src = (struct tenon_source){
		.size = (uint64_t)st.st_size,
		.read_at = read_file,
		.close = close_file,
		.host = (void *)(intptr_t)fd,
	};
	if (!is_compressed(path))
		return 0;
	err = open_compressed(path, src);
	if (err)
		close_file(src);
	return err;
}

const char *process_find_path(struct process_host *h, const char *name)
{
	struct entry *e = *find_entry(h->modules, name, strlen(name));

	return e ? e->path : NULL;
}

int find_module(void *context, struct tenon_domain *domain, const char *name, struct tenon_source *src)
{
	struct process_host *h = context;
	const char *path = process_find_path(h, name);

	(void)domain;
	if (fail_point(h))
		return -TENON_ENOMEM;
	return path ? process_open_file(path, src) : -TENON_ENOENT;
}
