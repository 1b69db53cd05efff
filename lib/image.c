/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The window: opening a file, and reading parts of it to their places. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/image.h"
#include "lib/unpack.h"

#define WINDOW_STEP (64ul << 20)

/* Make the window at least @size bytes large; what was in it is lost. */
static int widen(struct image *img, size_t size)
{
	size_t cap = (size + WINDOW_STEP - 1) / WINDOW_STEP * WINDOW_STEP;
	void *data;

	if (size <= img->cap)
		return 0;
	image_free(img);
	data = mmap(NULL, cap, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (data == MAP_FAILED)
		return -errno;
	img->data = data;
	img->cap = cap;
	return 0;
}

static int read_at(int fd, uint8_t *to, size_t len, size_t off)
{
	while (len) {
		ssize_t got = pread(fd, to, len, (off_t)off);

		if (got < 0 && errno != EINTR)
			return -errno;
		if (!got)
			return -ENOEXEC; /* the file was cut while it was read */
		if (got > 0) {
			to += got;
			off += (size_t)got;
			len -= (size_t)got;
		}
	}
	return 0;
}

int image_need(struct image *img, uint64_t off, uint64_t len)
{
	if (off > img->size || len > img->size - off)
		return -ENOEXEC;
	return img->fd < 0 ? 0 : read_at(img->fd, img->data + off, len, off);
}

/* Replace the packed bytes that were read by what they contain. */
static int unpack(struct image *img, enum packing packing)
{
	struct buf out = { 0 };
	int err = image_need(img, 0, img->size);

	if (!err)
		err = unpack_bytes(packing, img->data, img->size, IMAGE_BYTES_MAX, &out);
	if (!err)
		err = widen(img, out.len);
	if (!err) {
		memcpy(img->data, out.data, out.len);
		img->size = out.len;
		image_close(img);
	}
	buf_free(&out);
	return err;
}

/* The file is open and its size known. */
static int read_start(struct image *img)
{
	enum packing packing;
	size_t start = img->size < sizeof(Elf64_Ehdr) ? img->size : sizeof(Elf64_Ehdr);
	int err = widen(img, img->size);

	if (!err)
		err = image_need(img, 0, start);
	if (err)
		return err;
	packing = unpack_recognise(img->data, start);
	return packing == PACKING_NONE ? 0 : unpack(img, packing);
}

int image_open(struct image *img, int dir, const char *path)
{
	struct stat st;
	int err = 0;

	img->fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	if (img->fd < 0)
		return -errno;
	if (fstat(img->fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	else if ((uint64_t)st.st_size > IMAGE_BYTES_MAX)
		err = -EFBIG;
	img->size = (size_t)st.st_size;
	if (!err)
		err = read_start(img);
	if (err)
		image_close(img);
	return err;
}

void image_close(struct image *img)
{
	if (img->fd >= 0)
		close(img->fd);
	img->fd = -1;
}

void image_free(struct image *img)
{
	if (img->data)
		munmap(img->data, img->cap);
	img->data = NULL;
	img->cap = 0;
}
