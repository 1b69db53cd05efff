/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Reading a whole text file. */
#ifndef LIB_CONFIG_TEXT_H
#define LIB_CONFIG_TEXT_H

#include <sys/stat.h>

#include "user/lib/buf.h"

#define TEXT_BYTES_MAX (64u << 20)

/**
 * text_read - read a file
 * @regular: whatever it is, do not wait for it: of a device (such as /dev/null) nothing is read
 * @st: what it is, unless it could not be opened
 * @out: its bytes replace what is there
 *
 * Return: 0 or a negative errno value: that of open or read, -EFBIG, -EISDIR, -ENOMEM, -EINVAL if a pipe or socket is
 * there where @regular excludes it.
 */
int text_read(const char *path, bool regular, struct stat *st, struct buf *out);

#endif
