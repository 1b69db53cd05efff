/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Looking up in a binary index that nobody vouches for (include/tenon/fmt/modindex.h). */
#ifndef LIB_INDEX_READ_H
#define LIB_INDEX_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tenon/mod.h"

/* The bytes of an index file; not changed, and shared by any number of threads. */
struct index_file {
	const uint8_t *data;
	size_t size;
};

/** index_check - is it an index of a version that can be read? Return: 0 or -EBADMSG. */
int index_check(const struct index_file *f);

/** index_find - all values of exactly that key, in the file's order. Return: as tmod_tree_search(). */
int index_find(const struct index_file *f, const char *key, tmod_found_fn *found, void *data);

/**
 * index_match - all values of all keys that, taken as patterns, match @word
 *
 * Values come in ascending order of priority. Return: as tmod_tree_search(), also -ENOMEM.
 */
int index_match(const struct index_file *f, const char *word, tmod_found_fn *found, void *data);

/** index_each - all keys and their values, in the order of the keys. Return: as tmod_tree_search(), also -ENOMEM. */
int index_each(const struct index_file *f, tmod_found_fn *found, void *data);

/* What the three share. */

/* A node, whose parts are inside the file. */
struct index_node {
	const char *prefix;   /* NUL-terminated, perhaps empty */
	const uint8_t *table; /* references to children */
	const uint8_t *values;
	uint32_t value_cnt;
	uint8_t first, last; /* characters with children; first > last: none */
};

/* Decode the node that a reference refers to. Return: 0 or -EBADMSG. */
int index_node(const struct index_file *f, uint32_t ref, struct index_node *n);

/* The reference to the child for a character, 0 if there is none. */
uint32_t index_child(const struct index_node *n, uint8_t c);

/* Decode one value. @at: in and out. Return: NULL if it is not inside the file. */
const char *index_value(const struct index_file *f, const uint8_t **at, uint32_t *priority);

/* The reference to the root. */
uint32_t index_root(const struct index_file *f);

#endif
