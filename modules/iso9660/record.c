/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Directory records, and the bytes of the volume that they lie in. */
#include "../shared/calendar.h"
#include "iso9660.h"

int iso_load(struct iso *fs, struct iso_buffer *b, uint64_t sector)
{
	int err;

	if (b->sector == sector && sector)
		return 0;
	b->sector = 0;
	if (!sector || sector >= fs->sector_cnt)
		return volume_broken(&fs->volume, "something is not on the volume, sector", sector);
	err = volume_read(&fs->volume, sector * ISO_SECTOR, b->bytes, ISO_SECTOR);
	if (!err)
		b->sector = sector;
	return err;
}

bool iso_has(const struct iso *fs, uint64_t start, uint64_t bytes)
{
	uint64_t all = fs->sector_cnt * ISO_SECTOR;

	return start <= all && bytes <= all - start;
}

uint64_t iso_time_ns(const uint8_t *at)
{
	int64_t seconds;

	if (at[0] < 70 || !at[1] || at[1] > 12 || !at[2])
		return 0;
	seconds = calendar_days(1900u + at[0], at[1], at[2]) * SECONDS_PER_DAY + at[3] * 3600 + at[4] * 60 + at[5];
	seconds -= (int8_t)at[6] * 900;
	return seconds > 0 ? (uint64_t)seconds * NS_PER_SECOND : 0;
}

/* Without Rock Ridge: in small letters, without the version, and without a dot at the end. */
static void plain_name(const struct iso_record *r, struct iso_node *n)
{
	const uint8_t *name = (const uint8_t *)(r + 1);

	n->name_len = 0;
	while (n->name_len < r->name_len && name[n->name_len] != ';') {
		char c = (char)name[n->name_len];

		n->name[n->name_len++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	if (n->name_len > 1 && n->name[n->name_len - 1] == '.')
		n->name_len--;
}

static void plain(const struct iso_record *r, struct iso_node *n)
{
	bool is_dir = r->flags & ISO_DIRECTORY;
	const uint8_t *name = (const uint8_t *)(r + 1);

	n->start = ((uint64_t)iso_u32(r->extent) + r->attribute_sectors) * ISO_SECTOR;
	n->bytes = iso_u32(r->size);
	n->mode = is_dir ? ISO_MODE_DIR | 0555 : ISO_MODE_FILE | 0555;
	n->link_cnt = is_dir ? 2 : 1;
	n->accessed_ns = n->modified_ns = n->changed_ns = iso_time_ns(r->time);
	n->hidden = r->flags & ISO_ASSOCIATED || !r->name_len || (r->name_len == 1 && *name <= 1);
	plain_name(r, n);
}

/* What a record says must go together, and be on the volume. */
static int check(struct iso *fs, const struct iso_record *r, struct iso_node *n)
{
	bool is_dir = (n->mode & ISO_MODE_TYPE) == ISO_MODE_DIR;

	if (n->is_moved) /* its directory record says what it is like */
		return 0;
	if (is_dir != ((r->flags & ISO_DIRECTORY) != 0))
		return volume_broken(&fs->volume, "a record is a directory and is none", n->number);
	if (r->unit || r->gap || r->flags & ISO_CONTINUED)
		return volume_broken(&fs->volume, "a file is in several pieces", n->number);
	if (!iso_has(fs, n->start, n->bytes) || (is_dir && !n->bytes))
		return volume_broken(&fs->volume, "contents are not on the volume", n->number);
	return 0;
}

int iso_get(struct iso *fs, uint64_t at, struct iso_node *n)
{
	uint32_t offset = (uint32_t)(at % ISO_SECTOR), used;
	const struct iso_record *r;
	int err = iso_load(fs, &fs->directory, at / ISO_SECTOR);

	if (err)
		return err;
	r = (const struct iso_record *)(fs->directory.bytes + offset);
	if (ISO_SECTOR - offset < sizeof(*r) || !r->bytes)
		return -TENON_ENOENT;
	used = ((uint32_t)sizeof(*r) + r->name_len + 1) & ~1u;
	if (r->bytes > ISO_SECTOR - offset || r->bytes < sizeof(*r) + r->name_len)
		return volume_broken(&fs->volume, "a directory is damaged", at);
	memset(n, 0, offsetof(struct iso_node, name));
	n->number = at;
	n->next = at + r->bytes;
	plain(r, n);
	if (fs->rock_ridge && r->bytes > used + fs->skip)
		err = iso_rock_ridge(fs, (const uint8_t *)r + used + fs->skip, r->bytes - used - fs->skip, n);
	return err ? err : check(fs, r, n);
}

int iso_get_node(struct iso *fs, uint64_t number, struct iso_node *n)
{
	int err = iso_get(fs, number, n);

	if (!err && (n->mode & ISO_MODE_TYPE) == ISO_MODE_DIR && n->start != number)
		err = -TENON_EUCLEAN;
	return err == -TENON_ENOENT ? volume_broken(&fs->volume, "there is no record", number) : err;
}

/* A directory is its own first record, which another one leads to. */
static int follow(struct iso *fs, struct iso_node *n)
{
	struct iso_node own;
	int err;

	if (!n->is_moved && (n->mode & ISO_MODE_TYPE) != ISO_MODE_DIR)
		return 0;
	err = iso_get_node(fs, n->start, &own);
	if (!err && (own.mode & ISO_MODE_TYPE) != ISO_MODE_DIR)
		err = volume_broken(&fs->volume, "a directory has no record of its own", n->start);
	if (err)
		return err;
	own.next = n->next;
	own.hidden = n->hidden;
	own.name_len = n->name_len;
	memcpy(own.name, n->name, n->name_len);
	*n = own;
	return 0;
}

int iso_next(struct iso *fs, const struct iso_node *dir, uint64_t *position, struct iso_node *n)
{
	while (*position < dir->bytes) {
		int err = iso_get(fs, dir->start + *position, n);

		if (err == -TENON_ENOENT) { /* no record crosses the end of a sector */
			*position = (*position / ISO_SECTOR + 1) * ISO_SECTOR;
			continue;
		}
		if (err)
			return err;
		*position = n->next - dir->start;
		if (!n->hidden)
			return follow(fs, n);
	}
	return -TENON_ENOENT;
}
