/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What is reported of modules when something went wrong, besides where: and which ones tainted the kernel, ever. */
#ifndef KERNEL_MODULE_REPORT_H
#define KERNEL_MODULE_REPORT_H

#include "tenon/core.h"

struct record;
struct node;

/**
 * report_module - a module's build id, taints, users and parameters, a line at a time
 * Context: thread, without the core's lock; or a panic, which does not lock.
 */
void report_module(const struct record *r, void (*tell)(const char *line));
/* Which modules of the kernel's own domain have gone, and where they were: a stale pointer leads there. Context: any. */
void report_gone(void (*tell)(const char *line));
/* What has tainted the kernel. Context: any. */
void report_taints(void (*tell)(const char *line));

/* What @m has done to taint the kernel is kept, the first of each kind. Core's lock. */
void taint_note(const struct tenon_module *m);
/* /proc/taints, and the number that Linux's programs know, /proc/sys/kernel/tainted. Return: 0, -TENON_ENOMEM. */
int taint_files_init(struct node *proc, struct node *sys_kernel);

#endif
