// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Descriptors: opening, closing, duplicating, flags, pipes. */
#include "kernel/process/process.h"
#include "kernel/syscall/file_args.h"
#include "kernel/syscall/syscall.h"
#include "kernel/vfs/pipe.h"
#include "kernel/vfs/vfs.h"
#include "tenon/errno.h"

#define OPEN_KNOWN (OPEN_ACCESS | OPEN_CREATE | OPEN_EXCLUSIVE | OPEN_NO_TERMINAL | OPEN_TRUNCATE | OPEN_APPEND | OPEN_NONBLOCK | \
		    OPEN_LARGE | OPEN_DIRECTORY | OPEN_NO_FOLLOW | OPEN_CLOSE_ON_EXEC | OPEN_PATH)

static struct fdtable *files(void)
{
	return process_files(process_current());
}

static int64_t do_open(int at, user_addr path, unsigned flags, uint32_t mode)
{
	struct path_args a;
	struct file *file;
	int err = path_args_begin(&a, at, path, 0);

	if (err)
		return err;
	err = vfs_open(&a.start, a.path, flags & OPEN_KNOWN, mode & ~process_umask() & 07777, &file);
	path_args_end(&a);
	return err ? err : file_give(file, 0, flags & OPEN_CLOSE_ON_EXEC);
}

int64_t sys_open(const uint64_t arg[6])
{
	return do_open(AT_CWD, arg[0], (unsigned)arg[1], (uint32_t)arg[2]);
}

int64_t sys_openat(const uint64_t arg[6])
{
	return do_open((int)arg[0], arg[1], (unsigned)arg[2], (uint32_t)arg[3]);
}

int64_t sys_creat(const uint64_t arg[6])
{
	return do_open(AT_CWD, arg[0], OPEN_CREATE | OPEN_WRITE | OPEN_TRUNCATE, (uint32_t)arg[1]);
}

int64_t sys_close(const uint64_t arg[6])
{
	return fdtable_close(files(), (int)arg[0]);
}

int64_t sys_close_range(const uint64_t arg[6])
{
	enum { UNSHARE = 2, CLOSE_ON_EXEC = 4 };
	unsigned first = (unsigned)arg[0], last = (unsigned)arg[1], flags = (unsigned)arg[2];
	int fd;

	if (first > last || (flags & ~CLOSE_ON_EXEC)) /* nobody here shares a table that UNSHARE could part from */
		return -TENON_EINVAL;
	if (first >= FDTABLE_MAX)
		return 0;
	for (fd = (int)first; (fd = fdtable_next(files(), fd)) >= 0 && (unsigned)fd <= last; fd++) {
		if (flags & CLOSE_ON_EXEC)
			fdtable_set_close_on_exec(files(), fd, true);
		else
			fdtable_close(files(), fd);
	}
	return 0;
}

int64_t sys_dup(const uint64_t arg[6])
{
	struct file *file = file_of_any(arg[0]);

	return file ? file_give(file, 0, false) : -TENON_EBADF;
}

static int64_t dup_to(uint64_t from, int to, bool close_on_exec)
{
	struct file *file = file_of_any(from);
	int fd = to;

	if (!file)
		return -TENON_EBADF;
	if ((int)from != to)
		fd = fdtable_replace(files(), to, file, close_on_exec);
	file_put(file);
	return fd;
}

int64_t sys_dup2(const uint64_t arg[6])
{
	return dup_to(arg[0], (int)arg[1], false);
}

int64_t sys_dup3(const uint64_t arg[6])
{
	unsigned flags = (unsigned)arg[2];

	if ((int)arg[0] == (int)arg[1] || (flags & ~OPEN_CLOSE_ON_EXEC))
		return -TENON_EINVAL;
	return dup_to(arg[0], (int)arg[1], flags);
}

static int64_t make_pipe(user_addr to, unsigned flags)
{
	struct file *end[2];
	int32_t fd[2];
	int err;

	if (flags & ~(OPEN_CLOSE_ON_EXEC | OPEN_NONBLOCK))
		return -TENON_EINVAL;
	err = pipe_make(flags & OPEN_NONBLOCK, &end[0], &end[1]);
	if (err)
		return err;
	fd[0] = (int32_t)file_give(end[0], 0, flags & OPEN_CLOSE_ON_EXEC);
	fd[1] = (int32_t)file_give(end[1], 0, flags & OPEN_CLOSE_ON_EXEC);
	err = fd[0] < 0 ? fd[0] : fd[1] < 0 ? fd[1] : user_copy_out(to, fd, sizeof(fd));
	if (!err)
		return 0;
	if (fd[0] >= 0)
		fdtable_close(files(), fd[0]);
	if (fd[1] >= 0)
		fdtable_close(files(), fd[1]);
	return err;
}

int64_t sys_pipe(const uint64_t arg[6])
{
	return make_pipe(arg[0], 0);
}

int64_t sys_pipe2(const uint64_t arg[6])
{
	return make_pipe(arg[0], (unsigned)arg[1]);
}

/* ---- fcntl ------------------------------------------------------------------------------------------------------- */

enum { /* Linux's commands */
       DUPLICATE = 0,
       GET_DESCRIPTOR_FLAGS = 1,
       SET_DESCRIPTOR_FLAGS = 2,
       GET_FLAGS = 3,
       SET_FLAGS = 4,
       GET_LOCK = 5,
       SET_LOCK = 6,
       SET_LOCK_WAIT = 7,
       DUPLICATE_CLOSE_ON_EXEC = 1030,
       GET_PIPE_BYTES = 1032,
};

int64_t file_change_flags(struct file *file, unsigned flags)
{
	const unsigned may_change = OPEN_APPEND | OPEN_NONBLOCK;
	unsigned old = atomic_load(&file->flags);

	while (!atomic_compare_exchange_weak(&file->flags, &old, (old & ~may_change) | (flags & may_change)))
		;
	return 0;
}

/* A file that was opened only to name it has no more than the first of these and duplicates. */
static int64_t control(struct file *file, int fd, unsigned command, uint64_t argument)
{
	if (command > GET_FLAGS && command != DUPLICATE_CLOSE_ON_EXEC && file_is_name(file))
		return -TENON_EBADF;
	switch (command) {
	case DUPLICATE:
	case DUPLICATE_CLOSE_ON_EXEC:
		return fdtable_add(files(), file, (int)argument, command == DUPLICATE_CLOSE_ON_EXEC);
	case GET_DESCRIPTOR_FLAGS:
		return fdtable_is_close_on_exec(files(), fd);
	case SET_DESCRIPTOR_FLAGS:
		return fdtable_set_close_on_exec(files(), fd, argument & 1);
	case GET_FLAGS:
		return atomic_load(&file->flags);
	case SET_FLAGS:
		return file_change_flags(file, (unsigned)argument);
	case GET_LOCK: /* there are no locks of parts of a file; programs that want one must learn that */
	case SET_LOCK:
	case SET_LOCK_WAIT:
		return -TENON_ENOLCK;
	case GET_PIPE_BYTES:
		return node_is(file->node, NODE_FIFO) ? PIPE_BYTES : -TENON_EBADF;
	default:
		return -TENON_EINVAL;
	}
}

int64_t sys_fcntl(const uint64_t arg[6])
{
	struct file *file = file_of_any(arg[0]);
	int64_t result;

	if (!file)
		return -TENON_EBADF;
	result = control(file, (int)arg[0], (unsigned)arg[1], arg[2]);
	file_put(file);
	return result;
}

int64_t sys_umask(const uint64_t arg[6])
{
	return atomic_exchange(&process_fs(process_current())->umask, (uint32_t)arg[0] & 0777);
}
