// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Reading, writing, and what else goes by a descriptor alone. */
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/policy/policy.h"
#include "kernel/process/process.h"
#include "kernel/syscall/file_args.h"
#include "kernel/syscall/syscall.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/flock.h"
#include "kernel/vfs/vfs.h"
#include "tenon/errno.h"

#define SEGMENTS_MAX 1024 /* UIO_MAXIOV */

/* At the position, or at *@offset unless it is NULL. */
static int64_t transfer(uint64_t fd, struct io *io, bool write, const int64_t *offset)
{
	struct file *file = file_of(fd);
	int64_t done;

	if (!file)
		return -TENON_EBADF;
	if (offset)
		done = write ? file_write_at(file, io, *offset) : file_read_at(file, io, *offset);
	else
		done = write ? file_write(file, io) : file_read(file, io);
	file_put(file);
	return done;
}

static int64_t transfer_one(const uint64_t arg[6], bool write, const int64_t *offset)
{
	struct io_segment segment;
	struct io io;

	io_user(&io, &segment, arg[1], arg[2]);
	return transfer(arg[0], &io, write, offset);
}

int64_t sys_read(const uint64_t arg[6])
{
	return transfer_one(arg, false, NULL);
}

int64_t sys_write(const uint64_t arg[6])
{
	return transfer_one(arg, true, NULL);
}

int64_t sys_pread64(const uint64_t arg[6])
{
	return transfer_one(arg, false, &(int64_t){ (int64_t)arg[3] });
}

int64_t sys_pwrite64(const uint64_t arg[6])
{
	return transfer_one(arg, true, &(int64_t){ (int64_t)arg[3] });
}

static int64_t transfer_many(const uint64_t arg[6], bool write, const int64_t *offset)
{
	uint64_t cnt = arg[2], i;
	struct io_segment *segment;
	struct io io = { .user = true };
	int64_t done = 0;

	if (cnt > SEGMENTS_MAX)
		return -TENON_EINVAL;
	segment = heap_alloc_array(cnt + 1, sizeof(*segment));
	if (!segment)
		return -TENON_ENOMEM;
	io.segment = segment;
	if (cnt)
		done = user_copy_in(segment, arg[1], cnt * sizeof(*segment));
	for (i = 0; i < cnt && !done; i++) {
		if (segment[i].bytes > IO_BYTES_MAX - io.left)
			done = -TENON_EINVAL;
		else
			io.left += segment[i].bytes;
	}
	if (!done)
		done = transfer(arg[0], &io, write, offset);
	heap_free(segment);
	return done;
}

int64_t sys_readv(const uint64_t arg[6])
{
	return transfer_many(arg, false, NULL);
}

int64_t sys_writev(const uint64_t arg[6])
{
	return transfer_many(arg, true, NULL);
}

int64_t sys_preadv(const uint64_t arg[6])
{
	return transfer_many(arg, false, &(int64_t){ (int64_t)arg[3] });
}

int64_t sys_pwritev(const uint64_t arg[6])
{
	return transfer_many(arg, true, &(int64_t){ (int64_t)arg[3] });
}

int64_t sys_lseek(const uint64_t arg[6])
{
	struct file *file = file_of(arg[0]);
	int64_t position;

	if (!file)
		return -TENON_EBADF;
	position = file_seek(file, (int64_t)arg[1], (int)arg[2]);
	file_put(file);
	return position;
}

int64_t sys_ioctl(const uint64_t arg[6])
{
	enum { SET_NONBLOCK = 0x5421 }; /* Linux's FIONBIO, which is every file's */
	struct file *file = file_of(arg[0]);
	int64_t result;
	int32_t on;

	if (!file)
		return -TENON_EBADF;
	if ((unsigned)arg[1] == SET_NONBLOCK) {
		result = user_copy_in(&on, arg[2], sizeof(on));
		if (!result)
			file_change_flags(file, (atomic_load(&file->flags) & OPEN_APPEND) | (on ? OPEN_NONBLOCK : 0));
	} else {
		result = file->ops->ioctl ? file->ops->ioctl(file, (unsigned)arg[1], arg[2]) : -TENON_ENOTTY;
	}
	file_put(file);
	return result;
}

/* ---- copying between files --------------------------------------------------------------------------------------- */

/* From @in at *@from (NULL: its position) to @out likewise, through one page. Return: bytes or negative errno. */
static int64_t copy(struct file *in, int64_t *from, struct file *out, int64_t *to, uint64_t bytes)
{
	struct page *page = page_alloc(0);
	struct io_segment segment;
	int64_t done = 0, got = 0, put = 0;
	struct io io;

	if (!page)
		return -TENON_ENOMEM;
	if (!in->ops->seekable) { /* what could not be put back might get lost */
		page_put(page);
		return -TENON_EINVAL;
	}
	while ((uint64_t)done < bytes) {
		io_kernel(&io, &segment, page_address(page), bytes - done < PAGE_BYTES ? bytes - done : PAGE_BYTES);
		got = from ? file_read_at(in, &io, *from) : file_read(in, &io);
		if (got <= 0)
			break;
		io_kernel(&io, &segment, page_address(page), (size_t)got);
		put = to ? file_write_at(out, &io, *to) : file_write(out, &io);
		if (put > 0) {
			done += put;
			if (from)
				*from += put;
			if (to)
				*to += put;
		}
		if (put != got) { /* what was read too much has not been read */
			if (!from)
				file_seek(in, (put > 0 ? put : 0) - got, 1);
			break;
		}
	}
	page_put(page);
	return done ? done : got < 0 ? got : put < 0 ? put : 0;
}

/* The same with offsets in the program's memory, 0: none. */
static int64_t copy_at(uint64_t in_fd, user_addr in_at, uint64_t out_fd, user_addr out_at, uint64_t bytes)
{
	struct file *in = file_of(in_fd), *out = file_of(out_fd);
	int64_t from = 0, to = 0, done = -TENON_EBADF;

	if (in && out) {
		done = in_at ? user_copy_in(&from, in_at, sizeof(from)) : 0;
		if (!done && out_at)
			done = user_copy_in(&to, out_at, sizeof(to));
		if (!done)
			done = copy(in, in_at ? &from : NULL, out, out_at ? &to : NULL,
				    bytes < IO_BYTES_MAX ? bytes : IO_BYTES_MAX);
		if (done >= 0 && in_at && user_copy_out(in_at, &from, sizeof(from)))
			done = -TENON_EFAULT;
		if (done >= 0 && out_at && user_copy_out(out_at, &to, sizeof(to)))
			done = -TENON_EFAULT;
	}
	if (in)
		file_put(in);
	if (out)
		file_put(out);
	return done;
}

int64_t sys_sendfile(const uint64_t arg[6])
{
	return copy_at(arg[1], arg[2], arg[0], 0, arg[3]);
}

int64_t sys_copy_file_range(const uint64_t arg[6])
{
	return arg[5] ? -TENON_EINVAL : copy_at(arg[0], arg[1], arg[2], arg[3], arg[4]);
}

/* ---- size, locks, writing back ----------------------------------------------------------------------------------- */

int64_t sys_ftruncate(const uint64_t arg[6])
{
	struct file *file = file_of(arg[0]);
	int err;

	if (!file)
		return -TENON_EBADF;
	if (!file->writable || !node_is(file->node, NODE_FILE) || (int64_t)arg[1] < 0)
		err = -TENON_EINVAL;
	else
		err = vfs_truncate(file->node, arg[1]);
	file_put(file);
	return err;
}

int64_t sys_truncate(const uint64_t arg[6])
{
	struct node *node;
	int err;

	if ((int64_t)arg[1] < 0)
		return -TENON_EINVAL;
	err = path_args_node(AT_CWD, arg[0], 0, &node);
	if (err)
		return err;
	err = node_is(node, NODE_DIR) ? -TENON_EISDIR : !node_is(node, NODE_FILE) ? -TENON_EINVAL : 0;
	if (!err)
		err = node_permission(node, MAY_WRITE, false);
	if (!err)
		err = policy_open(node, TENON_POLICY_WRITE);
	if (!err)
		err = vfs_truncate(node, arg[1]);
	node_put(node);
	return err;
}

int64_t sys_flock(const uint64_t arg[6])
{
	enum { NO_WAIT = 4, RELEASE = 8 }; /* and the two kinds */
	struct file *file = file_of(arg[0]);
	unsigned how = (unsigned)arg[1] & ~NO_WAIT;
	int err = -TENON_EINVAL;

	if (!file)
		return -TENON_EBADF;
	if (how == FLOCK_SHARED || how == FLOCK_EXCLUSIVE || how == RELEASE)
		err = flock_take(file, how == RELEASE ? FLOCK_NONE : how, !(arg[1] & NO_WAIT));
	file_put(file);
	return err;
}

int64_t sys_fsync(const uint64_t arg[6])
{
	struct file *file = file_of(arg[0]);
	int err;

	if (!file)
		return -TENON_EBADF;
	err = !file->ops->seekable ? -TENON_EINVAL : file->ops->sync ? file->ops->sync(file) : 0;
	file_put(file);
	return err;
}

int64_t sys_fdatasync(const uint64_t arg[6])
{
	return sys_fsync(arg);
}

int64_t sys_sync(const uint64_t arg[6])
{
	(void)arg;
	filesystem_sync_all(); /* whoever wants to know uses fsync */
	return 0;
}
