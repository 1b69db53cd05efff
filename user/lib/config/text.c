/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "user/lib/config/text.h"

/* @expected: the file's size; 0: unknown, as of files in /proc */
static int read_all(int fd, size_t expected, struct buf *out)
{
	for (;;) {
		/* One more than expected: to get less than one asks for is then to see the end. */
		char *to = buf_room(out, expected > out->len ? expected - out->len + 1 : 4096);
		ssize_t n;

		if (!to)
			return -ENOMEM;
		n = read(fd, to, out->cap - out->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : 0;
		out->len += (size_t)n;
		if (out->len > TEXT_BYTES_MAX)
			return -EFBIG;
		if (out->len == expected && out->len < out->cap)
			return 0;
	}
}

int text_read(const char *path, bool regular, struct stat *st, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | (regular ? O_NONBLOCK : 0)), err = 0;

	out->len = 0;
	if (fd < 0)
		return -errno;
	if (fstat(fd, st))
		err = -errno;
	else if (S_ISDIR(st->st_mode))
		err = -EISDIR;
	else if (regular && !S_ISREG(st->st_mode))
		err = S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode) ? 0 : -EINVAL;
	else if (st->st_size > TEXT_BYTES_MAX)
		err = -EFBIG;
	else
		err = read_all(fd, (size_t)st->st_size, out);
	close(fd);
	return err;
}
