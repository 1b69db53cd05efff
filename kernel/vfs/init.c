// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The order in which the parts of the file systems come up, and what the first process finds. */
#include "kernel/boot.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/chrdev.h"
#include "kernel/vfs/cpio.h"
#include "kernel/vfs/fdtable.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/fs_context.h"
#include "kernel/vfs/ramfs.h"
#include "kernel/vfs/vfs.h"
#include "tenon/errno.h"

void __init vfs_init(void)
{
	filesystem_type_register(&ramfs_type);
	if (filesystem_mount("tmpfs", "root", "", 0, NULL))
		panic("no memory for the root");
	dev_init();
	memory_devices_init();
	procfs_init();
	sysfs_init();
}

static int __init mount_at(const struct path_start *start, const char *path, const char *type)
{
	struct node_wanted wanted = { .mode = NODE_DIR | 0755 };
	struct node *at;
	int err = vfs_make(start, path, &wanted);

	if (err && err != -TENON_EEXIST)
		return err;
	err = path_find(start, path, PATH_FOLLOW, &at);
	if (err)
		return err;
	err = filesystem_mount(type, type, "", 0, at);
	node_put(at);
	return err;
}

static int __init open_standard_files(const struct path_start *start, struct fdtable *files)
{
	struct file *console;
	int fd, err = vfs_open(start, "/dev/console", OPEN_READ_WRITE, 0, &console);

	if (err)
		return err;
	for (fd = 0; fd < 3 && err >= 0; fd++)
		err = fdtable_add(files, console, fd, false);
	file_put(console);
	return err < 0 ? err : 0;
}

int __init vfs_prepare(struct fdtable **files, struct fs_context **fs)
{
	struct path_start start;
	const void *initrd;
	size_t bytes;
	int err;

	initrd = boot_initrd(&bytes);
	if (!initrd)
		return -TENON_ENOENT;
	err = cpio_unpack(initrd, bytes);
	boot_initrd_free();
	if (err)
		return err;
	*fs = fs_context_make();
	*files = fdtable_make();
	if (!*fs || !*files)
		return -TENON_ENOMEM;
	fs_context_start(*fs, &start);
	/*
	 * /dev is there before the first program, as Linux with CONFIG_DEVTMPFS_MOUNT has it; /proc too, since modprobe, which
	 * is run for devices at the same time, finds the command line there.
	 */
	err = mount_at(&start, "/dev", "devtmpfs");
	if (!err)
		err = mount_at(&start, "/proc", "proc");
	if (!err)
		err = open_standard_files(&start, *files);
	path_start_put(&start);
	return err;
}
