/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Strings, each kept once and known by a number: 0, 1, 2 ... in the order in which they came. */
#ifndef LIB_NAMES_H
#define LIB_NAMES_H

#include "user/lib/buf.h"

#define NAME_NONE UINT32_MAX

struct name_slot {
	uint32_t hash;
	uint32_t number; /* NAME_NONE: free */
};

struct names {
	struct buf text; /* the strings, each with its NUL; text.failed: one could not be added */
	uint32_t *offs;  /* in text */
	uint32_t cnt, cap;
	struct name_slot *slots; /* hash table: a power of two, at most half full */
	uint32_t slot_cnt;
	uint64_t key[2]; /* of the hash */
};

/* A string of @len bytes, and its NUL. */
struct name {
	const char *text;
	size_t len;
};

#define NAMES_AT_ONCE 64

/**
 * names_add_all - the numbers of strings, which are added if they are not there; NAME_NONE: no memory
 * @cnt: at most NAMES_AT_ONCE. A large table is not in the CPU's caches: of several strings, memory is waited for once
 */
void names_add_all(struct names *n, const struct name *names, uint32_t cnt, uint32_t *numbers);

static inline uint32_t names_add(struct names *n, const char *text)
{
	const struct name name = { text, strlen(text) };
	uint32_t number;

	names_add_all(n, &name, 1, &number);
	return number;
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
