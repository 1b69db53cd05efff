/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* flock(2): locks of whole files that belong to an open file, and hold back only those who ask. */
#ifndef KERNEL_VFS_FLOCK_H
#define KERNEL_VFS_FLOCK_H

#include <stdbool.h>

struct file;

enum flock_kind { FLOCK_NONE, FLOCK_SHARED = 1, FLOCK_EXCLUSIVE = 2 }; /* as flock(2) has them */

/**
 * flock_take - have a lock of this kind instead of the one that @file has
 *
 * Changing a lock gives it up first, as Linux does: others may come between.
 *
 * Return: 0, -TENON_EAGAIN (not @wait), -TENON_EINTR.
 */
int flock_take(struct file *file, enum flock_kind kind, bool wait);
void flock_release(struct file *file);

#endif
