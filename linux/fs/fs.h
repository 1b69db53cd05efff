/* SPDX-License-Identifier: GPL-2.0-only */
/* What private headers of Linux's file systems declare. */
#ifndef LINUX_FS_FS_H
#define LINUX_FS_FS_H

#include <linux/types.h>

void chrdev_init(void);
void init_rootfs(void);
void pid_idr_init(void);
void cred_init(void);
void nsfs_init(void);
void seq_file_init(void);
void swap_setup(void);

/* root.c: without return value, for Linux's own starts panic. */
void linux_files_start(void);

#endif
