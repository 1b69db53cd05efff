// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/syscall/file_args.h"

#include "kernel/mm/heap.h"
#include "kernel/process/process.h"
#include "tenon/errno.h"

/* Begin at what @at is open for. */
static int start_at(struct path_args *a, int at, unsigned flags)
{
	struct file *file = fdtable_file(process_files(process_current()), at);

	if (!file)
		return -TENON_EBADF;
	if (!node_is(file->node, NODE_DIR) && !(!*a->path && (flags & AT_EMPTY))) {
		file_put(file);
		return -TENON_ENOTDIR;
	}
	node_put(a->start.at);
	a->start.at = node_get(file->node);
	file_put(file);
	return 0;
}

static void free_path(struct path_args *a)
{
	if (a->path != a->brief)
		heap_free(a->path);
}

static int take_path(struct path_args *a, user_addr path)
{
	long len;

	a->path = a->brief;
	len = user_string_in(a->brief, path, sizeof(a->brief));
	if (len != -TENON_ENAMETOOLONG)
		return len < 0 ? (int)len : 0;
	a->path = heap_alloc(PATH_BYTES);
	if (!a->path)
		return -TENON_ENOMEM;
	len = user_string_in(a->path, path, PATH_BYTES);
	if (len < 0)
		free_path(a);
	return len < 0 ? (int)len : 0;
}

int path_args_begin(struct path_args *a, int at, user_addr path, unsigned flags)
{
	int err = take_path(a, path);

	if (err)
		return err;
	fs_context_start(process_fs(process_current()), &a->start);
	if (at != AT_CWD && *a->path != '/')
		err = start_at(a, at, flags);
	if (err)
		path_args_end(a);
	return err;
}

void path_args_end(struct path_args *a)
{
	path_start_put(&a->start);
	free_path(a);
}

int path_args_node(int at, user_addr path, unsigned flags, struct node **node)
{
	struct path_args a;
	unsigned how = (flags & AT_NO_FOLLOW ? 0 : PATH_FOLLOW) | (flags & AT_EMPTY ? PATH_EMPTY : 0);
	int err = path_args_begin(&a, at, path, flags);

	if (err)
		return err;
	err = path_find(&a.start, a.path, how, node);
	path_args_end(&a);
	return err;
}

struct file *file_of(uint64_t fd)
{
	struct file *file = file_of_any(fd);

	if (!file || !file_is_name(file))
		return file;
	file_put(file);
	return NULL;
}

struct file *file_of_any(uint64_t fd)
{
	return fdtable_file(process_files(process_current()), (int)fd);
}

int64_t file_give(struct file *file, int least, bool close_on_exec)
{
	int fd = fdtable_add(process_files(process_current()), file, least, close_on_exec);

	file_put(file);
	return fd;
}

void io_user(struct io *io, struct io_segment *segment, user_addr at, uint64_t bytes)
{
	if (bytes > IO_BYTES_MAX)
		bytes = IO_BYTES_MAX;
	*segment = (struct io_segment){ at, bytes };
	*io = (struct io){ .segment = segment, .left = bytes, .user = true };
}
