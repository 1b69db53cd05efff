/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The window: opening a file, and reading parts of it to their places. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/lib/image.h"
#include "user/lib/regular.h"

#define WINDOW_STEP (64ul << 20)
/* A file up to this size is read at once: its bytes cost less than calls for its parts. */
#define SMALL_BYTES (16u << 10)
/* Memory for packed files above this is not kept for the next one. */
#define KEEP_BYTES (4u << 20)

/* Make the window at least @size bytes large; what was in it is lost. */
static int widen(struct image *img, size_t size)
{
	size_t cap = (size + WINDOW_STEP - 1) / WINDOW_STEP * WINDOW_STEP;
	void *data;

	if (size <= img->cap)
		return 0;
	if (img->window)
		munmap(img->window, img->cap);
	img->window = NULL;
	img->cap = 0;
	data = mmap(NULL, cap, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (data == MAP_FAILED)
		return -errno;
	img->window = data;
	img->cap = cap;
	return 0;
}

static int read_at(int fd, void *to, size_t len, size_t off)
{
	while (len) {
		ssize_t got = pread(fd, to, len, (off_t)off);

		if (got < 0 && errno != EINTR)
			return -errno;
		if (!got)
			return -ENOEXEC; /* the file was cut while it was read */
		if (got > 0) {
			to = (char *)to + got;
			off += (size_t)got;
			len -= (size_t)got;
		}
	}
	return 0;
}

int image_need(struct image *img, uint64_t off, uint64_t len)
{
	uint64_t end = off + len;
	int err;

	if (off > img->size || len > img->size - off)
		return -ENOEXEC;
	if (img->fd < 0)
		return 0;
	for (int i = 0; i < 2; i++) {
		if (end < img->had[i].off || end > img->had[i].end)
			continue;
		if (off >= img->had[i].off)
			return 0;
		err = read_at(img->fd, img->data + off, img->had[i].off - off, off);
		if (!err)
			img->had[i].off = off;
		return err;
	}
	err = read_at(img->fd, img->data + off, len, off);
	if (!err && len > img->had[1].end - img->had[1].off) {
		img->had[1].off = off;
		img->had[1].end = end;
	}
	return err;
}

/* Let what is packed take the place of the packed bytes. */
static int unpack(struct image *img, enum packing packing)
{
	char *in;
	int err;

	img->packed.len = img->unpacked.len = 0;
	in = buf_room(&img->packed, img->size);
	err = in ? read_at(img->fd, in, img->size, 0) : -ENOMEM;
	if (!err)
		err = unpack_bytes(&img->unpacker, packing, in, img->size, IMAGE_BYTES_MAX, &img->unpacked);
	img->packed.failed = img->unpacked.failed = false;
	img->data = (uint8_t *)img->unpacked.data;
	img->size = img->unpacked.len;
	close(img->fd);
	img->fd = -1;
	return err;
}

/* The file is open and its size known. */
static int read_start(struct image *img)
{
	size_t start = img->size <= SMALL_BYTES ? img->size : sizeof(Elf64_Ehdr);
	enum packing packing;
	int err = widen(img, img->size);

	img->data = img->window;
	img->had[0].off = img->had[0].end = img->size;
	img->had[1].off = img->had[1].end = 0;
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

	img->fd = regular_open(dir, path, &st);
	if (img->fd < 0)
		return img->fd;
	if ((uint64_t)st.st_size > IMAGE_BYTES_MAX)
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
	if (img->packed.cap > KEEP_BYTES)
		buf_free(&img->packed);
	if (img->unpacked.cap > KEEP_BYTES)
		buf_free(&img->unpacked);
}

void image_free(struct image *img)
{
	if (img->window)
		munmap(img->window, img->cap);
	buf_free(&img->packed);
	buf_free(&img->unpacked);
	buf_free(&img->modinfo);
	unpack_end(&img->unpacker);
	*img = (struct image){ .fd = -1 };
}
