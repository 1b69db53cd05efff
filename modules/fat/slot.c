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

/* The first entry that is 0 ends the directory: what is after those that are used next must be so too. */
static int end_after(struct fat *fs, struct fat_node *dir, uint32_t index)
{
	struct fat_raw raw;
	uint64_t at;
	int err = fat_slot_read(fs, dir, index, &at, &raw);

	if (err || !raw.name[0])
		return err == -TENON_ENOENT ? 0 : err;
	raw.name[0] = 0;
	return fat_write(fs, at, raw.name, 1);
}

int fat_slot_room(struct fat *fs, struct fat_node *dir, uint32_t cnt, uint32_t *first)
{
	uint32_t index = 0, free_cnt = 0;
	bool ended = false;
	int err = 0;

	for (; free_cnt < cnt && !err; index++) {
		struct fat_raw raw;
		uint64_t at;

		err = fat_slot_read(fs, dir, index, &at, &raw);
		if (err)
			break;
		ended |= !raw.name[0];
		free_cnt = ended || raw.name[0] == FAT_GONE ? free_cnt + 1 : 0;
	}
	*first = index - free_cnt;
	if (!err)
		return ended ? end_after(fs, dir, index) : 0;
	if (err != -TENON_ENOENT)
		return err;
	if ((dir == &fs->root && fs->bits != 32) || *first + cnt > FAT_SLOTS_MAX)
		return -TENON_ENOSPC;
	return fat_grow(fs, dir, fat_clusters_for(fs, (uint64_t)(*first + cnt) * FAT_SLOT));
}
