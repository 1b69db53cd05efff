/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Reading a whole text file. */
#ifndef LIB_CONFIG_TEXT_H
#define LIB_CONFIG_TEXT_H

#include <sys/stat.h>

#include "lib/buf.h"

#define TEXT_BYTES_MAX (64u << 20)

/**
 * text_read - read a file
 * @flags: for open(), besides O_RDONLY
 * @st: what it is
 * @out: its bytes replace what is there
 *
 * Return: 0 or a negative errno value: that of open or read, -EFBIG, -EISDIR, -ENOMEM.
 */
int text_read(const char *path, int flags, struct stat *st, struct buf *out);

#endif
