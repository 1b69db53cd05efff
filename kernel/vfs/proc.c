// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The root of /proc: files of the system, and then a directory for each process. */
#include "kernel/vfs/proc.h"

#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/ramfs.h"
#include "tenon/errno.h"

static struct filesystem *proc;

static int only_instance(const struct filesystem_type *type, const char *source, const char *options,
			 struct filesystem **fs)
{
	(void)type;
	(void)source;
	(void)options;
	*fs = proc;
	return 0;
}

static int lookup(struct node *dir, struct name name, struct node **child)
{
	int err = ramfs_lookup(dir, name, child);

	return err == -TENON_ENOENT ? proc_process_lookup(dir->fs, name, child) : err;
}

static int list(struct node *dir, struct listing *l)
{
	int err;

	if (l->offset < PROC_PROCESSES_OFFSET) {
		err = ramfs_dir_list(dir, l);
		if (err || l->full)
			return err;
		l->offset = PROC_PROCESSES_OFFSET;
	}
	return proc_process_list(dir, l);
}

struct node *procfs_root(void)
{
	return proc->root;
}

void __init procfs_init(void)
{
	static struct filesystem_type type = { .name = "proc", .make = only_instance };
	static const struct node_ops root_ops = { .lookup = lookup, .list = list, .release = ramfs_release };

	if (attr_filesystem_make(&type, &root_ops, &proc) || proc_system_init(proc->root))
		panic("no memory for /proc");
}
