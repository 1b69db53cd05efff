/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A growing run of bytes. When memory ends, what is added is dropped and `failed` stays set: write everything, then
 * ask once.
 */
#ifndef LIB_BUF_H
#define LIB_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct buf {
	char *data;
	size_t len, cap;
	bool failed;
};

/* Room for @n bytes more after what is there, not yet counted. NULL: no memory. */
char *buf_room(struct buf *b, size_t n);

static inline void buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ 0 };
}

static inline void buf_add(struct buf *b, const void *bytes, size_t n)
{
	char *to = b->cap - b->len >= n && b->data ? b->data + b->len : buf_room(b, n);

	if (to) {
		memcpy(to, bytes, n);
		b->len += n;
	}
}

static inline void buf_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

/* With its NUL. */
static inline void buf_string(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text) + 1);
}

static inline void buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

static inline void buf_be32(struct buf *b, uint32_t value)
{
	uint8_t bytes[4] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value };

	buf_add(b, bytes, 4);
}

#endif
