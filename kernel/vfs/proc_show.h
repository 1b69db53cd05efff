/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The texts of /proc/PID. Return: 0, -TENON_ESRCH: it has ended, -TENON_ENOMEM. */
#ifndef KERNEL_VFS_PROC_SHOW_H
#define KERNEL_VFS_PROC_SHOW_H

struct process;
struct text;

int proc_show_cmdline(struct process *p, struct text *t);
int proc_show_comm(struct process *p, struct text *t);
int proc_show_maps(struct process *p, struct text *t);
int proc_show_mounts(struct process *p, struct text *t);
int proc_show_stat(struct process *p, struct text *t);
int proc_show_statm(struct process *p, struct text *t);
int proc_show_status(struct process *p, struct text *t);

#endif
