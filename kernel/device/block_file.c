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

static struct block_range *range_of(struct file *file)
{
	return file->data;
}

static struct block_device *device_of(struct file *file)
{
	return range_of(file)->bd;
}

static uint64_t size_of(const struct block_range *r)
{
	return r->sector_cnt * TENON_BLKDEV_SECTOR_BYTES;
}

/* ---- pieces: what one request moves. skip: bytes before those that are meant; meant: these ----------------------- */

static void pages_free(struct block_move *p)
{
	for (unsigned i = 0; i < TENON_BLKDEV_SEGMENTS && p->page[i]; i++)
		page_put(p->page[i]);
}

/* For as many of @bytes at @offset, which is within the device, as one request moves. */
static int piece_make(const struct block_range *r, struct block_move *p, uint64_t offset, size_t bytes)
{
	size_t block = r->bd->config.block_bytes, room = r->bd->config.segment_max * PAGE_BYTES;
	uint64_t start = offset & ~(uint64_t)(block - 1);

	*p = (struct block_move){ .sector = r->first + start / TENON_BLKDEV_SECTOR_BYTES,
				  .skip = (size_t)(offset - start) };
	p->meant = bytes < room - p->skip ? bytes : room - p->skip;
	if (p->meant > size_of(r) - offset)
		p->meant = (size_t)(size_of(r) - offset);
	p->bytes = (p->skip + p->meant + block - 1) & ~(block - 1);
	for (unsigned i = 0; i * PAGE_BYTES < p->bytes; i++) {
		p->page[i] = page_alloc(0);
		if (!p->page[i]) {
			pages_free(p);
			return -TENON_ENOMEM;
		}
	}
	return 0;
}

static bool is_whole(const struct block_move *p)
{
	return p->meant == p->bytes;
}

/* Between its bytes and @io. */
static int piece_copy(struct block_move *p, struct io *io, int (*copy)(struct io *io, void *at, size_t bytes))
{
	size_t at = p->skip, left = p->meant;
	int err = 0;

	while (left && !err) {
		size_t in_page = at % PAGE_BYTES, part = left < PAGE_BYTES - in_page ? left : PAGE_BYTES - in_page;

		err = copy(io, (uint8_t *)page_address(p->page[at / PAGE_BYTES]) + in_page, part);
		at += part;
		left -= part;
	}
	return err;
}

/* ---- runs: pieces that follow each other, whose requests are under way at the same time --------------------------- */

struct run {
	unsigned cnt;
	struct block_move piece[BLOCK_BATCH];
};

/* As many as there is memory for, but one at least. */
static int run_make(const struct block_range *r, struct run *run, uint64_t offset, size_t bytes)
{
	int err = 0;

	run->cnt = 0;
	while (!err && bytes && offset < size_of(r) && run->cnt < BLOCK_BATCH) {
		struct block_move *p = &run->piece[run->cnt];

		err = piece_make(r, p, offset, bytes);
		if (err)
			break;
		run->cnt++;
		offset += p->meant;
		bytes -= p->meant;
	}
	return run->cnt ? 0 : err;
}

static void run_free(struct run *run)
{
	for (unsigned i = 0; i < run->cnt; i++)
		pages_free(&run->piece[i]);
}

static int copy_to(struct io *io, void *at, size_t bytes)
{
	return io_put(io, at, bytes);
}

/* Return: why the first piece failed that did; *@done: bytes of those before it. */
static int read_run(struct block_device *bd, struct io *io, struct run *run, size_t *done)
{
	int err = 0;

	block_transfer(bd, TENON_BLKDEV_READ, run->piece, run->cnt);
	for (unsigned i = 0; i < run->cnt && !err; i++) {
		err = run->piece[i].err;
		if (!err)
			err = piece_copy(&run->piece[i], io, copy_to);
		*done += err ? 0 : run->piece[i].meant;
	}
	return err;
}

/* What is to be written. Blocks of which only a part is meant are read before. */
static int fill(struct block_device *bd, struct io *io, struct block_move *p)
{
	if (!is_whole(p)) {
		block_transfer(bd, TENON_BLKDEV_READ, p, 1);
		if (p->err)
			return p->err;
	}
	return piece_copy(p, io, io_take);
}

/* Nobody else writes meanwhile. */
static int write_run(struct block_device *bd, struct io *io, struct run *run, size_t *done)
{
	unsigned cnt = 0;
	int err = 0, failed = 0;

	mutex_lock(&bd->writing);
	while (cnt < run->cnt && !err) {
		err = fill(bd, io, &run->piece[cnt]);
		cnt += !err;
	}
	block_transfer(bd, TENON_BLKDEV_WRITE, run->piece, cnt);
	mutex_unlock(&bd->writing);
	for (unsigned i = 0; i < cnt && !failed; i++) {
		failed = run->piece[i].err;
		*done += failed ? 0 : run->piece[i].meant;
	}
	return failed ? failed : err;
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static long move(const struct block_range *r, struct io *io, uint64_t offset,
		 int (*fn)(struct block_device *bd, struct io *io, struct run *run, size_t *done))
{
	struct run *run = heap_alloc(sizeof(*run));
	long total = 0;
	int err = run ? 0 : -TENON_ENOMEM;

	while (io->left && offset < size_of(r) && !err) {
		size_t done = 0;

		err = run_make(r, run, offset, io->left);
		if (err)
			break;
		err = fn(r->bd, io, run, &done);
		run_free(run);
		offset += done;
		total += (long)done;
	}
	heap_free(run);
	return total ? total : err;
}

static long read(struct file *file, struct io *io, uint64_t offset)
{
	return move(range_of(file), io, offset, read_run);
}

static long write(struct file *file, struct io *io, uint64_t offset)
{
	struct block_device *bd = device_of(file);

	if (bd->config.read_only)
		return -TENON_EPERM;
	if (io->left && offset >= size_of(range_of(file)))
		return -TENON_ENOSPC;
	return move(range_of(file), io, offset, write_run);
}

static int sync(struct file *file)
{
	struct block_device *bd = device_of(file);

	struct block_move flush = { .bytes = 0 };

	if (bd->config.can_flush)
		block_transfer(bd, TENON_BLKDEV_FLUSH, &flush, 1);
	return flush.err;
}

static int out(user_addr to, uint64_t value, size_t bytes)
{
	return user_copy_out(to, &value, bytes); /* the low bytes come first */
}

/* The driver's own calls. */
static long ask(struct block_device *bd, unsigned command, uint64_t argument)
{
	void *owner = bd->ops->ioctl ? block_call_begins(bd) : NULL;
	long result;

	if (!owner)
		return -TENON_ENOTTY;
	result = bd->ops->ioctl(owner, command, argument);
	block_call_ends(bd);
	return result;
}

static long ioctl(struct file *file, unsigned command, uint64_t argument)
{
	struct block_device *bd = device_of(file);

	switch (command) {
	case BLOCK_READ_ONLY:
		return out(argument, bd->config.read_only, sizeof(uint32_t));
	case BLOCK_SECTORS:
		return out(argument, range_of(file)->sector_cnt, sizeof(uint64_t));
	case BLOCK_SECTOR_BYTES:
		return out(argument, bd->config.block_bytes, sizeof(uint32_t));
	case BLOCK_BYTES:
		return out(argument, size_of(range_of(file)), sizeof(uint64_t));
	case BLOCK_FLUSH:
		return sync(file);
	default:
		return ask(bd, command, argument);
	}
}

static uint64_t size(struct file *file)
{
	return size_of(range_of(file));
}

static void release(struct file *file)
{
	block_range_put(file->data);
	heap_free(file->data);
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
	struct block_range *r = heap_alloc(sizeof(*r));
	int err = r ? block_range_get(node->device, r) : -TENON_ENOMEM;

	if (err) {
		heap_free(r);
		return err;
	}
	file->data = r;
	file->ops = &ops; /* from here on release gives it back, also after an error */
	return r->bd->config.read_only && file->writable ? -TENON_EACCES : 0;
}
