/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Strings, each kept once and known by a number: 0, 1, 2 ... in the order in which they came. */
#ifndef LIB_NAMES_H
#define LIB_NAMES_H

#include "user/lib/buf.h"

#define NAME_NONE UINT32_MAX

struct name_slot {
	uint32_t hash;
	uint32_t number; /* + 1; 0: free */
};

struct names {
	struct buf text; /* the strings, each with its NUL; text.failed: one could not be added */
	uint32_t *offs;  /* in text */
	uint32_t cnt, cap;
	struct name_slot *slots; /* hash table: a power of two, at most half full */
	uint32_t slot_cnt;
	uint64_t key[2]; /* of the hash */
};

/** names_add_bytes - the number of @text, of @len bytes and a NUL, which is added if it is not there. NAME_NONE: no memory. */
uint32_t names_add_bytes(struct names *n, const char *text, size_t len);

static inline uint32_t names_add(struct names *n, const char *text)
{
	return names_add_bytes(n, text, strlen(text));
}

/** names_find - the number of @text, or NAME_NONE. */
uint32_t names_find(const struct names *n, const char *text);

/* The string of a number; good until the next names_add(). */
static inline const char *names_text(const struct names *n, uint32_t number)
{
	return n->text.data + n->offs[number];
}

void names_free(struct names *n);

#endif
