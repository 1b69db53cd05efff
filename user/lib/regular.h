/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Opening what must be a file: a pipe that nobody writes to, or a device that waits, would hold its reader up. */
#ifndef LIB_REGULAR_H
#define LIB_REGULAR_H

#include <sys/stat.h>

/**
 * regular_open - open a regular file for reading, without waiting for whatever else it is
 * @dir: where @path starts from, or AT_FDCWD
 * @st: what it is
 *
 * Return: the descriptor or a negative errno value: that of open or fstat, -EISDIR, -EINVAL if it is neither.
 */
int regular_open(int dir, const char *path, struct stat *st);

#endif
