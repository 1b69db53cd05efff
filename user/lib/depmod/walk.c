/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Find the module files below directories, with several threads: each takes a directory from a list, adds the
 * directories in it to the list and the modules to what it found, and reads them: their names need not be looked up from
 * the tree's directory on.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/lib/depmod/depmod.h"
#include "user/lib/root.h"

#define DIRECTORIES_MAX (1u << 20)

struct walk {
	struct depmod *d;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct buf todo;        /* directories' paths, NUL-terminated; the last is next */
	uint32_t directory_cnt; /* that ever were in it */
	unsigned int busy;      /* threads that read a directory */
	unsigned int waiting;   /* threads that wait for one; atomic */
	int err;
};

/* One directory being read. */
struct directory {
	struct reader *r;
	const struct walk *walk;
	struct buf *subdirectories;
	int fd;
	size_t len; /* of the directory's path */
	char path[PATH_MAX];
};

static int stat_path(const struct depmod *d, const char *path, struct stat *st)
{
	char real[PATH_MAX];

	path = depmod_real_path(d, path, real);
	return *path == '/' ? stat(path, st) : fstatat(d->dir, *path ? path : ".", st, 0);
}

/* Is the directory that a link leads to one that the link is in? Following it would never end. */
static bool is_cycle(const struct directory *f, const struct stat *st)
{
	char path[PATH_MAX];
	size_t len = f->len;
	struct stat above;

	memcpy(path, f->path, len + 1);
	for (;;) {
		path[len] = '\0';
		if (!stat_path(f->r->depmod, path, &above) && above.st_dev == st->st_dev && above.st_ino == st->st_ino)
			return true;
		if (!len)
			return false;
		while (len && path[--len] != '/')
			;
	}
}

static bool is_excluded(const struct depmod *d, const char *name)
{
	for (const char *const *e = d->conf.exclude; *e; e++)
		if (!strcmp(*e, name))
			return true;
	return !strcmp(name, "build") || !strcmp(name, "source");
}

/*
 * A module that has been found, and is read unless a record may have it, a link leads to it, or other threads could help:
 * depmod_read() reads these.
 */
static void add_module(struct directory *f, const char *name, bool link, const struct stat *st)
{
	bool if_newer = f->r->depmod->request->if_newer;
	struct stamp stamp = stamp_of(st);
	struct depmod_module *m = depmod_found(f->r, f->path, if_newer ? &stamp : NULL);

	if (m && !if_newer && !link && !__atomic_load_n(&f->walk->waiting, __ATOMIC_RELAXED))
		depmod_read_module(f->r, m, f->fd, name);
}

/* A module that is left out, or perhaps many. */
static void say_left_out(const struct directory *f, enum tmod_level level, const char *why)
{
	const struct depmod *d = f->r->depmod;

	say(d->say, level, "%s%s%s: %s", *f->path == '/' ? "" : d->request->dir, *f->path == '/' ? "" : "/", f->path,
	    why);
}

/* A link that leads nowhere, or in a cycle: it may have led to a directory of modules. */
static void say_dangling(const struct directory *f, const char *name, bool module)
{
	char target[PATH_MAX], why[PATH_MAX + 128];
	int err = errno;
	ssize_t len = readlinkat(f->fd, name, target, sizeof(target) - 1);

	if (module || len < 0) {
		say_left_out(f, TMOD_ERROR, strerror(err));
		return;
	}
	target[len] = '\0';
	snprintf(why, sizeof(why), "the link to %s cannot be followed (%s), so no module is found there", target,
		 strerror(err));
	say_left_out(f, TMOD_WARNING, why);
}

/* What a link leads to, in another system's root if there is one. Return: 0, or -1 with errno. */
static int stat_link(const struct directory *f, const char *name, struct stat *st)
{
	struct depmod *d = f->r->depmod;
	char full[DEPMOD_PATH_BYTES], real[PATH_MAX];

	if (!d->request->root || *f->path == '/')
		return fstatat(f->fd, name, st, 0);
	snprintf(full, sizeof(full), "%s/%s", d->request->dir, f->path);
	root_resolve(d->request->root, full, real, sizeof(real));
	if (strcmp(full, real))
		__atomic_store_n(&d->links_inside, true, __ATOMIC_RELAXED);
	return strcmp(full, real) ? stat(real, st) : fstatat(f->fd, name, st, 0);
}

/* An entry of the directory; its path is in f->path. */
static void visit(struct directory *f, const char *name, unsigned char type)
{
	bool link = type != DT_DIR && type != DT_REG;
	bool module = type != DT_DIR && tmod_is_module_file(name);
	struct stat st = { 0 };

	if (link || (module && f->r->depmod->request->if_newer)) {
		if (link ? stat_link(f, name, &st) : fstatat(f->fd, name, &st, 0)) {
			if (!is_excluded(f->r->depmod, name))
				say_dangling(f, name, module);
			return;
		}
		type = S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_UNKNOWN;
	}
	if (type == DT_DIR && !is_excluded(f->r->depmod, name) && !(link && is_cycle(f, &st)))
		buf_string(f->subdirectories, f->path);
	if (type == DT_REG && module)
		add_module(f, name, link, &st);
	else if (module && type != DT_DIR)
		say_left_out(f, TMOD_ERROR, "not a regular file");
}

static void visit_entry(struct directory *f, const struct dirent64 *e)
{
	size_t n = strlen(e->d_name), at = f->len;

	if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || f->len + n + 2 > sizeof(f->path))
		return;
	if (at)
		f->path[at++] = '/';
	memcpy(f->path + at, e->d_name, n + 1);
	visit(f, e->d_name, e->d_type);
	f->path[f->len] = '\0';
}

/* With getdents64(): readdir() would ask twice as much of the kernel. */
static void read_directory(struct directory *f)
{
	const struct depmod *d = f->r->depmod;
	_Alignas(struct dirent64) char entries[32 << 10];
	ssize_t got = -1;

	f->fd = depmod_open(d, *f->path ? f->path : ".", O_RDONLY | O_DIRECTORY);
	f->len = strlen(f->path);
	while (f->fd >= 0 && (got = getdents64(f->fd, entries, sizeof(entries))) > 0) {
		for (const char *at = entries; at < entries + got;) {
			const struct dirent64 *e = (const void *)at;

			visit_entry(f, e);
			at += e->d_reclen;
		}
	}
	if (got < 0)
		say(d->say, TMOD_ERROR, "could not open directory %s%s%s: %s", *f->path == '/' ? "" : d->request->dir,
		    *f->path == '/' ? "" : "/", f->path, strerror(errno));
	if (f->fd >= 0)
		close(f->fd);
}

/* Take the last directory of the list. The lock is held. Return: false when no more will come. */
static bool take(struct walk *w, char *path)
{
	const char *last;

	while (!w->todo.len && w->busy && !w->err) {
		__atomic_fetch_add(&w->waiting, 1, __ATOMIC_RELAXED);
		pthread_cond_wait(&w->changed, &w->lock);
		__atomic_fetch_sub(&w->waiting, 1, __ATOMIC_RELAXED);
	}
	if (!w->todo.len || w->err)
		return false;
	last = w->todo.data + w->todo.len - 1;
	while (last > w->todo.data && last[-1])
		last--;
	w->todo.len = (size_t)(last - w->todo.data);
	strcpy(path, last);
	w->busy++;
	return true;
}

/* Give back what a directory had in it. The lock is held. */
static void give(struct walk *w, const struct buf *subdirectories)
{
	for (const char *s = subdirectories->data; s && s < subdirectories->data + subdirectories->len;
	     s += strlen(s) + 1)
		w->directory_cnt++;
	if (subdirectories->len)
		buf_add(&w->todo, subdirectories->data, subdirectories->len);
	if (w->directory_cnt > DIRECTORIES_MAX)
		w->err = -ELOOP;
	if (w->todo.failed || subdirectories->failed)
		w->err = -ENOMEM;
	w->busy--;
	pthread_cond_broadcast(&w->changed);
}

static void walk_directories(struct reader *r, void *data)
{
	struct walk *w = data;
	struct buf subdirectories = { 0 };
	struct directory f = { .r = r, .walk = w, .subdirectories = &subdirectories };

	pthread_mutex_lock(&w->lock);
	while (take(w, f.path)) {
		pthread_mutex_unlock(&w->lock);
		subdirectories.len = 0;
		read_directory(&f);
		pthread_mutex_lock(&w->lock);
		give(w, &subdirectories);
	}
	if (r->found.failed)
		w->err = -ENOMEM;
	pthread_mutex_unlock(&w->lock);
	buf_free(&subdirectories);
	image_free(&r->image);
}

int depmod_walk(struct depmod *d, const struct buf *directories)
{
	struct walk w = { .d = d };

	buf_add(&w.todo, directories->data, directories->len);
	if (w.todo.failed)
		return -ENOMEM;
	pthread_mutex_init(&w.lock, NULL);
	pthread_cond_init(&w.changed, NULL);
	depmod_parallel(d, d->reader_cnt, walk_directories, &w);
	pthread_cond_destroy(&w.changed);
	pthread_mutex_destroy(&w.lock);
	buf_free(&w.todo);
	if (w.err == -ELOOP)
		say(d->say, TMOD_ERROR, "more than %u directories below %s: do links form a cycle?", DIRECTORIES_MAX,
		    d->request->dir);
	return w.err;
}
