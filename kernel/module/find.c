// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/module/find.h"

#include "kernel/module/module.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/fs_context.h"
#include "kernel/vfs/vfs.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

static int64_t read_at(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	return file_read_kernel(src->host, buf, len, offset);
}

static void close_file(struct tenon_source *src)
{
	file_put(src->host);
}

int kernel_file_open(const char *path, struct file **file)
{
	struct fs_context *fs = fs_context_make();
	struct path_start start;
	int err;

	if (!fs)
		return -TENON_ENOMEM;
	fs_context_start(fs, &start);
	err = vfs_open(&start, path, OPEN_READ | OPEN_KERNEL, 0, file);
	path_start_put(&start);
	fs_context_put(fs);
	return err;
}

int module_find(void *context, struct tenon_domain *domain, const char *name, struct tenon_source *src)
{
	char path[sizeof(MODULE_DIRECTORY) + TENON_NAME_BYTES + 16];
	struct file *file;
	int err;

	(void)context;
	(void)domain;
	tenon_snprintf(path, sizeof(path), MODULE_DIRECTORY "/kernel/%s.ko", name);
	err = kernel_file_open(path, &file);
	if (err)
		return err;
	*src = (struct tenon_source){ .size = file->node->size, .read_at = read_at, .close = close_file, .host = file };
	return 0;
}
