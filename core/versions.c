/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Checksums of imports stand in __versions, or, where names may be longer than 55 bytes, in the two sections
 * __version_ext_crcs and __version_ext_names (include/tenon/fmt/modtables.h); a module that has both forms means the
 * second. Namespaces stand in .modinfo. Both are put into tables first: either list is as long as the file likes.
 */
#include "core/string.h"

#include "core/versions.h"
#include "tenon/fmt/modtables.h"

static int map_open(struct load *l, struct name_map *map, size_t cap)
{
	map->by_name.name_off = offsetof(struct named, name);
	if (!cap)
		return 0;
	map->cap = cap;
	map->items = mem_alloc(l->t, cap * sizeof(*map->items));
	return !map->items || table_reserve(l->t, &map->by_name, cap) ? fail(l->diag, TENON_R_NO_MEMORY) : 0;
}

/* There is room. */
static void map_add(struct load *l, struct name_map *map, const char *name, uint32_t value)
{
	uint32_t hash = table_hash(l->t, name);

	if (table_find(&map->by_name, name, hash))
		return;
	map->items[map->cnt] = (struct named){ name, value };
	table_add(l->t, &map->by_name, &map->items[map->cnt++], hash);
}

static void map_close(struct load *l, struct name_map *map)
{
	table_free(l->t, &map->by_name);
	mem_free(l->t, map->items, map->cap * sizeof(*map->items));
}

static int malformed(struct load *l, const struct load_section *sec, tenon_addr offset)
{
	return fail_at(load_section_diag(l, sec), TENON_R_VERSIONS_MALFORMED, offset);
}

/* __versions: entries of a checksum, as wide as a word, and a name. */
static int read_plain(struct load *l, struct name_map *map)
{
	const struct load_section *sec = load_special(l, SPECIAL_VERSIONS);
	uint32_t name_off = ELF_WORD_BYTES(&l->elf);
	const uint8_t *entry = sec->data;
	int err;

	if (sec->size % TENON_VERSION_BYTES)
		return malformed(l, sec, sec->size);
	err = map_open(l, map, (size_t)(sec->size / TENON_VERSION_BYTES));
	for (tenon_addr at = 0; at < sec->size && !err; at += TENON_VERSION_BYTES, entry += TENON_VERSION_BYTES) {
		if (entry[TENON_VERSION_BYTES - 1])
			err = malformed(l, sec, at);
		else
			map_add(l, map, (const char *)entry + name_off, get_le32(entry));
	}
	return err;
}

/* __version_ext_crcs: checksums; __version_ext_names: as many strings, one behind the other. */
static int read_extended(struct load *l, struct name_map *map)
{
	const struct load_section *crcs = load_special(l, SPECIAL_VERSION_EXT_CRCS);
	const struct load_section *names = load_special(l, SPECIAL_VERSION_EXT_NAMES);
	const char *name = names->data, *end = name + names->size;
	const uint8_t *crc = crcs->data;
	int err;

	if (crcs->size % sizeof(uint32_t))
		return malformed(l, crcs, crcs->size);
	err = map_open(l, map, (size_t)(crcs->size / sizeof(uint32_t)));
	for (tenon_addr at = 0; at < crcs->size && !err; at += sizeof(uint32_t)) {
		const char *nul = name < end ? memchr(name, 0, (size_t)(end - name)) : NULL;

		if (!nul)
			return malformed(l, names, names->size);
		map_add(l, map, name, get_le32(crc + at));
		name = nul + 1;
	}
	return err;
}

static const char *next_space(const struct load *l, const char *space)
{
	return space ? modinfo_get_next(&l->modinfo, "import_ns", space) : modinfo_get(&l->modinfo, "import_ns");
}

static int read_spaces(struct load *l, struct name_map *map)
{
	size_t cnt = 0;
	int err;

	for (const char *space = NULL; (space = next_space(l, space));)
		cnt++;
	err = map_open(l, map, cnt);
	for (const char *space = NULL; !err && (space = next_space(l, space));)
		map_add(l, map, space, 0);
	return err;
}

int versions_open(struct load *l, struct versions *v)
{
	bool extended = l->special[SPECIAL_VERSION_EXT_CRCS];

	return (extended ? read_extended(l, &v->crcs) : read_plain(l, &v->crcs)) ?: read_spaces(l, &v->spaces);
}

void versions_close(struct load *l, struct versions *v)
{
	map_close(l, &v->crcs);
	map_close(l, &v->spaces);
}

bool versions_find(const struct versions *v, const char *name, uint32_t hash, uint32_t *crc)
{
	const struct named *found = table_find(&v->crcs.by_name, name, hash);

	if (found)
		*crc = found->value;
	return found;
}

bool versions_has_space(const struct load *l, const struct versions *v, const char *space)
{
	return v->spaces.cnt && table_find(&v->spaces.by_name, space, table_hash(l->t, space));
}
