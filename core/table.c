/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include "core/string.h"

#include "core/context.h"
#include "core/table.h"

static const char *item_name(const void *item)
{
	return *(const char *const *)item;
}

/* Both halves of a product of words, in one: every bit of @a reaches every bit of it. */
static inline size_t fold(size_t a, size_t b)
{
#if UINTPTR_MAX > 0xffffffffu
	unsigned __int128 product = (unsigned __int128)a * b;
#else
	uint64_t product = (uint64_t)a * b;
#endif
	return (size_t)product ^ (size_t)(product >> (sizeof(a) * 8));
}

/*
 * Folded multiplication, a word at a time, with two secret words: names are an attacker's choice, and who does not know
 * the key cannot choose many that meet in one slot. Names are long, and those of imports are hashed in each load: it is
 * short.
 */
uint32_t table_hash(const struct tenon *t, const char *name)
{
	const size_t seed = t->hash_key[0] ^ (size_t)0x243f6a8885a308d3ull;
	const size_t factor = (t->hash_key[1] ^ (size_t)0x9e3779b97f4a7c15ull) | 1;
	size_t left = strlen(name), h = seed ^ left, word;

	for (; left >= sizeof(word); left -= sizeof(word), name += sizeof(word)) {
		__builtin_memcpy(&word, name, sizeof(word));
		h = fold(h ^ word, factor);
	}
	for (word = 0; left; left--)
		word = word << 8 | (unsigned char)name[left - 1];
	h = fold(h ^ word, factor);
	return (uint32_t)fold(h ^ seed, factor);
}

static void place(struct table *tab, uint32_t hash, const void *item)
{
	uint32_t i = hash & tab->mask;

	while (tab->slots[i].item)
		i = (i + 1) & tab->mask;
	tab->slots[i] = (struct table_slot){ hash, item };
}

static size_t slot_cnt(const struct table *tab)
{
	return tab->slots ? (size_t)tab->mask + 1 : 0;
}

int table_reserve(struct tenon *t, struct table *tab, size_t items)
{
	size_t old_cnt = slot_cnt(tab), cnt = old_cnt ? old_cnt : 8;
	struct table old = *tab;

	/* At most two thirds full. */
	while (items + items / 2 >= cnt)
		cnt *= 2;
	if (cnt == old_cnt)
		return 0;
	tab->slots = mem_alloc(t, cnt * sizeof(*tab->slots));
	if (!tab->slots) {
		*tab = old;
		return -TENON_ENOMEM;
	}
	tab->mask = (uint32_t)(cnt - 1);
	for (size_t i = 0; i < old_cnt; i++)
		if (old.slots[i].item)
			place(tab, old.slots[i].hash, old.slots[i].item);
	mem_free_later(t, old.slots, old_cnt * sizeof(*old.slots));
	return 0;
}

int table_add(struct tenon *t, struct table *tab, const void *item, uint32_t hash)
{
	int err = table_reserve(t, tab, tab->cnt + (size_t)1);

	if (err)
		return err;
	place(tab, hash, item);
	tab->cnt++;
	return 0;
}

void table_remove(const struct tenon *t, struct table *tab, const void *item)
{
	uint32_t hole = table_hash(t, item_name(item)) & tab->mask;

	while (tab->slots[hole].item != item)
		hole = (hole + 1) & tab->mask;
	tab->cnt--;
	/* Close the gap: move back every later item of the run that may stand in the hole (Knuth, vol. 3, 6.4 R). */
	for (uint32_t i = hole;;) {
		tab->slots[hole].item = NULL;
		do {
			i = (i + 1) & tab->mask;
			if (!tab->slots[i].item)
				return;
		} while (((i - tab->slots[i].hash) & tab->mask) < ((i - hole) & tab->mask));
		tab->slots[hole] = tab->slots[i];
		hole = i;
	}
}

const void *table_find(const struct table *tab, const char *name, uint32_t hash)
{
	if (!tab->slots)
		return NULL;
	for (uint32_t i = hash & tab->mask; tab->slots[i].item; i = (i + 1) & tab->mask)
		if (tab->slots[i].hash == hash && !strcmp(item_name(tab->slots[i].item), name))
			return tab->slots[i].item;
	return NULL;
}

void table_free(struct tenon *t, struct table *tab)
{
	mem_free(t, tab->slots, slot_cnt(tab) * sizeof(*tab->slots));
}
