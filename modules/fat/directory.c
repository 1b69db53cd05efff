/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Directories. A name is an entry with its short form, and before it entries with pieces of its long one, the last piece
 * first. Long entries that do not belong to the one after them are as if they were not there.
 */
#include "fat.h"

/* ---- reading ----------------------------------------------------------------------------------------------------- */

struct long_raw {
	uint8_t order, units_a[10], attributes, type, checksum, units_b[12], zero[2], units_c[4];
};
_Static_assert(sizeof(struct long_raw) == FAT_SLOT, "long entry");

struct pieces {
	uint32_t first; /* slot */
	unsigned left;  /* that are still to come; 0: all are there */
	uint8_t checksum;
	bool any;
};

static void add_piece(struct fat *fs, struct pieces *p, const struct fat_raw *raw, uint32_t index)
{
	const struct long_raw *l = (const struct long_raw *)(const void *)raw;
	unsigned order = l->order & ~(unsigned)FAT_LAST_LONG;
	uint16_t *to;

	if (l->order & FAT_LAST_LONG && order && order <= FAT_LONG_MAX) {
		*p = (struct pieces){ .first = index, .left = order, .checksum = l->checksum, .any = true };
		fs->units[order * FAT_SLOT_UNITS] = 0;
	} else if (!p->any || order != p->left || l->checksum != p->checksum || l->order & FAT_LAST_LONG) {
		p->any = false;
		return;
	}
	p->left--;
	to = fs->units + p->left * FAT_SLOT_UNITS;
	memcpy(to, l->units_a, sizeof(l->units_a));
	memcpy(to + 5, l->units_b, sizeof(l->units_b));
	memcpy(to + 11, l->units_c, sizeof(l->units_c));
}

/* fs->name is the long one if there is one that the kernel can have. */
static void set_names(struct fat *fs, const struct pieces *p, const struct fat_raw *raw)
{
	size_t cnt = 0;

	fs->alias_len = fat_from_short(raw, !fs->long_names, fs->alias);
	fs->name_len = 0;
	if (fs->long_names && p->any && !p->left && p->checksum == fat_checksum(raw->name)) {
		while (cnt < FAT_UNITS_MAX && fs->units[cnt])
			cnt++;
		fs->name_len = fat_from_units(fs->units, cnt, fs->name);
	}
	if (fs->name_len && fs->name_len <= FAT_NAME_MAX)
		return;
	fs->name_len = fs->alias_len;
	memcpy(fs->name, fs->alias, fs->alias_len);
}

static bool is_dots(const char *name, size_t len)
{
	return name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'));
}

int fat_next(struct fat *fs, struct fat_node *dir, uint32_t *index, struct fat_place *p)
{
	struct pieces pieces = { .any = false };

	for (;; (*index)++) {
		int err = fat_slot_read(fs, dir, *index, &p->at, &p->raw);

		if (err || !p->raw.name[0])
			return err ? err : -TENON_ENOENT;
		if (fat_is_long(&p->raw) && p->raw.name[0] != FAT_GONE) {
			add_piece(fs, &pieces, &p->raw, *index);
			continue;
		}
		if (p->raw.name[0] != FAT_GONE && !(p->raw.attributes & FAT_LABEL) && p->raw.name[0] != '.') {
			set_names(fs, &pieces, &p->raw);
			if (fs->name_len && !is_dots(fs->name, fs->name_len))
				break;
		}
		pieces.any = false;
	}
	p->first = pieces.any && !pieces.left && pieces.checksum == fat_checksum(p->raw.name) ? pieces.first : *index;
	p->last = (*index)++;
	return 0;
}

int fat_find_short(struct fat *fs, struct fat_node *dir, const uint8_t name[FAT_SHORT])
{
	for (uint32_t index = 0;; index++) {
		struct fat_raw raw;
		uint64_t at;
		int err = fat_slot_read(fs, dir, index, &at, &raw);

		if (err || !raw.name[0])
			return err ? err : -TENON_ENOENT;
		if (!fat_is_long(&raw) && !(raw.attributes & FAT_LABEL) && !memcmp(raw.name, name, FAT_SHORT))
			return 0;
	}
}

/* Is it that of the entry that was read last? @wanted: as a short one, where there are no long ones. */
static bool is_named(const struct fat *fs, const struct fat_place *p, const char *name, size_t len,
		     const uint8_t wanted[FAT_SHORT])
{
	if (!fs->long_names)
		return !memcmp(p->raw.name, wanted, FAT_SHORT);
	return fat_name_equal(fs->name, fs->name_len, name, len) || fat_name_equal(fs->alias, fs->alias_len, name, len);
}

int fat_find(struct fat *fs, struct fat_node *dir, const char *name, size_t len, struct fat_place *p)
{
	uint8_t wanted[FAT_SHORT];
	uint32_t index = 0;
	bool found = false;
	int err = 0;

	len = fat_name_len(name, len);
	if (!len || (!fs->long_names && fat_format_short(name, len, wanted)))
		return -TENON_ENOENT;
	while (!err && !found) {
		err = fat_next(fs, dir, &index, p);
		found = !err && is_named(fs, p, name, len, wanted);
	}
	if (!err && !is_named(fs, p, name, len, wanted)) /* it may be taken away next */
		err = volume_broken(&fs->volume, "another name was found than was looked for, at", p->at);
	return err;
}

int fat_check_empty(struct fat *fs, struct fat_node *dir)
{
	struct fat_place p;
	uint32_t index = 0;
	int err = fat_next(fs, dir, &index, &p);

	return err == -TENON_ENOENT ? 0 : err ? err : -TENON_ENOTEMPTY;
}

long fat_list(struct fat *fs, struct fat_node *dir, uint64_t position, uint8_t *entries, size_t room)
{
	uint32_t index = position < FAT_SLOTS_MAX ? (uint32_t)position : FAT_SLOTS_MAX;
	size_t done = 0;

	for (;;) {
		struct tenon_filesystem_entry e = { .size = sizeof(e) };
		struct fat_place p;
		int err = fat_next(fs, dir, &index, &p);
		size_t bytes = (sizeof(e) + fs->name_len + 7) & ~7ul;

		if (err == -TENON_ENOENT || (!err && bytes > room - done))
			return (long)done;
		if (err)
			return done ? (long)done : err;
		e.mode = p.raw.attributes & FAT_DIR ? FAT_MODE_DIR : FAT_MODE_FILE;
		e.number = fat_number_at(fs, p.at);
		e.next = index;
		e.name_len = (uint32_t)fs->name_len;
		memset(entries + done, 0, bytes);
		memcpy(entries + done, &e, sizeof(e));
		memcpy(entries + done + sizeof(e), fs->name, fs->name_len);
		done += bytes;
	}
}

/* ---- changing ---------------------------------------------------------------------------------------------------- */

/* A piece of the long name, which is in fs->units with its end and what fills the last piece. */
static void set_piece(const struct fat *fs, unsigned order, unsigned cnt, uint8_t checksum, struct long_raw *l)
{
	const uint16_t *from = fs->units + (order - 1) * FAT_SLOT_UNITS;

	*l = (struct long_raw){ .order = (uint8_t)(order | (order == cnt ? FAT_LAST_LONG : 0)),
				.attributes = FAT_LONG,
				.checksum = checksum };
	memcpy(l->units_a, from, sizeof(l->units_a));
	memcpy(l->units_b, from + 5, sizeof(l->units_b));
	memcpy(l->units_c, from + 11, sizeof(l->units_c));
}

/* Return: how many pieces it takes, or a negative errno. */
static int begin_long(struct fat *fs, const char *name, size_t len)
{
	int cnt = fat_to_units(name, len, fs->units), pieces = (cnt + FAT_SLOT_UNITS - 1) / FAT_SLOT_UNITS;

	if (cnt < 0)
		return cnt;
	for (int i = cnt; i < pieces * FAT_SLOT_UNITS; i++)
		fs->units[i] = i == cnt ? 0 : 0xffff;
	return pieces;
}

int fat_add(struct fat *fs, struct fat_node *dir, const char *name, size_t len, const struct fat_raw *raw,
	    struct fat_place *p)
{
	struct long_raw l;
	bool needs_long;
	int cnt = 0, err;
	uint64_t at;

	len = fat_name_len(name, len);
	p->raw = *raw;
	err = fat_make_short(fs, dir, name, len, p->raw.name, &needs_long);
	if (!err && needs_long)
		cnt = begin_long(fs, name, len); /* nothing is read from here on that would use fs->units */
	if (!err && cnt < 0)
		err = cnt;
	if (!err)
		err = fat_slot_room(fs, dir, (uint32_t)cnt + 1, &p->first);
	for (int i = 0; i < cnt && !err; i++) {
		set_piece(fs, (unsigned)(cnt - i), (unsigned)cnt, fat_checksum(p->raw.name), &l);
		err = fat_slot_at(fs, dir, p->first + (uint32_t)i, &at);
		if (!err)
			err = fat_slot_write(fs, at, &l, NULL);
	}
	p->last = p->first + (uint32_t)cnt;
	if (!err)
		err = fat_slot_at(fs, dir, p->last, &p->at);
	return err ? err : fat_slot_write(fs, p->at, &p->raw, NULL);
}

/* The short one first: what is left of a long name then means nothing. */
int fat_remove(struct fat *fs, struct fat_node *dir, const struct fat_place *p)
{
	int err = 0;

	for (uint32_t i = p->last + 1; i-- > p->first && !err;) {
		uint64_t at;

		err = fat_slot_at(fs, dir, i, &at);
		if (!err)
			err = fat_slot_free(fs, at, i == p->last ? p->raw.name : NULL);
	}
	return err;
}
