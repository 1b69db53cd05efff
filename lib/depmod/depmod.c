/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/depmod/depmod.h"

int depmod_slurp(struct depmod *d, const char *name, struct buf *out)
{
	int fd = openat(d->dir, name, O_RDONLY | O_CLOEXEC), err = 0;
	ssize_t got = 1;

	if (fd < 0)
		return -errno;
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

unsigned int depmod_threads(const struct depmod *d, unsigned int jobs)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned int n = d->request->threads ? d->request->threads : (unsigned int)(cpus > 0 ? cpus : 1);

	if (n > DEPMOD_THREADS_MAX)
		n = DEPMOD_THREADS_MAX;
	return n > jobs ? jobs : n;
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

	if (!err)
		err = depmod_link(d);
	return err ? err : depmod_write(d);
}

static void free_all(struct depmod *d)
{
	for (uint32_t i = 0; i < d->module_cnt; i++) {
		free(d->modules[i].path);
		free(d->modules[i].name);
		free(d->modules[i].fault);
		free(d->modules[i].deps);
	}
	for (unsigned int i = 0; i < d->reader_cnt; i++) {
		image_free(&d->readers[i].image);
		names_free(&d->readers[i].needed);
		buf_free(&d->readers[i].info);
		buf_free(&d->readers[i].exports);
		buf_free(&d->readers[i].needs);
	}
	free(d->modules);
	free(d->owners);
	names_free(&d->exported);
	if (d->dir >= 0)
		close(d->dir);
}

int tmod_depmod(const struct tmod_depmod *request)
{
	struct depmod d = { .request = request, .say = &request->messages };
	int err = 0;

	d.dir = open(request->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d.dir < 0) {
		err = -errno;
		say(d.say, TMOD_ERROR, "could not open directory %s: %s", request->dir, strerror(-err));
		return err;
	}
	err = depmod_scan(&d);
	if (!err && !(request->if_newer && is_fresh(&d)))
		err = make_indexes(&d);
	if (err == -ENOMEM)
		say(d.say, TMOD_ERROR, "out of memory");
	free_all(&d);
	return err;
}
