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

static uint64_t word_at(const char *text)
{
	uint64_t word;

	memcpy(&word, text, sizeof(word));
	return word;
}

/* The last word of a longer text overlaps the one before. */
static uint32_t hash_text(const struct names *n, const char *text, size_t len)
{
	uint64_t hash = len, word = 0;
	const char *last = text + len - sizeof(word);

	if (len < sizeof(word)) {
		memcpy(&word, text, len);
		return (uint32_t)mix(n, hash, word);
	}
	for (; text < last; text += sizeof(word))
		hash = mix(n, hash, word_at(text));
	return (uint32_t)mix(n, hash, word_at(last));
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

	for (; n->slots[i].number != NAME_NONE; i = (i + 1) & (n->slot_cnt - 1))
		if (n->slots[i].hash == hash && is_name(n, n->slots[i].number, text, len))
			break;
	return &n->slots[i];
}

static bool grow(struct names *n)
{
	uint32_t cap = n->cap ? n->cap * 2 : NAMES_AT_ONCE;
	uint32_t *offs = realloc(n->offs, cap * sizeof(*offs));
	struct name_slot *slots;

	if (!offs)
		return false;
	n->offs = offs;
	slots = malloc(cap * 2u * sizeof(*slots));
	if (!slots)
		return false;
	/* A page of zeros from the kernel that is first read and then written costs two faults and interrupts other threads. */
	memset(slots, 0xff, cap * 2u * sizeof(*slots));
	for (uint32_t i = 0; i < n->slot_cnt; i++) {
		uint32_t at = n->slots[i].hash & (cap * 2u - 1);

		if (n->slots[i].number == NAME_NONE)
			continue;
		while (slots[at].number != NAME_NONE)
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

static uint32_t add(struct names *n, const struct name *name, uint32_t hash)
{
	struct name_slot *slot = find_slot(n, name->text, name->len, hash);

	if (slot->number != NAME_NONE)
		return slot->number;
	n->offs[n->cnt] = (uint32_t)n->text.len;
	buf_add(&n->text, name->text, name->len + 1);
	if (n->text.failed)
		return NAME_NONE;
	*slot = (struct name_slot){ hash, n->cnt };
	return n->cnt++;
}

void names_add_all(struct names *n, const struct name *names, uint32_t cnt, uint32_t *numbers)
{
	uint32_t hashes[NAMES_AT_ONCE];

	if (n->cap - n->cnt < cnt && !grow(n)) {
		n->text.failed = true;
		memset(numbers, 0xff, cnt * sizeof(*numbers));
		return;
	}
	for (uint32_t i = 0; i < cnt; i++) {
		hashes[i] = hash_text(n, names[i].text, names[i].len);
		__builtin_prefetch(&n->slots[hashes[i] & (n->slot_cnt - 1)]);
	}
	for (uint32_t i = 0; i < cnt; i++) {
		uint32_t number = n->slots[hashes[i] & (n->slot_cnt - 1)].number;

		if (number != NAME_NONE)
			__builtin_prefetch(n->text.data + n->offs[number]);
	}
	for (uint32_t i = 0; i < cnt; i++)
		numbers[i] = add(n, &names[i], hashes[i]);
}

uint32_t names_find(const struct names *n, const char *text)
{
	size_t len = strlen(text);

	return n->slot_cnt ? find_slot(n, text, len, hash_text(n, text, len))->number : NAME_NONE;
}

void names_free(struct names *n)
{
	buf_free(&n->text);
	free(n->offs);
	free(n->slots);
	*n = (struct names){ 0 };
}
