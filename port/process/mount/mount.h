/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the files of the program tenon-mount have of one another. */
#ifndef PORT_PROCESS_MOUNT_H
#define PORT_PROCESS_MOUNT_H

#define FUSE_USE_VERSION 31
#include <fuse3/fuse.h>

#include "port/process/vfs/vfs.h"

#define MOUNT_DIR "/mnt" /* where it is in the tree of linux.ko */

/* ops.c: each request becomes an operation on linux.ko. The private data of the FUSE context is a struct vfs. */
extern const struct fuse_operations mount_ops;

#endif
