/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Files of modules that the core asks for itself: the base of each kind, in the release's directory. */
#ifndef KERNEL_MODULE_FIND_H
#define KERNEL_MODULE_FIND_H

#include "tenon/host.h"

struct file;

/* Open a file of the kernel's own, for reading, whoever asks in whatever root. Return: 0, or vfs_open()'s. */
int kernel_file_open(const char *path, struct file **file);

/* The port contract's find. All other modules come by /sbin/modprobe, which knows where they are. */
int module_find(void *context, struct tenon_domain *domain, const char *name, struct tenon_source *src);

#endif
