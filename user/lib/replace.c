/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "user/lib/replace.h"

/* A new file with a name of its own. Return: its descriptor or a negative errno value. */
static int create(struct replacement *r, int dir)
{
	for (unsigned int n = 0; n < 1000; n++) {
		int fd;

		snprintf(r->temporary, sizeof(r->temporary), ".%.32s.%ld.%u", r->name, (long)getpid(), n);
		fd = openat(dir, r->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
		if (fd >= 0 || errno != EEXIST)
			return fd < 0 ? -errno : fd;
	}
	return -EEXIST;
}

int replace_write(struct replacement *r, int dir, const char *name, const struct buf *contents)
{
	size_t done = 0;
	int err = 0, fd;

	*r = (struct replacement){ .name = name, .dir = dir, .fd = -1 };
	fd = create(r, dir);
	if (fd < 0)
		return fd;
	r->fd = fd;
	r->written = true;
	while (!err && done < contents->len) {
		ssize_t n = write(fd, contents->data + done, contents->len - done);

		if (n < 0 && errno != EINTR)
			err = -errno;
		else if (n > 0)
			done += (size_t)n;
	}
	/* The disk can begin while other files are made. */
	if (!err)
		sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	return err;
}

void replace_flush(const struct replacement *r)
{
	sync_file_range(r->fd, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
}

int replace_sync(struct replacement *r)
{
	int err = fsync(r->fd) ? -errno : 0;

	if (close(r->fd) && !err)
		err = -errno;
	r->fd = -1;
	return err;
}

int replace_commit(struct replacement *r)
{
	/* As long as it is open, the old file's blocks are not given back: that would be done with the directory locked. */
	int old = openat(r->dir, r->name, O_PATH | O_CLOEXEC | O_NOFOLLOW);
	int err = renameat(r->dir, r->temporary, r->dir, r->name) ? -errno : 0;

	if (old >= 0)
		close(old);
	if (!err)
		r->written = false;
	return err;
}

void replace_drop(struct replacement *r)
{
	if (r->written && r->fd >= 0)
		close(r->fd);
	if (r->written)
		unlinkat(r->dir, r->temporary, 0);
	r->written = false;
}
