/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Module files as byte sources of the core: as they are, or decompressed into memory. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/process/internal.h"

#define FILE_BYTES_MAX (1ll << 30)

static bool is_compressed(const char *name)
{
	const char *suffix = strrchr(name, '.');

	return suffix && (!strcmp(suffix, ".xz") || !strcmp(suffix, ".zst"));
}

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

int file_open(const char *path, struct stat *st)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	if (!fstat(fd, st) && S_ISREG(st->st_mode) && st->st_size <= FILE_BYTES_MAX)
		return fd;
	close(fd);
	return -TENON_EINVAL;
}

FILE *file_stream(const char *path)
{
	struct stat st;
	int fd = file_open(path, &st);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");

	if (fd >= 0 && !f)
		close(fd);
	return f;
}

int process_open_file(const char *path, struct tenon_source *src)
{
	struct stat st;
	int fd = file_open(path, &st), err;

	if (fd < 0)
		return fd;
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
