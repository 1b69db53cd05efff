/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Mending files. Each is written whole beside the old one and renamed over it; owner, group and mode stay, and a link
 * stays a link. A file that is not the one that was looked at any more is left alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "user/lib/config/text.h"
#include "user/lib/lint/lint.h"
#include "user/lib/replace.h"
#include "user/lib/say.h"

static int by_offset(const void *a, const void *b)
{
	const struct edit *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->off != y->off)
		return x->off < y->off ? -1 : 1;
	return x->finding < y->finding ? -1 : x->finding > y->finding;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* The bytes of a file with its edits made. */
static void apply(const struct buf *old, const struct edit *edits, size_t cnt, struct buf *out)
{
	size_t at = 0;

	for (size_t i = 0; i < cnt; i++) {
		if (edits[i].off < at || edits[i].off + edits[i].len > old->len)
			continue;
		buf_add(out, old->data + at, edits[i].off - at);
		buf_text(out, edits[i].text);
		at = edits[i].off + edits[i].len;
	}
	buf_add(out, old->data + at, old->len - at);
}

static int write_file(const struct lint_file *f, const char *path, const struct buf *contents)
{
	char copy[PATH_MAX], name_copy[PATH_MAX];
	struct replacement r = { .fd = -1 };
	int dir, err;

	strcpy(copy, path);
	strcpy(name_copy, path);
	dir = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	err = replace_write(&r, dir, basename(name_copy), contents);
	if (!err && (fchown(r.fd, f->st.st_uid, f->st.st_gid) || fchmod(r.fd, f->st.st_mode & 07777)))
		err = -errno;
	if (!err)
		err = replace_sync(&r);
	if (!err)
		err = replace_commit(&r);
	replace_drop(&r);
	close(dir);
	return err;
}

static int fix_file(struct lint *l, const struct lint_file *f, const struct edit *edits, size_t cnt)
{
	struct buf old = { 0 }, new = { 0 };
	char path[PATH_MAX];
	struct stat st;
	int err = realpath(f->path, path) ? text_read(path, true, &st, &old) : -errno;

	if (!err && !is_same(&st, &f->st))
		err = -EAGAIN;
	if (!err) {
		apply(&old, edits, cnt, &new);
		err = new.failed ? -ENOMEM : write_file(f, path, &new);
	}
	if (err)
		say(l->messages, TMOD_ERROR, "%s: %s; it is as it was", f->path,
		    err == -EAGAIN ? "the file was changed meanwhile" : strerror(-err));
	for (size_t i = 0; !err && i < cnt; i++)
		lint_finding(l, edits[i].finding)->public.fixed = true;
	buf_free(&old);
	buf_free(&new);
	return err;
}

int lint_fix(struct lint *l)
{
	struct edit *edits = (struct edit *)(void *)l->edits.data;
	size_t cnt = l->edits.len / sizeof(*edits), n;
	int ret = 0;

	if (cnt)
		qsort(edits, cnt, sizeof(*edits), by_offset);
	for (size_t i = 0; i < cnt; i += n) {
		int err;

		for (n = 1; i + n < cnt && edits[i + n].file == edits[i].file; n++)
			;
		err = fix_file(l, lint_file(l, edits[i].file), edits + i, n);
		ret = ret ? ret : err;
	}
	return ret;
}
