/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Pipes. One without a name is a FIFO whose node has no name: both are opened, and /proc/PID/fd finds them, alike. */
#ifndef KERNEL_VFS_PIPE_H
#define KERNEL_VFS_PIPE_H

struct file;
struct node;

#define PIPE_BYTES 65536 /* what it holds */
#define PIPE_ATOMIC_BYTES 4096 /* PIPE_BUF: writes of up to so many bytes are not mixed with others */

/**
 * fifo_open - the open function of every FIFO
 *
 * To read waits for a writer, to write for a reader, unless the file is not to block.
 *
 * Return: 0, -TENON_ENXIO: to write, not to block, and nobody reads; -TENON_EINTR; -TENON_ENOMEM.
 */
int fifo_open(struct node *node, struct file *file);

/* @flags: OPEN_NONBLOCK or 0. Return: 0, -TENON_ENFILE, -TENON_ENOMEM. */
int pipe_make(unsigned flags, struct file **read_end, struct file **write_end);

#endif
