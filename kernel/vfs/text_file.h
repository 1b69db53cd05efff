/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Open files whose contents are a text that is made when they are read from the beginning. */
#ifndef KERNEL_VFS_TEXT_FILE_H
#define KERNEL_VFS_TEXT_FILE_H

#include <stdint.h>

struct file;
struct io;
struct text;

extern const struct file_ops text_file_ops; /* for reading only */

/**
 * text_file_open - for the open function of a node
 * @ops: with text_file_read and text_file_release among them
 * @make: writes the text; Return: 0 or a negative errno for who reads
 *
 * Return: 0 or -TENON_ENOMEM.
 */
int text_file_open(struct file *file, const struct file_ops *ops, int (*make)(struct file *file, struct text *t));
long text_file_read(struct file *file, struct io *io, uint64_t offset);
void text_file_release(struct file *file);

#endif
