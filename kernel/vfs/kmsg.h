/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The kernel's log as a file: /dev/kmsg, a record a read. */
#ifndef KERNEL_VFS_KMSG_H
#define KERNEL_VFS_KMSG_H

struct chrdev;
struct file;

int kmsg_open(struct chrdev *dev, struct file *file, unsigned flags);

#endif
