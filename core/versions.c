/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Checksums of imports stand in __versions (include/tenon/fmt/modtables.h), namespaces in .modinfo. Neither is searched
 * from its beginning for each import: either is as long as the file likes.
 */
#include "core/string.h"

#include "core/personality.h"
#include "core/versions.h"
#include "tenon/fmt/modtables.h"

int name_map_open(struct load *l, struct name_map *map, size_t cap)
{
	if (!cap)
		return 0;
	map->cap = cap;
	map->items = mem_alloc(l->t, cap * sizeof(*map->items));
	return !map->items || table_reserve(l->t, &map->by_name, cap) ? -TENON_ENOMEM : 0;
}

void name_map_add(struct load *l, struct name_map *map, const char *name, uint32_t value)
{
	uint32_t hash = table_hash(l->t, name);

	if (table_find(&map->by_name, name, hash))
		return;
	map->items[map->cnt] = (struct named){ name, value };
	table_add(l->t, &map->by_name, &map->items[map->cnt++], hash);
}

static void name_map_close(struct load *l, struct name_map *map)
{
	table_free(l->t, &map->by_name);
	mem_free(l->t, map->items, map->cap * sizeof(*map->items));
}

/* Each name ends within its entry. */
static int check_plain(struct load *l)
{
	const struct load_section *sec = load_special(l, SPECIAL_VERSIONS);
	const uint8_t *entries = sec->data;

	if (sec->size % TENON_VERSION_BYTES)
		return load_fail_at(l, TENON_R_VERSIONS_MALFORMED, sec, sec->size);
	for (tenon_addr at = 0; at < sec->size; at += TENON_VERSION_BYTES)
		if (entries[at + TENON_VERSION_BYTES - 1])
			return load_fail_at(l, TENON_R_VERSIONS_MALFORMED, sec, at);
	return 0;
}

int versions_read(struct load *l, struct name_map *map)
{
	const struct load_section *sec = load_special(l, SPECIAL_VERSIONS);
	const uint8_t *entries = sec->data; /* NULL if there are none */
	int err = name_map_open(l, map, (size_t)(sec->size / TENON_VERSION_BYTES));

	for (tenon_addr at = 0; at < sec->size && !err; at += TENON_VERSION_BYTES) /* check_plain() has passed */
		name_map_add(l, map, (const char *)entries + at + ELF_WORD_BYTES(&l->elf), get_le32(entries + at));
	return err;
}

static int read_spaces(struct load *l, struct name_map *map)
{
	size_t cnt = 0;
	int err;

	for (const char *space = NULL; (space = modinfo_get_next(&l->modinfo, "import_ns", space));)
		cnt++;
	err = name_map_open(l, map, cnt);
	for (const char *space = NULL; !err && (space = modinfo_get_next(&l->modinfo, "import_ns", space));)
		name_map_add(l, map, space, 0);
	return err;
}

int versions_open(struct load *l, struct versions *v)
{
	const struct load_section *sec = load_special(l, SPECIAL_VERSIONS);

	v->next = sec->data;
	if (!l->special[SPECIAL_VERSION_EXT_CRCS])
		v->left = (uint32_t)(sec->size / TENON_VERSION_BYTES);
	return check_plain(l) ?: read_spaces(l, &v->spaces);
}

void versions_close(struct load *l, struct versions *v)
{
	name_map_close(l, &v->crcs);
	name_map_close(l, &v->spaces);
}

int versions_find(struct load *l, struct versions *v, const char *name, uint32_t hash, uint32_t *crc)
{
	const struct named *found;
	int err;

	/* Linkers and modpost keep the order of symbols, so nearly always it is the next one. */
	if (v->left && !strcmp((const char *)v->next + ELF_WORD_BYTES(&l->elf), name)) {
		*crc = get_le32(v->next);
		v->next += TENON_VERSION_BYTES;
		v->left--;
		return 1;
	}
	v->left = 0;
	err = v->tabled ? 0 : l->kind->ops->versions(l, &v->crcs);
	if (err)
		return err;
	v->tabled = true;
	found = table_find(&v->crcs.by_name, name, hash);
	if (found)
		*crc = found->value;
	return found != NULL;
}

bool versions_has_space(const struct load *l, const struct versions *v, const char *space)
{
	return table_find(&v->spaces.by_name, space, table_hash(l->t, space));
}
