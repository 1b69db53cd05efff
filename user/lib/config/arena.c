/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "user/lib/config/arena.h"

#define BLOCK_BYTES 8192

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	char bytes[];
};

char *arena_bytes(struct arena *a, size_t n)
{
	struct arena_block *b = a->blocks;
	char *bytes;

	if (!b || b->size - b->used < n) {
		size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;

		if (size > SIZE_MAX - sizeof(*b))
			return NULL;
		b = malloc(sizeof(*b) + size);
		if (!b)
			return NULL;
		*b = (struct arena_block){ .next = a->blocks, .size = size };
		a->blocks = b;
	}
	bytes = b->bytes + b->used;
	b->used += n;
	return bytes;
}

char *arena_copy(struct arena *a, const char *bytes, size_t n)
{
	char *copy = arena_bytes(a, n + 1);

	if (copy) {
		memcpy(copy, bytes, n);
		copy[n] = '\0';
	}
	return copy;
}

void arena_close(struct arena *a)
{
	struct arena_block *next;

	for (struct arena_block *b = a->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	a->blocks = NULL;
}
