/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Text that is being made, for files whose contents are computed: it grows as it is written. */
#ifndef KERNEL_VFS_TEXT_H
#define KERNEL_VFS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "tenon/compiler.h"

struct text {
	char *bytes; /* of the heap; text_free(). Or the caller's, @size bytes: then fixed */
	size_t len, size;
	bool fixed;  /* does not grow */
	bool failed; /* no memory, or full: what is there is not all */
};

TENON_PRINTF(2, 3) void text_printf(struct text *t, const char *fmt, ...);
void text_add(struct text *t, const char *bytes, size_t len);
/* With blanks, tabs, newlines and backslashes as \ooo, as /proc/mounts and /proc/PID/maps have names. */
void text_add_escaped(struct text *t, const char *string);
void text_free(struct text *t);

#endif
