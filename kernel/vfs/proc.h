/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Between proc.c, proc_system.c and proc_process.c. */
#ifndef KERNEL_VFS_PROC_H
#define KERNEL_VFS_PROC_H

#include "kernel/vfs/node.h"

struct filesystem;

/* The files that are not about a process. Return: 0 or -TENON_ENOMEM. */
int proc_system_init(struct node *root);

/*
 * The directory of the process with this number: "123" or "self". Return: 0 and a reference, -TENON_ENOENT,
 * -TENON_ENOMEM.
 */
int proc_process_lookup(struct filesystem *fs, struct name name, struct node **node);
/* The processes from position l->offset on. */
int proc_process_list(struct node *root, struct listing *l);

#define PROC_PROCESSES_OFFSET (1ull << 32) /* position of process 0 in the root; files are below */

#endif
