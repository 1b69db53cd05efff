// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Open files: their life, position and flags. What they do is in their operations. */
#include "kernel/vfs/file.h"

#include "kernel/mm/heap.h"
#include "kernel/sched/wait.h"
#include "kernel/vfs/chrdev.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/flock.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/node.h"
#include "tenon/errno.h"

#define FILES_MAX 16384 /* open in the system: bounds the memory that descriptors pin */
#define KEPT_FLAGS (OPEN_ACCESS | OPEN_APPEND | OPEN_NONBLOCK | OPEN_LARGE | OPEN_DIRECTORY | OPEN_PATH)

static _Atomic unsigned open_files;

unsigned file_count(void)
{
	return atomic_load(&open_files);
}

/* Writers count up, programs that run count down, and never both. */
static int count(struct file *file, int32_t by)
{
	int32_t cnt = atomic_load(&file->node->writer_cnt);

	do {
		if (by > 0 ? cnt < 0 : cnt > 0)
			return -TENON_ETXTBSY;
	} while (!atomic_compare_exchange_weak(&file->node->writer_cnt, &cnt, cnt + by));
	if (atomic_exchange(&file->counted, true))
		atomic_fetch_sub(&file->node->writer_cnt, by);
	return 0;
}

int file_deny_writing(struct file *file)
{
	return count(file, -1);
}

int file_make(struct node *node, const struct file_ops *ops, unsigned flags, struct file **out)
{
	unsigned access = flags & OPEN_ACCESS;
	struct file *file;

	if (atomic_fetch_add(&open_files, 1) >= FILES_MAX) {
		atomic_fetch_sub(&open_files, 1);
		return -TENON_ENFILE;
	}
	file = heap_alloc_zeroed(sizeof(*file));
	if (!file) {
		atomic_fetch_sub(&open_files, 1);
		return -TENON_ENOMEM;
	}
	file->ops = ops;
	file->node = node_get(node);
	filesystem_use(node->fs);
	atomic_init(&file->refs, 1);
	atomic_init(&file->flags, flags & KEPT_FLAGS);
	file->readable = !(flags & OPEN_PATH) && access != OPEN_WRITE;
	file->writable = !(flags & OPEN_PATH) && (access == OPEN_WRITE || access == OPEN_READ_WRITE);
	mutex_init(&file->position_lock, LOCK_POSITION);
	if (file->writable && node_is(node, NODE_FILE) && count(file, 1)) {
		file_put(file);
		return -TENON_ETXTBSY;
	}
	*out = file;
	return 0;
}

struct file *file_get(struct file *file)
{
	atomic_fetch_add_explicit(&file->refs, 1, memory_order_relaxed);
	return file;
}

/* A module that waits for a lock of its own, to give back what it has for the file, is to get it, whatever signal comes. */
void file_put(struct file *file)
{
	bool insisted;

	if (atomic_fetch_sub_explicit(&file->refs, 1, memory_order_acq_rel) != 1)
		return;
	flock_release(file);
	if (file->counted)
		atomic_fetch_add(&file->node->writer_cnt, file->writable ? -1 : 1);
	insisted = wait_insist(true);
	if (file->ops && file->ops->release)
		file->ops->release(file);
	if (file->device)
		chrdev_closed(file->device);
	filesystem_unuse(file->node->fs);
	node_put(file->node);
	wait_insist(insisted);
	heap_free(file);
	atomic_fetch_sub(&open_files, 1);
}

/* ---- reading and writing ----------------------------------------------------------------------------------------- */

static long read_at(struct file *file, struct io *io, uint64_t offset)
{
	if (node_is(file->node, NODE_DIR))
		return -TENON_EISDIR;
	return file->ops->read ? file->ops->read(file, io, offset) : -TENON_EINVAL;
}

static long write_at(struct file *file, struct io *io, uint64_t offset)
{
	return file->ops->write ? file->ops->write(file, io, offset) : -TENON_EINVAL;
}

long file_read(struct file *file, struct io *io)
{
	long done;

	if (!file->readable)
		return -TENON_EBADF;
	if (!file->ops->seekable)
		return read_at(file, io, 0);
	mutex_lock(&file->position_lock);
	done = read_at(file, io, file->position);
	if (done > 0)
		file->position += (uint64_t)done;
	mutex_unlock(&file->position_lock);
	return done;
}

long file_write(struct file *file, struct io *io)
{
	long done;

	if (!file->writable)
		return -TENON_EBADF;
	if (!file->ops->seekable)
		return write_at(file, io, 0);
	mutex_lock(&file->position_lock);
	/*
	 * With OPEN_APPEND the file itself writes at its end, wherever that is by then, and we learn where from its
	 * size.
	 */
	done = write_at(file, io, file->position);
	if (done > 0)
		file->position =
		    atomic_load(&file->flags) & OPEN_APPEND ? file->node->size : file->position + (uint64_t)done;
	mutex_unlock(&file->position_lock);
	return done;
}

long file_read_at(struct file *file, struct io *io, int64_t offset)
{
	if (!file->ops->seekable)
		return -TENON_ESPIPE;
	if (!file->readable)
		return -TENON_EBADF;
	return offset < 0 ? -TENON_EINVAL : read_at(file, io, (uint64_t)offset);
}

long file_write_at(struct file *file, struct io *io, int64_t offset)
{
	if (!file->ops->seekable)
		return -TENON_ESPIPE;
	if (!file->writable)
		return -TENON_EBADF;
	return offset < 0 ? -TENON_EINVAL : write_at(file, io, (uint64_t)offset);
}

long file_read_kernel(struct file *file, void *buf, size_t bytes, uint64_t offset)
{
	struct io_segment segment;
	struct io io;
	long done = 0;

	io_kernel(&io, &segment, buf, bytes);
	while (io.left) {
		done = read_at(file, &io, offset + (bytes - io.left));
		if (done <= 0)
			break;
	}
	return done < 0 ? done : (long)(bytes - io.left);
}

static uint64_t end_of(struct file *file)
{
	return file->ops->size ? file->ops->size(file) : file->node->size;
}

int64_t file_seek(struct file *file, int64_t offset, int whence)
{
	enum { FROM_START, FROM_HERE, FROM_END };
	int64_t base, to;

	if (!file->ops->seekable)
		return -TENON_ESPIPE;
	mutex_lock(&file->position_lock);
	base = whence == FROM_HERE ? (int64_t)file->position : whence == FROM_END ? (int64_t)end_of(file) : 0;
	if (whence < FROM_START || whence > FROM_END)
		to = -TENON_EINVAL;
	else if (__builtin_add_overflow(base, offset, &to))
		to = -TENON_EOVERFLOW;
	else if (to < 0)
		to = -TENON_EINVAL;
	else
		file->position = (uint64_t)to;
	mutex_unlock(&file->position_lock);
	return to;
}

unsigned file_poll(struct file *file, struct poll_wait *wait)
{
	if (!file->ops->poll)
		return POLL_IN | POLL_READ_NORMAL | POLL_OUT | POLL_WRITE_NORMAL;
	return file->ops->poll(file, wait);
}

int file_map_page(struct file *file, uint64_t index, bool written, struct page **page)
{
	return file->ops->map_page ? file->ops->map_page(file, index, written, page) : -TENON_ENODEV;
}
