/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/depmod/depmod.h"

int depmod_open(const struct depmod *d, const char *path, int flags)
{
	return *path == '/' ? open(path, flags | O_CLOEXEC) : openat(d->dir, path, flags | O_CLOEXEC);
}

int depmod_read_all(int fd, struct buf *out)
{
	int err = fd < 0 ? -errno : 0;
	ssize_t got = 1;

	if (err)
		return err;
	while (!err && got) {
		char *to = buf_room(out, 64 << 10);

		got = to ? read(fd, to, 64 << 10) : 0;
		if (!to)
			err = -ENOMEM;
		else if (got < 0 && errno != EINTR)
			err = -errno;
		else if (got > 0)
			out->len += (size_t)got;
	}
	close(fd);
	buf_char(out, '\0');
	return out->failed ? -ENOMEM : err;
}

int depmod_slurp(const struct depmod *d, const char *name, struct buf *out)
{
	return depmod_read_all(depmod_open(d, name, O_RDONLY), out);
}

void depmod_full_path(const struct depmod *d, const struct depmod_module *m, char *path)
{
	snprintf(path, DEPMOD_PATH_BYTES, "%s%s%s", *m->path == '/' ? "" : d->request->dir, *m->path == '/' ? "" : "/",
		 m->path);
}

struct job {
	struct reader *reader;
	void (*work)(struct reader *r, void *data);
	void *data;
};

static void *run_job(void *arg)
{
	struct job *j = arg;

	j->work(j->reader, j->data);
	return NULL;
}

void depmod_parallel(struct depmod *d, unsigned int cnt, void (*work)(struct reader *r, void *data), void *data)
{
	struct job jobs[DEPMOD_THREADS_MAX];
	unsigned int started = 1;

	for (; started < cnt && started < d->reader_cnt; started++) {
		jobs[started] = (struct job){ &d->readers[started], work, data };
		if (pthread_create(&d->readers[started].thread, NULL, run_job, &jobs[started]))
			break;
	}
	work(&d->readers[0], data);
	while (started > 1)
		pthread_join(d->readers[--started].thread, NULL);
}

/* Is modules.dep there, and no module file newer? */
static bool is_fresh(const struct depmod *d)
{
	struct stat dep, st;

	if (fstatat(d->dir, "modules.dep", &dep, 0))
		return false;
	for (uint32_t i = 0; i < d->module_cnt; i++) {
		if (fstatat(d->dir, d->modules[i].path, &st, 0) || st.st_mtim.tv_sec > dep.st_mtim.tv_sec ||
		    (st.st_mtim.tv_sec == dep.st_mtim.tv_sec && st.st_mtim.tv_nsec > dep.st_mtim.tv_nsec))
			return false;
	}
	return true;
}

static int make_indexes(struct depmod *d)
{
	int err = depmod_read(d);

	if (!err && (d->request->symvers || d->request->system_map))
		err = depmod_check(d);
	return err ? err : depmod_write(d);
}

static void say_serially(void *data, enum tmod_level level, const char *text)
{
	struct depmod *d = data;

	pthread_mutex_lock(&d->say_lock);
	say(&d->request->messages, level, "%s", text);
	pthread_mutex_unlock(&d->say_lock);
}

static void begin(struct depmod *d)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	pthread_mutex_init(&d->say_lock, NULL);
	d->serial = (struct tmod_messages){ say_serially, d };
	d->say = &d->serial;
	d->reader_cnt = d->request->threads ? d->request->threads : (unsigned int)(cpus > 0 ? cpus : 1);
	if (d->reader_cnt > DEPMOD_THREADS_MAX)
		d->reader_cnt = DEPMOD_THREADS_MAX;
	for (unsigned int i = 0; i < d->reader_cnt; i++)
		d->readers[i].depmod = d;
}

static void end(struct depmod *d)
{
	for (uint32_t i = 0; i < d->module_cnt; i++) {
		free(d->modules[i].fault);
		free(d->modules[i].deps);
	}
	for (unsigned int i = 0; i < d->reader_cnt; i++) {
		buf_free(&d->readers[i].paths);
		image_free(&d->readers[i].image);
		names_free(&d->readers[i].needed);
		buf_free(&d->readers[i].info);
		buf_free(&d->readers[i].exports);
		buf_free(&d->readers[i].needs);
	}
	free(d->modules);
	free(d->owners);
	names_free(&d->names);
	names_free(&d->exported);
	depmod_conf_close(&d->conf);
	if (d->dir >= 0)
		close(d->dir);
	pthread_mutex_destroy(&d->say_lock);
}

/* With files as arguments there need be no tree. */
static int open_tree(struct depmod *d)
{
	d->dir = open(d->request->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d->dir_err = d->dir < 0 ? errno : 0;
	if (d->dir >= 0 || d->request->files)
		return 0;
	say(d->say, TMOD_ERROR, "could not open directory %s: %s", d->request->dir, strerror(d->dir_err));
	return -d->dir_err;
}

int tmod_depmod(const struct tmod_depmod *request)
{
	struct depmod d = { .request = request, .dir = -1 };
	int err;

	begin(&d);
	err = depmod_conf_open(&d.conf, request->config, request->release ?: "", d.say);
	if (!err)
		err = open_tree(&d);
	if (!err)
		err = depmod_scan(&d);
	if (!err && !(request->if_newer && is_fresh(&d)))
		err = make_indexes(&d);
	if (err == -ENOMEM)
		say(d.say, TMOD_ERROR, "out of memory");
	end(&d);
	return err;
}
