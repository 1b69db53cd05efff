/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What another process has, with a reference that the caller puts; NULL: it has ended. */
#ifndef KERNEL_PROCESS_SHARED_H
#define KERNEL_PROCESS_SHARED_H

#include <stdint.h>

struct fdtable;
struct fs_context;
struct node;
struct process;
struct user_space;

struct fdtable *process_files_get(struct process *p);
struct fs_context *process_fs_get(struct process *p);
struct user_space *process_space_get(struct process *p);

/*
 * A file's size has changed: whoever has it mapped looks for its pages beyond the lesser of both again. No lock is held, for a
 * process that ends meanwhile leaves its space and files to be given back here.
 */
void processes_file_resized(const struct node *node, uint64_t before, uint64_t now);

#endif
