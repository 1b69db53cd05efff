/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "user/lib/depmod/record.h"
#include "user/lib/regular.h"
#include "user/lib/root.h"
#include "tenon/fmt/modindex.h"

const char *depmod_real_path(const struct depmod *d, const char *path, char *to)
{
	char full[DEPMOD_PATH_BYTES];

	if (*path == '/' || !__atomic_load_n(&d->links_inside, __ATOMIC_RELAXED))
		return path;
	snprintf(full, sizeof(full), "%s/%s", d->request->dir, path);
	root_resolve(d->request->root, full, to, PATH_MAX);
	return strcmp(full, to) ? to : path;
}

int depmod_open(const struct depmod *d, const char *path, int flags)
{
	char real[PATH_MAX];

	path = depmod_real_path(d, path, real);
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
	struct stat st;
	int fd = regular_open(d->dir, name, &st);

	return fd < 0 ? fd : depmod_read_all(fd, out);
}

int depmod_open_out(const struct depmod *d)
{
	const char *to = d->request->out_dir ?: d->request->dir;
	char real[PATH_MAX];
	int dir, err;

	root_resolve(d->request->out_dir ? NULL : d->request->root, to, real, sizeof(real));
	dir = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = dir < 0 ? -errno : 0;
	if (err)
		say(d->say, TMOD_ERROR, "could not open directory %s: %s", to, strerror(-err));
	return err ? err : dir;
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

/*
 * A new thread begins on the CPU of the one that makes it, and waits there until the scheduler balances CPUs, for longer
 * than a phase of depmod takes. So it is kept from that CPU, if there are others.
 */
static void avoid_this_cpu(pthread_attr_t *attr)
{
	cpu_set_t cpus;
	int cpu = sched_getcpu();

	if (cpu < 0 || cpu >= CPU_SETSIZE || sched_getaffinity(0, sizeof(cpus), &cpus))
		return;
	CPU_CLR((size_t)cpu, &cpus);
	if (CPU_COUNT(&cpus))
		pthread_attr_setaffinity_np(attr, sizeof(cpus), &cpus);
}

void depmod_parallel(struct depmod *d, unsigned int cnt, void (*work)(struct reader *r, void *data), void *data)
{
	struct job jobs[DEPMOD_THREADS_MAX];
	unsigned int started = 1;
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	avoid_this_cpu(&attr);
	for (; started < cnt && started < d->reader_cnt; started++) {
		jobs[started] = (struct job){ &d->readers[started], work, data };
		if (pthread_create(&d->readers[started].thread, &attr, run_job, &jobs[started]))
			break;
	}
	pthread_attr_destroy(&attr);
	work(&d->readers[0], data);
	while (started > 1)
		pthread_join(d->readers[--started].thread, NULL);
}

/* Do the binary indexes that are there begin as indexes do? What a crash has left empty or zeroed does not. */
static bool are_indexes(int dir)
{
	const uint8_t magic[] = { TENON_INDEX_MAGIC >> 24, TENON_INDEX_MAGIC >> 16 & 0xff,
				  TENON_INDEX_MAGIC >> 8 & 0xff, TENON_INDEX_MAGIC & 0xff };
	/* Those of what is built in may be empty. */
	static const enum depmod_file indexes[] = { DEPMOD_DEP_BIN, DEPMOD_ALIAS_BIN, DEPMOD_SYMBOLS_BIN };
	bool good = true;

	for (size_t i = 0; i < sizeof(indexes) / sizeof(indexes[0]) && good; i++) {
		uint8_t start[sizeof(magic)];
		struct stat st;
		int fd = regular_open(dir, depmod_file_names[indexes[i]], &st);

		if (fd < 0)
			continue;
		good = pread(fd, start, sizeof(start), 0) == sizeof(start) && !memcmp(start, magic, sizeof(magic));
		close(fd);
	}
	return good;
}

/* Is modules.dep in the directory @dir, and no module file newer, be it one that is taken or not? */
static bool is_fresh(const struct depmod *d, int dir)
{
	struct stamp dep;
	struct stat st;

	if (fstatat(dir, "modules.dep", &st, 0) || !are_indexes(dir))
		return false;
	dep = stamp_of(&st);
	for (unsigned int i = 0; i < d->reader_cnt; i++) {
		const struct depmod_module *found = (const void *)d->readers[i].found.data;
		size_t cnt = d->readers[i].found.len / sizeof(*found);

		for (size_t k = 0; k < cnt; k++)
			if (found[k].stamp.mtime > dep.mtime)
				return false;
	}
	return true;
}

/*
 * Is there nothing to do? Without a record the times decide, as with kmod; with one also what has been removed, or been
 * replaced by something older, is noticed. Return: 1, 0, or a negative errno value.
 */
static int is_current(struct depmod *d)
{
	int dir = depmod_open_out(d), current;

	if (dir < 0)
		return dir;
	d->record = record_load(d, dir);
	current = !d->record ? -ENOMEM : record_match(d, d->record, dir) || (!d->record->head && is_fresh(d, dir));
	close(dir);
	return current;
}

static int make_indexes(struct depmod *d)
{
	int err = depmod_read(d);

	if (!err && d->record && d->record->head)
		record_compare(d, d->record);
	if (!err && (d->request->symvers || d->request->system_map))
		err = depmod_check(d);
	if (!err)
		err = depmod_write(d);
	if (!err && d->bad_symbols && d->request->strict_symbols)
		return -ENOKEY;
	if (err != -ELOOP)
		return err;
	/* A kernel can load none of these; that is no reason for the others to go without an index. */
	depmod_drop_cycles(d);
	if (d->record && d->record->head)
		record_compare(d, d->record);
	return depmod_write(d) ?: -ELOOP;
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
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	d->begun_ns = now.tv_sec * 1000000000 + now.tv_nsec;
	pthread_mutex_init(&d->say_lock, NULL);
	d->serial = (struct tmod_messages){ say_serially, d };
	d->say = &d->serial;
	d->reader_cnt = d->request->threads ? d->request->threads : (unsigned int)(cpus > 0 ? cpus : 1);
	if (d->reader_cnt > DEPMOD_THREADS_MAX)
		d->reader_cnt = DEPMOD_THREADS_MAX;
	for (unsigned int i = 0; i < d->reader_cnt; i++) {
		struct reader *r = &d->readers[i];

		r->depmod = d;
		/* Room for a usual tree, which costs nothing until it is used: growing would copy. */
		buf_room(&r->found, 1 << 20);
		buf_room(&r->info, 4 << 20);
		buf_room(&r->exports, 1 << 20);
		buf_room(&r->needs, 2 << 20);
	}
}

void depmod_forget(struct depmod *d)
{
	for (uint32_t i = 0; i < d->module_cnt; i++)
		free(d->modules[i].deps);
	free(d->modules);
	d->modules = NULL;
	d->module_cnt = 0;
	for (unsigned int i = 0; i < d->reader_cnt; i++) {
		struct reader *r = &d->readers[i];

		buf_free(&r->found);
		arena_close(&r->arena);
		image_free(&r->image);
		names_free(&r->needed);
		free(r->owners);
		r->owners = NULL;
		buf_free(&r->info);
		buf_free(&r->exports);
		buf_free(&r->needs);
	}
	free(d->owners);
	d->owners = NULL;
	names_free(&d->names);
	names_free(&d->exported);
}

static void end(struct depmod *d)
{
	depmod_forget(d);
	record_free(d->record);
	depmod_conf_close(&d->conf);
	if (d->dir >= 0)
		close(d->dir);
	pthread_mutex_destroy(&d->say_lock);
}

/* With files as arguments there need be no tree. */
static int open_tree(struct depmod *d)
{
	char real[PATH_MAX];

	root_resolve(d->request->root, d->request->dir, real, sizeof(real));
	d->dir = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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
	if (!err && request->if_newer)
		err = is_current(&d);
	err = err == 1 ? 0 : err ?: make_indexes(&d);
	if (err == -ENOMEM)
		say(d.say, TMOD_ERROR, "out of memory");
	end(&d);
	return err;
}
