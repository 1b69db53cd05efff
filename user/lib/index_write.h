/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Making a binary index (include/tenon/fmt/modindex.h). */
#ifndef LIB_INDEX_WRITE_H
#define LIB_INDEX_WRITE_H

#include "user/lib/buf.h"

/* Keys and values are offsets of strings in text, so that a value that many keys have is there once. */
struct index_entry {
	uint32_t key, value, priority;
};

struct index_writer {
	struct buf text;
	struct buf entries; /* of struct index_entry */
	bool preorder;      /* nodes come before those below them, as kmod writes them since release 34 */
};

/* Add a string. Return: its offset. */
uint32_t index_text(struct index_writer *w, const char *text);

/** index_add - the key has at most TMOD_ALIAS_BYTES_MAX bytes with its NUL, all below TENON_INDEX_CHARS */
void index_add(struct index_writer *w, uint32_t key, uint32_t value, uint32_t priority);

/** index_write - write the file's bytes to @out, which is empty, and free the writer. Return: 0, -ENOMEM or -EFBIG. */
int index_write(struct index_writer *w, struct buf *out);

#endif
