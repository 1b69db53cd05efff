/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* cp, sha256sum, mkdir, rm, mv: what is in files of Linux's file systems. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/process/shell/files.h"

static char piece[1 << 18]; /* commands come one after the other */

static int complain(const struct args *a, const char *path, int64_t err)
{
	return say(a, "%s: %s", path, strerror((int)-err));
}

/* ---- reading: each piece goes somewhere ---- */

struct target {
	bool (*take)(struct target *t, const void *bytes, size_t len); /* Return: false after saying why not */
	const struct args *a;
	const char *path;
	FILE *file;
	const struct vfs *vfs;
	uint64_t to, offset; /* file of Linux's */
	EVP_MD_CTX *hash;
};

static int pour(const struct args *a, const struct place *from, struct target *t)
{
	uint64_t file, offset = 0;
	int64_t got = vfs_file_open(&from->vfs, from->path, O_RDONLY, 0, &file);
	int status = 0;

	if (got)
		return complain(a, from->path, got);
	while (!status && (got = vfs_read(&from->vfs, file, piece, sizeof(piece), &offset)) > 0)
		status = !t->take(t, piece, (size_t)got);
	vfs_file_close(&from->vfs, file);
	return got < 0 ? complain(a, from->path, got) : status;
}

static bool take_print(struct target *t, const void *bytes, size_t len)
{
	(void)t;
	return sink_data(bytes, len);
}

int file_print(const struct args *a, const struct place *p)
{
	struct target t = { .take = take_print };

	return pour(a, p, &t);
}

/* ---- cp ---- */

static bool take_host(struct target *t, const void *bytes, size_t len)
{
	return fwrite(bytes, 1, len, t->file) == len || say(t->a, "%s: %s", t->path, strerror(errno)) < 0;
}

static bool take_linux(struct target *t, const void *bytes, size_t len)
{
	int64_t put = vfs_write(t->vfs, t->to, bytes, len, &t->offset);

	if (put == (int64_t)len)
		return true;
	complain(t->a, t->path, put < 0 ? put : -TENON_ENOSPC);
	return false;
}

static int from_host(const struct args *a, const char *path, struct target *t)
{
	FILE *f = fopen(path, "re");
	size_t got;
	int status = 0;

	if (!f)
		return say(a, "%s: %s", path, strerror(errno));
	while (!status && (got = fread(piece, 1, sizeof(piece), f)) > 0)
		status = !t->take(t, piece, got);
	if (ferror(f))
		status = say(a, "%s: %s", path, strerror(errno));
	fclose(f);
	return status;
}

static int copy_from(struct shell *s, const struct args *a, const char *path, struct target *t)
{
	struct place from;
	int status;

	if (!place_find(s, path, &from))
		return from_host(a, path, t);
	status = pour(a, &from, t);
	place_put(&from);
	return status;
}

static int copy_to_linux(struct shell *s, const struct args *a, const char *path, const struct place *to)
{
	struct target t = { .take = take_linux, .a = a, .path = to->path, .vfs = &to->vfs };
	int err = vfs_file_open(&to->vfs, to->path, O_WRONLY | O_CREAT | O_TRUNC, 0644, &t.to), status;

	if (err)
		return complain(a, to->path, err);
	status = copy_from(s, a, path, &t);
	err = vfs_file_close(&to->vfs, t.to);
	return err ? complain(a, to->path, err) : status;
}

static int copy_to_host(struct shell *s, const struct args *a, const char *path, const char *to)
{
	struct target t = { .take = take_host, .a = a, .path = to, .file = fopen(to, "we") };
	int status;

	if (!t.file)
		return say(a, "%s: %s", to, strerror(errno));
	status = copy_from(s, a, path, &t);
	return fclose(t.file) ? say(a, "%s: %s", to, strerror(errno)) : status;
}

int cmd_cp(struct shell *s, const struct args *a)
{
	struct place to;
	int status;

	if (a->cnt != 3)
		return say_usage(a);
	if (!place_find(s, a->word[2], &to))
		return copy_to_host(s, a, a->word[1], a->word[2]);
	status = copy_to_linux(s, a, a->word[1], &to);
	place_put(&to);
	return status;
}

int file_put(const struct args *a, const struct place *p, const char *text, size_t len)
{
	struct target t = { .take = take_linux, .a = a, .path = p->path, .vfs = &p->vfs };
	int err = vfs_file_open(&p->vfs, p->path, O_WRONLY | O_CREAT | O_TRUNC, 0644, &t.to), status;

	if (err)
		return complain(a, p->path, err);
	status = !take_linux(&t, text, len);
	err = vfs_file_close(&p->vfs, t.to);
	return err ? complain(a, p->path, err) : status;
}

/* ---- sha256sum ---- */

static bool take_hash(struct target *t, const void *bytes, size_t len)
{
	return EVP_DigestUpdate(t->hash, bytes, len);
}

static int print_hash(const struct args *a, const struct place *p)
{
	struct target t = { .take = take_hash, .hash = EVP_MD_CTX_new() };
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned int len;
	int status;

	if (!t.hash || !EVP_DigestInit_ex(t.hash, EVP_sha256(), NULL)) {
		EVP_MD_CTX_free(t.hash);
		return say(a, "out of memory");
	}
	status = pour(a, p, &t);
	EVP_DigestFinal_ex(t.hash, hash, &len);
	EVP_MD_CTX_free(t.hash);
	for (unsigned int i = 0; !status && i < len; i++)
		printf("%02x", hash[i]);
	if (!status)
		printf("  %s\n", p->path);
	return status;
}

struct walk {
	const struct args *a;
	struct place *at; /* its path becomes longer on the way down */
	int status;
};

static int hash_entry(const char *name, uint64_t number, unsigned int type, void *arg);

static int hash_all(struct walk *w)
{
	struct tenon_linux_stat st;
	int err = vfs_stat(&w->at->vfs, w->at->path, false, &st);

	if (!err && S_ISDIR(st.mode))
		err = vfs_each(&w->at->vfs, w->at->path, hash_entry, w);
	else if (!err && S_ISREG(st.mode))
		w->status |= print_hash(w->a, w->at);
	if (err)
		w->status = complain(w->a, w->at->path, err);
	return 0;
}

static int hash_entry(const char *name, uint64_t number, unsigned int type, void *arg)
{
	struct walk *w = arg;
	size_t len = strlen(w->at->path);

	(void)number, (void)type;
	if (len + strlen(name) + 2 > sizeof(w->at->path))
		return -TENON_ENAMETOOLONG;
	sprintf(w->at->path + len, "/%s", name);
	hash_all(w);
	w->at->path[len] = 0;
	return 0;
}

int cmd_sha256sum(struct shell *s, const struct args *a)
{
	struct place p;
	struct walk w = { .a = a, .at = &p };

	if (a->cnt < 2)
		return say_usage(a);
	for (size_t i = 1; i < a->cnt; i++) {
		if (!place_need(s, a, a->word[i], &p))
			return 1;
		hash_all(&w);
		place_put(&p);
	}
	return w.status;
}

/* ---- names ---- */

static int make_directory(const struct place *p)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_MKDIR, .mode = 0755 };

	return (int)vfs_path(&p->vfs, &call, p->path, NULL, NULL, 0);
}

static int remove_name(const struct place *p)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_UNLINK };
	struct tenon_linux_stat st;
	int err = vfs_stat(&p->vfs, p->path, false, &st);

	if (!err && S_ISDIR(st.mode))
		call.op = TENON_LINUX_RMDIR;
	return err ? err : (int)vfs_path(&p->vfs, &call, p->path, NULL, NULL, 0);
}

static int each_name(struct shell *s, const struct args *a, int (*fn)(const struct place *p))
{
	struct place p;
	int status = 0, err;

	if (a->cnt < 2)
		return say_usage(a);
	for (size_t i = 1; i < a->cnt; i++) {
		if (!place_need(s, a, a->word[i], &p))
			return 1;
		err = fn(&p);
		if (err)
			status = complain(a, p.path, err);
		place_put(&p);
	}
	return status;
}

int cmd_mkdir(struct shell *s, const struct args *a)
{
	return each_name(s, a, make_directory);
}

int cmd_rm(struct shell *s, const struct args *a)
{
	return each_name(s, a, remove_name);
}

int cmd_mv(struct shell *s, const struct args *a)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_RENAME };
	char to[PROCESS_PATH_BYTES];
	struct place from;
	int64_t err;

	if (a->cnt != 3)
		return say_usage(a);
	if (!place_need(s, a, a->word[1], &from))
		return 1;
	err = path_clean(a->word[2], to) ? -TENON_EINVAL : vfs_path(&from.vfs, &call, from.path, to, NULL, 0);
	place_put(&from);
	return err ? complain(a, a->word[2], err) : 0;
}
