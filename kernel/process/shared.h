/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What another process has, with a reference that the caller puts; NULL: it has ended. */
#ifndef KERNEL_PROCESS_SHARED_H
#define KERNEL_PROCESS_SHARED_H

struct fdtable;
struct fs_context;
struct process;
struct user_space;

struct fdtable *process_files_get(struct process *p);
struct fs_context *process_fs_get(struct process *p);
struct user_space *process_space_get(struct process *p);

#endif
