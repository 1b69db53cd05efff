/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A hash table with open addressing over one block of text. */
#include <sys/auxv.h>

#include "user/lib/names.h"

/*
 * Files must not be able to choose names that meet in the table. The kernel gives each program 16 random bytes; both
 * halves of the product depend on them.
 */
static uint64_t mix(const struct names *n, uint64_t hash, uint64_t word)
{
	unsigned __int128 product = (unsigned __int128)(hash ^ word ^ n->key[0]) * n->key[1];

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint32_t hash_text(const struct names *n, const char *text, size_t len)
{
	uint64_t hash = len, word;

	for (; len >= 8; text += 8, len -= 8) {
		memcpy(&word, text, 8);
		hash = mix(n, hash, word);
	}
	word = 0;
	memcpy(&word, text, len);
	return (uint32_t)mix(n, hash, word);
}

/* Is it the name of that number? */
static bool is_name(const struct names *n, uint32_t number, const char *text, size_t len)
{
	size_t end = number + 1 < n->cnt ? n->offs[number + 1] : n->text.len;

	return end - n->offs[number] - 1 == len && !memcmp(n->text.data + n->offs[number], text, len);
}

/* The slot where @text is, or the free one where it belongs. */
static struct name_slot *find_slot(const struct names *n, const char *text, size_t len, uint32_t hash)
{
	uint32_t i = hash & (n->slot_cnt - 1);

	for (; n->slots[i].number; i = (i + 1) & (n->slot_cnt - 1))
		if (n->slots[i].hash == hash && is_name(n, n->slots[i].number - 1, text, len))
			break;
	return &n->slots[i];
}

static bool grow(struct names *n)
{
	uint32_t cap = n->cap ? n->cap * 2 : 512;
	uint32_t *offs = realloc(n->offs, cap * sizeof(*offs));
	struct name_slot *slots;

	if (!offs)
		return false;
	n->offs = offs;
	slots = calloc(cap * 2u, sizeof(*slots));
	if (!slots)
		return false;
	for (uint32_t i = 0; i < n->slot_cnt; i++) {
		uint32_t at = n->slots[i].hash & (cap * 2u - 1);

		if (!n->slots[i].number)
			continue;
		while (slots[at].number)
			at = (at + 1) & (cap * 2u - 1);
		slots[at] = n->slots[i];
	}
	free(n->slots);
	if (!n->cap) {
		memcpy(n->key, (const void *)getauxval(AT_RANDOM), sizeof(n->key));
		n->key[1] |= 1;
	}
	n->slots = slots;
	n->slot_cnt = cap * 2;
	n->cap = cap;
	return true;
}

uint32_t names_add_bytes(struct names *n, const char *text, size_t len)
{
	struct name_slot *slot;
	uint32_t hash;

	if (n->cnt == n->cap && !grow(n)) {
		n->text.failed = true;
		return NAME_NONE;
	}
	hash = hash_text(n, text, len);
	slot = find_slot(n, text, len, hash);
	if (slot->number)
		return slot->number - 1;
	n->offs[n->cnt] = (uint32_t)n->text.len;
	buf_add(&n->text, text, len + 1);
	if (n->text.failed)
		return NAME_NONE;
	*slot = (struct name_slot){ hash, ++n->cnt };
	return n->cnt - 1;
}

uint32_t names_find(const struct names *n, const char *text)
{
	size_t len = strlen(text);

	return n->slot_cnt ? find_slot(n, text, len, hash_text(n, text, len))->number - 1 : NAME_NONE;
}

void names_free(struct names *n)
{
	buf_free(&n->text);
	free(n->offs);
	free(n->slots);
	*n = (struct names){ 0 };
}
