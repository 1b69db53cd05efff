/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A hash table with open addressing over one block of text. */
#include "lib/names.h"

/* FNV-1a, with the length as by-product. */
static uint32_t hash_text(const char *text, size_t *len)
{
	uint32_t hash = 2166136261u;
	size_t i;

	for (i = 0; text[i]; i++)
		hash = (hash ^ (uint8_t)text[i]) * 16777619u;
	*len = i;
	return hash ^ hash >> 15;
}

/* The slot where @text is, or the free one where it belongs. */
static uint32_t find_slot(const struct names *n, const char *text, uint32_t hash)
{
	uint32_t slot = hash & (n->slot_cnt - 1);

	for (; n->slots[slot]; slot = (slot + 1) & (n->slot_cnt - 1)) {
		const struct name *name = &n->all[n->slots[slot] - 1];

		if (name->hash == hash && !strcmp(n->text.data + name->off, text))
			break;
	}
	return slot;
}

static bool grow(struct names *n)
{
	uint32_t cap = n->cap ? n->cap * 2 : 512;
	struct name *all = realloc(n->all, cap * sizeof(*all));
	uint32_t *slots;

	if (!all)
		return false;
	n->all = all;
	slots = calloc(cap * 2u, sizeof(*slots));
	if (!slots)
		return false;
	free(n->slots);
	n->slots = slots;
	n->slot_cnt = cap * 2;
	n->cap = cap;
	for (uint32_t i = 0; i < n->cnt; i++) {
		uint32_t slot = all[i].hash & (n->slot_cnt - 1);

		while (slots[slot])
			slot = (slot + 1) & (n->slot_cnt - 1);
		slots[slot] = i + 1;
	}
	return true;
}

uint32_t names_add(struct names *n, const char *text)
{
	size_t len;
	uint32_t hash = hash_text(text, &len), slot;

	if (n->cnt == n->cap && !grow(n))
		return NAME_NONE;
	slot = find_slot(n, text, hash);
	if (n->slots[slot])
		return n->slots[slot] - 1;
	n->all[n->cnt] = (struct name){ hash, (uint32_t)n->text.len };
	buf_add(&n->text, text, len + 1);
	if (n->text.failed)
		return NAME_NONE;
	n->slots[slot] = ++n->cnt;
	return n->cnt - 1;
}

uint32_t names_find(const struct names *n, const char *text)
{
	size_t len;
	uint32_t hash = hash_text(text, &len);

	return n->slot_cnt ? n->slots[find_slot(n, text, hash)] - 1 : NAME_NONE;
}

void names_free(struct names *n)
{
	buf_free(&n->text);
	free(n->all);
	free(n->slots);
	*n = (struct names){ 0 };
}
