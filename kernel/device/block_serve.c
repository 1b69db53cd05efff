// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Requests that a file serves, for drivers of devices that are files. Bytes go between the request's pages and the file as
 * between a program and it. The driver's thread does that, so that whoever waits for the request may hold any lock.
 */
#include "kernel/device/block_request.h"
#include "kernel/mm/page.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/io.h"
#include "tenon/errno.h"

/* A copy of the request with references of its own: the device may be stopped meanwhile, and then the request's go. */
static bool get(struct block_device *bd, uint32_t tag, struct block_slot *copy)
{
	bool is;

	spin_lock(&bd->lock);
	is = !bd->device.parent && tag < bd->config.depth && bd->slot[tag].used && !bd->slot[tag].done && bd->owner;
	if (is) {
		*copy = bd->slot[tag];
		for (unsigned i = 0; i < copy->page_cnt; i++)
			page_get(copy->page[i]);
	}
	spin_unlock(&bd->lock);
	return is;
}

static unsigned describe(const struct block_slot *s, struct io_segment *segment)
{
	size_t start = s->start, left = s->bytes;

	for (unsigned i = 0; i < s->page_cnt; i++) {
		size_t part = left < PAGE_BYTES - start ? left : PAGE_BYTES - start;

		segment[i] = (struct io_segment){ (uintptr_t)page_address(s->page[i]) + start, part };
		left -= part;
		start = 0;
	}
	return s->page_cnt;
}

/* All of it; what is not there reads as zeros. */
static int transfer(struct file *file, uint32_t op, struct io *io, uint64_t offset)
{
	while (io->left) {
		size_t left = io->left;
		long done = op == TENON_BLKDEV_READ ? file_read_at(file, io, (int64_t)offset) :
						      file_write_at(file, io, (int64_t)offset);

		if (done < 0)
			return (int)done;
		if (left == io->left)
			return op == TENON_BLKDEV_READ ? io_put_zeros(io, io->left) : -TENON_EIO;
		offset += left - io->left;
	}
	return 0;
}

int block_serve(struct block_device *bd, uint32_t tag, struct file *file, uint64_t offset)
{
	struct io_segment segment[TENON_BLKDEV_SEGMENTS];
	struct block_slot s;
	struct io io = { .segment = segment };
	int err = 0;

	if (!get(bd, tag, &s))
		return -TENON_EINVAL;
	io.left = s.bytes;
	describe(&s, segment);
	if (s.op == TENON_BLKDEV_WRITE && !file->writable)
		err = -TENON_EROFS;
	else if (s.op == TENON_BLKDEV_FLUSH)
		err = file->ops->sync ? file->ops->sync(file) : 0;
	else
		err = offset > INT64_MAX - s.bytes ? -TENON_EFBIG : transfer(file, s.op, &io, offset);
	block_put_pages(&s);
	if (err == -TENON_ENOMEM) { /* writing back tries again */
		spin_lock(&bd->lock);
		bd->slot[tag].no_memory = true;
		spin_unlock(&bd->lock);
	}
	block_complete(bd, tag, !err ? TENON_BLKDEV_DONE : TENON_BLKDEV_UNKNOWN);
	return err == -TENON_EROFS ? err : 0;
}
