/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include "core/string.h"

#include "core/context.h"
#include "core/table.h"

static const char *item_name(const struct table *tab, const void *item)
{
	return *(const char *const *)((const char *)item + tab->name_off);
}

/*
 * SipHash-1-3 with words of the CPU (HalfSipHash where they have 32 bits; Aumasson and Bernstein, "SipHash: a fast
 * short-input PRF"): names are an attacker's choice, and without the key nobody finds many that meet in one slot.
 */
#define WIDE (sizeof(size_t) == 8)
#define CONSTANT(wide, narrow) (WIDE ? (size_t)(wide) : (narrow))

static inline size_t rotl(size_t x, unsigned int wide, unsigned int narrow)
{
	unsigned int n = WIDE ? wide : narrow;

	return x << n | x >> (sizeof(x) * 8 - n);
}

struct sip {
	size_t v0, v1, v2, v3;
};

static inline void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v2 += s->v3;
	s->v1 = rotl(s->v1, 13, 5) ^ s->v0;
	s->v3 = rotl(s->v3, 16, 8) ^ s->v2;
	s->v0 = rotl(s->v0, 32, 16);
	s->v2 += s->v1;
	s->v0 += s->v3;
	s->v1 = rotl(s->v1, 17, 13) ^ s->v2;
	s->v3 = rotl(s->v3, 21, 7) ^ s->v0;
	s->v2 = rotl(s->v2, 32, 16);
}

static inline void sip_word(struct sip *s, size_t word)
{
	s->v3 ^= word;
	sip_round(s);
	s->v0 ^= word;
}

uint32_t table_hash(const struct tenon *t, const char *name)
{
	size_t len = strlen(name), left = len, word, last = 0;
	struct sip s = { t->hash_key[0] ^ CONSTANT(0x736f6d6570736575ull, 0),
			 t->hash_key[1] ^ CONSTANT(0x646f72616e646f6dull, 0),
			 t->hash_key[0] ^ CONSTANT(0x6c7967656e657261ull, 0x6c796765),
			 t->hash_key[1] ^ CONSTANT(0x7465646279746573ull, 0x74656462) };

	for (; left >= sizeof(word); left -= sizeof(word), name += sizeof(word)) {
		__builtin_memcpy(&word, name, sizeof(word));
		sip_word(&s, word);
	}
	while (left--)
		last = last << 8 | (unsigned char)name[left];
	sip_word(&s, last | len << (sizeof(len) * 8 - 8));
	s.v2 ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(&s);
	return (uint32_t)(WIDE ? s.v0 ^ s.v1 ^ s.v2 ^ s.v3 : s.v1 ^ s.v3);
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
	mem_free(t, old.slots, old_cnt * sizeof(*old.slots));
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
	uint32_t hole = table_hash(t, item_name(tab, item)) & tab->mask;

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
		if (tab->slots[i].hash == hash && !strcmp(item_name(tab, tab->slots[i].item), name))
			return tab->slots[i].item;
	return NULL;
}

void table_free(struct tenon *t, struct table *tab)
{
	mem_free(t, tab->slots, slot_cnt(tab) * sizeof(*tab->slots));
	*tab = (struct table){ .name_off = tab->name_off };
}
