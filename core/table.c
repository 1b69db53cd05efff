/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include "core/string.h"

#include "core/context.h"
#include "core/table.h"

static const char *item_name(const struct table *tab, const void *item)
{
	return *(const char *const *)((const char *)item + tab->name_off);
}

/* A word at a time: names are long, and those of imports are hashed twice in each load. */
uint32_t table_hash(const char *name)
{
	size_t left = strlen(name), h = left, word;

	for (; left >= sizeof(word); left -= sizeof(word), name += sizeof(word)) {
		__builtin_memcpy(&word, name, sizeof(word));
		h = (h ^ word) * (size_t)0x9e3779b97f4a7c15ull;
		h ^= h >> (sizeof(h) * 4 - 1);
	}
	for (; left; left--)
		h = (h ^ (unsigned char)*name++) * 0x01000193u;
	/* What distinguishes names is mostly in the last bytes, which are in the high bits now. */
	h *= (size_t)0xff51afd785ebca6bull;
	return (uint32_t)(h ^ h >> (sizeof(h) * 4));
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

int table_add(struct tenon *t, struct table *tab, const void *item, uint32_t hash)
{
	size_t cnt = slot_cnt(tab);
	struct table old = *tab;

	/* At most two thirds full. */
	if (tab->cnt + tab->cnt / 2 + 1 >= cnt) {
		tab->mask = cnt ? (uint32_t)cnt * 2 - 1 : 7;
		tab->slots = mem_alloc(t, (tab->mask + (size_t)1) * sizeof(*tab->slots));
		if (!tab->slots) {
			*tab = old;
			return -TENON_ENOMEM;
		}
		for (size_t i = 0; i < cnt; i++)
			if (old.slots[i].item)
				place(tab, old.slots[i].hash, old.slots[i].item);
		mem_free(t, old.slots, cnt * sizeof(*old.slots));
	}
	place(tab, hash, item);
	tab->cnt++;
	return 0;
}

void table_remove(struct table *tab, const void *item)
{
	uint32_t hole = table_hash(item_name(tab, item)) & tab->mask;

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
