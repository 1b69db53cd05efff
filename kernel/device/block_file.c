// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A block device as an open file: any bytes, in pieces of what one request moves. */
#include "kernel/device/block_request.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/mm/user.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/node.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

enum { /* Linux's control calls */
       BLOCK_READ_ONLY = 0x125e,
       BLOCK_SECTORS = 0x1260,
       BLOCK_FLUSH = 0x1261,
       BLOCK_SECTOR_BYTES = 0x1268,
       BLOCK_BYTES = 0x80081272,
};

struct block_open {
	struct block_device *bd;
	void *held;
};

/* Bytes on the way between a file's reader or writer and the device. */
struct piece {
	struct block_device *bd;
	uint64_t start; /* the first byte of the first block */
	size_t skip;    /* bytes of it that are not meant */
	size_t bytes;   /* that are */
	size_t blocks;  /* bytes of all its blocks */
	struct page *page[TENON_BLKDEV_SEGMENTS];
};

static struct block_device *device_of(struct file *file)
{
	return ((struct block_open *)file->data)->bd;
}

static uint64_t size_of(const struct block_device *bd)
{
	return bd->config.sector_cnt * TENON_BLKDEV_SECTOR_BYTES;
}

/* ---- pieces ------------------------------------------------------------------------------------------------------ */

static void piece_free(struct piece *p)
{
	for (unsigned i = 0; i < TENON_BLKDEV_SEGMENTS && p->page[i]; i++)
		page_put(p->page[i]);
}

/* For as many of @bytes at @offset, which is within the device, as one request moves. */
static int piece_make(struct piece *p, struct block_device *bd, uint64_t offset, size_t bytes)
{
	size_t block = bd->config.block_bytes, room = bd->config.segment_max * PAGE_BYTES;

	*p = (struct piece){ .bd = bd, .start = offset & ~(uint64_t)(block - 1) };
	p->skip = (size_t)(offset - p->start);
	p->bytes = bytes < room - p->skip ? bytes : room - p->skip;
	if (p->bytes > size_of(bd) - offset)
		p->bytes = (size_t)(size_of(bd) - offset);
	p->blocks = (p->skip + p->bytes + block - 1) & ~(block - 1);
	for (unsigned i = 0; i * PAGE_BYTES < p->blocks; i++) {
		p->page[i] = page_alloc(0);
		if (!p->page[i]) {
			piece_free(p);
			return -TENON_ENOMEM;
		}
	}
	return 0;
}

static int piece_move(struct piece *p, uint32_t op)
{
	return block_transfer(p->bd, op, p->start / TENON_BLKDEV_SECTOR_BYTES, p->page, p->blocks);
}

/* Between its bytes and @io. */
static int piece_copy(struct piece *p, struct io *io, int (*copy)(struct io *io, void *at, size_t bytes))
{
	size_t at = p->skip, left = p->bytes;
	int err = 0;

	while (left && !err) {
		size_t in_page = at % PAGE_BYTES, part = left < PAGE_BYTES - in_page ? left : PAGE_BYTES - in_page;

		err = copy(io, (uint8_t *)page_address(p->page[at / PAGE_BYTES]) + in_page, part);
		at += part;
		left -= part;
	}
	return err;
}

static int copy_to(struct io *io, void *at, size_t bytes)
{
	return io_put(io, at, bytes);
}

static int read_piece(struct block_device *bd, struct io *io, uint64_t offset, size_t *done)
{
	struct piece p;
	int err = piece_make(&p, bd, offset, io->left);

	if (err)
		return err;
	err = piece_move(&p, TENON_BLKDEV_READ);
	if (!err)
		err = piece_copy(&p, io, copy_to);
	*done = p.bytes;
	piece_free(&p);
	return err;
}

/* Blocks of which only a part is written are read before; nobody else writes meanwhile. */
static int write_piece(struct block_device *bd, struct io *io, uint64_t offset, size_t *done)
{
	struct piece p;
	int err = piece_make(&p, bd, offset, io->left);

	if (err)
		return err;
	mutex_lock(&bd->writing);
	if (p.bytes != p.blocks)
		err = piece_move(&p, TENON_BLKDEV_READ);
	if (!err)
		err = piece_copy(&p, io, io_take);
	if (!err)
		err = piece_move(&p, TENON_BLKDEV_WRITE);
	mutex_unlock(&bd->writing);
	*done = p.bytes;
	piece_free(&p);
	return err;
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static long move(struct block_device *bd, struct io *io, uint64_t offset,
		 int (*fn)(struct block_device *bd, struct io *io, uint64_t offset, size_t *done))
{
	long total = 0;
	size_t done;
	int err = 0;

	while (io->left && offset < size_of(bd) && !err) {
		err = fn(bd, io, offset, &done);
		if (err)
			break;
		offset += done;
		total += (long)done;
	}
	return total ? total : err;
}

static long read(struct file *file, struct io *io, uint64_t offset)
{
	return move(device_of(file), io, offset, read_piece);
}

static long write(struct file *file, struct io *io, uint64_t offset)
{
	struct block_device *bd = device_of(file);

	if (bd->config.read_only)
		return -TENON_EPERM;
	if (io->left && offset >= size_of(bd))
		return -TENON_ENOSPC;
	return move(bd, io, offset, write_piece);
}

static int sync(struct file *file)
{
	struct block_device *bd = device_of(file);

	return bd->config.can_flush ? block_transfer(bd, TENON_BLKDEV_FLUSH, 0, NULL, 0) : 0;
}

static int out(user_addr to, uint64_t value, size_t bytes)
{
	return user_copy_out(to, &value, bytes); /* the low bytes come first */
}

static long ioctl(struct file *file, unsigned command, uint64_t argument)
{
	struct block_device *bd = device_of(file);

	switch (command) {
	case BLOCK_READ_ONLY:
		return out(argument, bd->config.read_only, sizeof(uint32_t));
	case BLOCK_SECTORS:
		return out(argument, bd->config.sector_cnt, sizeof(uint64_t));
	case BLOCK_SECTOR_BYTES:
		return out(argument, bd->config.block_bytes, sizeof(uint32_t));
	case BLOCK_BYTES:
		return out(argument, size_of(bd), sizeof(uint64_t));
	case BLOCK_FLUSH:
		return sync(file);
	default:
		return -TENON_ENOTTY;
	}
}

static uint64_t size(struct file *file)
{
	return size_of(device_of(file));
}

static void release(struct file *file)
{
	struct block_open *o = file->data;

	o->bd->ops->unhold(o->held);
	device_put(&o->bd->device);
	heap_free(o);
}

int block_open(struct node *node, struct file *file)
{
	static const struct file_ops ops = {
		.read = read,
		.write = write,
		.sync = sync,
		.ioctl = ioctl,
		.size = size,
		.release = release,
		.seekable = true,
	};
	struct block_open *o = heap_alloc(sizeof(*o));

	if (!o)
		return -TENON_ENOMEM;
	o->bd = block_find(node->device, &o->held);
	if (!o->bd) {
		heap_free(o);
		return -TENON_ENXIO;
	}
	file->data = o;
	file->ops = &ops; /* from here on release gives it back, also after an error */
	return o->bd->config.read_only && file->writable ? -TENON_EACCES : 0;
}
