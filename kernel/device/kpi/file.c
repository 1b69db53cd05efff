// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Files of programs that modules keep open: kpi/file.def. */
#include "kernel/vfs/file.h"

#include "kernel/device/block_request.h"
#include "kernel/device/kpi/kpi.h"
#include "kernel/process/process.h"
#include "kernel/vfs/fdtable.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/node.h"

struct kpi_file {
	struct object object;
	struct file *file; /* a reference, or NULL: not yet */
};

static void release(struct object *o)
{
	struct kpi_file *k = (struct kpi_file *)o;

	if (k->file)
		file_put(k->file);
}

static const struct object_type file_type = {
	.name = "file",
	.size = sizeof(struct kpi_file),
	.release = release,
};

/* May @m have it? Whoever serves a block device from itself would wait for itself. */
static int check(const struct file *file, struct tenon_module *m)
{
	if (!file->readable || !file->ops || !file->ops->read)
		return -TENON_EINVAL;
	if (node_is(file->node, NODE_FILE))
		return 0;
	if (!node_is(file->node, NODE_BLOCK))
		return -TENON_EINVAL;
	return kpi_blkdev_is_of(file->data, m) ? -TENON_ELOOP : 0;
}

tenon_handle tenon_file_open(struct tenon_this_module *self, int fd)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct process *p = c.self->serves == c.d ? process_current() : NULL;
	struct kpi_file *k;
	struct file *file;
	int err;

	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	if (!p)
		return (tenon_handle)-TENON_EPERM;
	file = fdtable_file(process_files(p), fd);
	if (!file)
		return (tenon_handle)-TENON_EBADF;
	err = check(file, m);
	k = err ? NULL : object_new(&c, &file_type, m, 0);
	if (!k) {
		file_put(file);
		return (tenon_handle)(long)(err ? err : -TENON_ENOMEM);
	}
	k->file = file;
	return object_publish(&k->object);
}

struct file *kpi_file_get(struct kpi_domain *d, tenon_handle handle)
{
	struct kpi_file *k = object_get(d, handle, &file_type);
	struct file *file = k ? file_get(k->file) : NULL;

	if (k)
		object_put(&k->object);
	return file;
}

int tenon_file_ask(tenon_handle handle, struct tenon_file_info *info)
{
	struct file *file = kpi_file_get(caller_thread().d, handle);

	if (!file)
		return -TENON_EBADF;
	*info =
	    (struct tenon_file_info){ .size = sizeof(*info),
				      .writable = file->writable,
				      .bytes = file->ops->size ? file->ops->size(file) :
								 __atomic_load_n(&file->node->size, __ATOMIC_ACQUIRE),
				      .device = file->node->fs->device,
				      .number = file->node->number };
	file_put(file);
	return 0;
}

int tenon_file_close(tenon_handle handle)
{
	struct kpi_file *k = object_get(caller_thread().d, handle, &file_type);

	return k ? object_give_back(&k->object) : -TENON_EBADF;
}
