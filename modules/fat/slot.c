/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The entries that a directory is made of, by their index. A small root directory is not made of clusters. */
#include "fat.h"

int fat_slot_at(struct fat *fs, struct fat_node *dir, uint32_t index, uint64_t *at)
{
	uint64_t offset = (uint64_t)index * FAT_SLOT;
	uint32_t cluster;
	int err;

	if (dir == &fs->root && fs->bits != 32) {
		*at = fs->root_at + offset;
		return index < fs->root_slots ? 0 : -TENON_ENOENT;
	}
	if (!dir->start)
		return volume_broken(&fs->volume, "a directory has no cluster", dir->number);
	if (index >= FAT_SLOTS_MAX)
		return -TENON_ENOENT;
	err = fat_seek(fs, dir, (uint32_t)(offset / fs->cluster_bytes), &cluster);
	if (!err && cluster == FAT_END)
		err = -TENON_ENOENT;
	if (!err)
		*at = fat_cluster_at(fs, cluster) + offset % fs->cluster_bytes;
	return err;
}

int fat_slot_read(struct fat *fs, struct fat_node *dir, uint32_t index, uint64_t *at, struct fat_raw *raw)
{
	int err = fat_slot_at(fs, dir, index, at);

	return err ? err : fat_read(fs, &fs->dir, *at, raw, sizeof(*raw));
}

bool fat_is_long(const struct fat_raw *raw)
{
	return (raw->attributes & 0x3f) == FAT_LONG;
}

/* ---- writing: what is there comes from the volume, not from a window --------------------------------------------- */

static int mistaken(struct fat *fs, uint64_t at)
{
	return volume_broken(&fs->volume, "an entry of a directory is not what it was thought to be, at", at);
}

int fat_slot_write(struct fat *fs, uint64_t at, const void *slot, const uint8_t *old)
{
	const struct fat_raw *raw = slot;
	uint32_t start = raw->start | (fs->bits == 32 ? (uint32_t)raw->start_high << 16 : 0);
	struct fat_raw there;
	int err = volume_read(&fs->volume, at, &there, sizeof(there));

	if (err)
		return err;
	if (old ? memcmp(there.name, old, FAT_SHORT) : there.name[0] && there.name[0] != FAT_GONE)
		return mistaken(fs, at);
	if (!fat_is_long(raw) && start && !fat_cluster_valid(fs, start))
		return volume_broken(&fs->volume, "an entry would begin with what is no cluster", start);
	return fat_write(fs, at, raw, sizeof(*raw));
}

int fat_slot_free(struct fat *fs, uint64_t at, const uint8_t *old)
{
	static const uint8_t gone = FAT_GONE;
	struct fat_raw there;
	int err = volume_read(&fs->volume, at, &there, sizeof(there));

	if (!err && (old ? memcmp(there.name, old, FAT_SHORT) : !fat_is_long(&there)))
		err = mistaken(fs, at);
	return err ? err : fat_write(fs, at, &gone, 1);
}

/* The first entry that is 0, at @end, ends the directory: what is after those that are used next must be so too. */
static int end_after(struct fat *fs, struct fat_node *dir, uint32_t index, uint64_t end)
{
	uint8_t first, next;
	uint64_t at;
	int err = fat_slot_at(fs, dir, index, &at);

	if (!err)
		err = volume_read(&fs->volume, at, &next, 1);
	if (err || !next)
		return err == -TENON_ENOENT ? 0 : err;
	err = volume_read(&fs->volume, end, &first, 1);
	if (!err && first)
		err = mistaken(fs, end);
	next = 0;
	return err ? err : fat_write(fs, at, &next, 1);
}

int fat_slot_room(struct fat *fs, struct fat_node *dir, uint32_t cnt, uint32_t *first)
{
	uint32_t index = 0, free_cnt = 0;
	uint64_t end = 0;
	int err = 0;

	for (; free_cnt < cnt && !err; index++) {
		struct fat_raw raw;
		uint64_t at;

		err = fat_slot_read(fs, dir, index, &at, &raw);
		if (err)
			break;
		if (!end && !raw.name[0])
			end = at;
		free_cnt = end || raw.name[0] == FAT_GONE ? free_cnt + 1 : 0;
	}
	*first = index - free_cnt;
	if (!err)
		return end ? end_after(fs, dir, index, end) : 0;
	if (err != -TENON_ENOENT)
		return err;
	if ((dir == &fs->root && fs->bits != 32) || *first + cnt > FAT_SLOTS_MAX)
		return -TENON_ENOSPC;
	return fat_grow(fs, dir, fat_clusters_for(fs, (uint64_t)(*first + cnt) * FAT_SLOT));
}
