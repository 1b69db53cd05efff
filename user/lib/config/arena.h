/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Memory that is given back all at once, and does not move before. */
#ifndef LIB_CONFIG_ARENA_H
#define LIB_CONFIG_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks; /* the newest first */
};

/* Bytes for characters, not aligned. NULL: no memory. */
char *arena_bytes(struct arena *a, size_t n);

/* A copy, with a NUL after it. NULL: no memory. */
char *arena_copy(struct arena *a, const char *bytes, size_t n);

/* Give all of it back. (The core, with which fuzz targets are linked, has an arena_free().) */
void arena_close(struct arena *a);

#endif
