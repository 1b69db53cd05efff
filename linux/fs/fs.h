/* SPDX-License-Identifier: GPL-2.0-only */
/* What private headers of Linux's file systems declare. */
#ifndef LINUX_FS_FS_H
#define LINUX_FS_FS_H

#include <linux/types.h>

struct super_block;

void chrdev_init(void);
void init_rootfs(void);
void pid_idr_init(void);
void cred_init(void);
void nsfs_init(void);
void proc_root_init(void);
void seq_file_init(void);
void swap_setup(void);

struct filename;
int do_renameat2(int old_dir, struct filename *old, int new_dir, struct filename *new, unsigned int flags);
void iterate_supers(void (*fn)(struct super_block *sb, void *arg), void *arg);

/* files.c: the directories that lead to @path, as far as they can be made: who uses the path finds out. */
void linux_make_parents(const char *path);

/* files.c: what stat says, in a host's form. */
struct kstat;
struct tenon_linux_stat;
void linux_stat(const struct kstat *st, struct tenon_linux_stat *to);

/* root.c: without return value, for Linux's own starts panic. */
void linux_files_start(void);

#endif
