/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include "user/lib/config/stamps.h"

struct stamp {
	const char *path;
	bool there;
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec modified, changed; /* the second cannot be set back by touch(1) */
};

static struct stamp make(const char *path, const struct stat *st)
{
	if (!st)
		return (struct stamp){ .path = path };
	return (struct stamp){ path, true, st->st_dev, st->st_ino, st->st_size, st->st_mtim, st->st_ctim };
}

static const struct stamp *first(const struct stamps *s, size_t *cnt)
{
	*cnt = s->all.len / sizeof(struct stamp);
	return (const struct stamp *)(const void *)s->all.data;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool same(const struct stamp *a, const struct stamp *b)
{
	if (!a->there || !b->there)
		return a->there == b->there;
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size && same_time(&a->modified, &b->modified) &&
	       same_time(&a->changed, &b->changed);
}

void stamps_add(struct stamps *s, const char *path, const struct stat *st)
{
	struct stamp stamp = make(path, st);

	buf_add(&s->all, &stamp, sizeof(stamp));
}

bool stamps_have(const struct stamps *s, const struct stat *st)
{
	size_t cnt;
	const struct stamp *stamp = first(s, &cnt);

	for (; cnt; cnt--, stamp++)
		if (stamp->there && stamp->dev == st->st_dev && stamp->ino == st->st_ino)
			return true;
	return false;
}

bool stamps_differ(const struct stamps *s)
{
	size_t cnt;
	const struct stamp *stamp = first(s, &cnt);

	for (; cnt; cnt--, stamp++) {
		struct stat st;
		struct stamp now = make(stamp->path, stat(stamp->path, &st) ? NULL : &st);

		if (!same(stamp, &now))
			return true;
	}
	return false;
}
