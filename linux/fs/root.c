// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starting Linux's file systems: the caches of names and files, and a root in memory that others are mounted below. All
 * tasks see the same tree, with the rights of root.
 */
#include <linux/buffer_head.h>
#include <linux/fs.h>
#include <linux/memblock.h>
#include <linux/fs_context.h>
#include <linux/fs_struct.h>
#include <linux/init_task.h>
#include <linux/key.h>
#include <linux/mnt_namespace.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/proc_ns.h>
#include <linux/ramfs.h>
#include <linux/seq_file.h>
#include <linux/sched/task.h>
#include <linux/shmem_fs.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include <linux/wait_bit.h>
#include <linux/writeback.h>
#include <generated/utsrelease.h>
#include <net/net_namespace.h>

#include "linux/fs/fs.h"
#include "linux/versions.h"
#include "linux/export.h"

struct kmem_cache *files_cachep, *fs_cachep;
int suid_dumpable;
int overflowuid = DEFAULT_OVERFLOWUID, overflowgid = DEFAULT_OVERFLOWGID;
EXPORT_SYMBOL(overflowuid);
EXPORT_SYMBOL(overflowgid);

int fs_overflowuid = DEFAULT_FS_OVERFLOWUID, fs_overflowgid = DEFAULT_FS_OVERFLOWGID;
EXPORT_SYMBOL(fs_overflowuid);
EXPORT_SYMBOL(fs_overflowgid);

struct uts_namespace init_uts_ns = { .name = { .sysname = "Linux", .nodename = "(none)", .release = UTS_RELEASE } };
EXPORT_SYMBOL_GPL(init_uts_ns);
struct nsproxy init_nsproxy = {
#if LINUX_SINCE(6, 12)
	.count = REFCOUNT_INIT(1),
#else
	.count = ATOMIC_INIT(1),
#endif
	.pid_ns_for_children = &init_pid_ns,
	.net_ns = &init_net,
};
const struct proc_ns_operations pidns_operations;

struct file_system_type rootfs_fs_type = {
	.name = "rootfs",
	.init_fs_context = ramfs_init_fs_context,
	.kill_sb = kill_litter_super,
};

void __init init_rootfs(void)
{
}

/* No file system keeps its files in memory that is swapped. */
void __init shmem_init(void)
{
}

/* Linux takes the memory of its tables before there is any other; and as much as the machine has memory for. */
void *__init alloc_large_system_hash(const char *name, unsigned long bucket_bytes, unsigned long cnt, int scale,
				     int flags, unsigned int *shift, unsigned int *mask, unsigned long least,
				     unsigned long most)
{
	const unsigned int order = 10;
	void *table = kvzalloc(bucket_bytes << order, GFP_KERNEL);

	(void)cnt, (void)scale, (void)flags, (void)least, (void)most;
	if (!table)
		panic("no memory for the table %s\n", name);
	if (shift)
		*shift = order;
	if (mask)
		*mask = (1u << order) - 1;
	return table;
}

int hashdist;

/* In the order of Linux's start_kernel(); its own files panic if they have no memory. */
void __init linux_files_start(void)
{
	wait_bit_init();
	swap_setup();
	for (int i = 0; i < UCOUNT_COUNTS; i++)
		init_user_ns.ucount_max[i] = INT_MAX;
	vfs_caches_init_early();
	pid_idr_init();
	cred_init();
	buffer_init();
	key_init();
	net_ns_init();
	vfs_caches_init();
	pagecache_init();
	seq_file_init();
	nsfs_init();
	proc_root_init();
	init_fs.umask = 0; /* hosts say the modes that are meant */
}
