/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Growing text, and the ways modpost ends: it ends at once when memory runs out; errors are counted, and all reported first. */
#ifndef MODPOST_TEXT_H
#define MODPOST_TEXT_H

#include <stddef.h>

#include "tenon/compiler.h"

struct text {
	char *s; /* NUL-terminated as soon as something was added; NULL before */
	size_t len, room;
};

/** text_add - append in printf style. */
void text_add(struct text *t, const char *fmt, ...) TENON_PRINTF(2, 3);

/** xrealloc - realloc that ends the program when there is no memory. Also the first allocation, with @p NULL. */
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);

/** die - one line on standard error, "modpost: ..."; ends the program with status 1. */
void die(const char *fmt, ...) TENON_PRINTF(1, 2) __attribute__((noreturn));

/** read_file - the whole file, followed by a NUL that does not count. The caller frees it. Ends on failure. */
char *read_file(const char *path, size_t *size);

/** write_file - replace @path by @size bytes at once: written beside it, then renamed. Ends on failure. */
void write_file(const char *path, const void *data, size_t size);

#endif
