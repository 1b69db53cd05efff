/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Bytes of the volume, and the table that says of each cluster which one comes after it. All copies of it are kept equal. */
#include "fat.h"

/* ---- bytes ------------------------------------------------------------------------------------------------------- */

static int load(struct fat *fs, struct fat_window *w, uint64_t at)
{
	uint64_t start = at & ~(uint64_t)(FAT_WINDOW - 1), left = fs->volume_bytes - start;
	size_t bytes = left < FAT_WINDOW ? (size_t)left : FAT_WINDOW;
	int err;

	if (w->bytes && w->at == start)
		return 0;
	w->bytes = 0;
	err = volume_read(&fs->volume, start, w->data, bytes);
	if (err)
		return err;
	w->at = start;
	w->bytes = bytes;
	return 0;
}

int fat_read(struct fat *fs, struct fat_window *w, uint64_t at, void *to, size_t bytes)
{
	uint8_t *out = to;

	while (bytes) {
		size_t skip, part;
		int err = at < fs->volume_bytes ? load(fs, w, at) : -TENON_EUCLEAN;

		if (err)
			return err;
		skip = (size_t)(at - w->at);
		if (skip >= w->bytes)
			return -TENON_EUCLEAN;
		part = w->bytes - skip < bytes ? w->bytes - skip : bytes;
		memcpy(out, w->data + skip, part);
		out += part;
		at += part;
		bytes -= part;
	}
	return 0;
}

/* What a window has of it is written there too. */
static void update(struct fat_window *w, uint64_t at, const uint8_t *from, size_t bytes)
{
	uint64_t start = at > w->at ? at : w->at, end = at + bytes < w->at + w->bytes ? at + bytes : w->at + w->bytes;

	if (w->bytes && start < end)
		memcpy(w->data + (start - w->at), from + (start - at), (size_t)(end - start));
}

static int write_bytes(struct fat *fs, uint64_t at, const void *from, size_t bytes)
{
	int err = volume_write(&fs->volume, at, from, bytes);

	if (err)
		return err;
	update(&fs->table, at, from, bytes);
	update(&fs->dir, at, from, bytes);
	return 0;
}

int fat_write(struct fat *fs, uint64_t at, const void *from, size_t bytes)
{
	if (at < fs->root_at)
		return volume_broken(&fs->volume, "what is not of a directory would be written at", at);
	return write_bytes(fs, at, from, bytes);
}

uint64_t fat_cluster_at(const struct fat *fs, uint32_t cluster)
{
	return fs->data_at + (uint64_t)(cluster - FAT_FIRST) * fs->cluster_bytes;
}

bool fat_cluster_valid(const struct fat *fs, uint32_t cluster)
{
	return cluster >= FAT_FIRST && cluster < fs->cluster_end;
}

/* ---- entries ----------------------------------------------------------------------------------------------------- */

/* Where a cluster's entry begins; FAT12 has two in three bytes. */
static uint64_t entry_offset(const struct fat *fs, uint32_t cluster)
{
	return (uint64_t)cluster * fs->bits / 8;
}

static size_t entry_bytes(const struct fat *fs)
{
	return fs->bits == 32 ? 4 : 2;
}

static uint32_t entry_mask(const struct fat *fs)
{
	return fs->bits == 32 ? 0x0fffffff : (1u << fs->bits) - 1;
}

static unsigned entry_shift(const struct fat *fs, uint32_t cluster)
{
	return fs->bits == 12 && cluster % 2 ? 4 : 0;
}

/* @whole: with what of its bytes is not the entry's. */
static int read_entry(struct fat *fs, uint32_t cluster, uint32_t *value, uint32_t *whole)
{
	int err;

	*whole = 0;
	err = fat_read(fs, &fs->table, fs->table_at + entry_offset(fs, cluster), whole, entry_bytes(fs));
	*value = *whole >> entry_shift(fs, cluster) & entry_mask(fs);
	return err;
}

/* Into one of the copies: what is behind the last one is the root. */
static int write_table(struct fat *fs, uint64_t at, const void *from, size_t bytes)
{
	if (at < fs->table_at || at + bytes > fs->root_at)
		return volume_broken(&fs->volume, "what is not of the table would be written at", at);
	return write_bytes(fs, at, from, bytes);
}

/* What follows a cluster, by its entry. */
static uint32_t follower(const struct fat *fs, uint32_t value)
{
	return value >= (entry_mask(fs) & ~7u) ? FAT_END : value;
}

/* The entry says @old on the volume, which may be 0, as @value: it is free. */
static int write_entry(struct fat *fs, uint32_t cluster, uint32_t old, uint32_t value)
{
	uint32_t mask = entry_mask(fs), shift = entry_shift(fs, cluster), is, whole, there = 0;
	int err = read_entry(fs, cluster, &is, &whole);

	if (!err)
		err = volume_read(&fs->volume, fs->table_at + entry_offset(fs, cluster), &there, entry_bytes(fs));
	if (!err && (there != whole || follower(fs, there >> shift & mask) != old || !fat_cluster_valid(fs, cluster) ||
		     (value && value != FAT_END && !fat_cluster_valid(fs, value))))
		err = volume_broken(&fs->volume, "the table does not say what it was thought to, of", cluster);
	whole = (whole & ~(mask << shift)) | (value & mask) << shift;
	for (unsigned i = 0; i < fs->table_cnt && !err; i++)
		err = write_table(fs, fs->table_at + i * fs->table_bytes + entry_offset(fs, cluster), &whole,
				  entry_bytes(fs));
	return err;
}

int fat_next_cluster(struct fat *fs, uint32_t cluster, uint32_t *next)
{
	uint32_t value, whole;
	int err = read_entry(fs, cluster, &value, &whole);

	if (err)
		return err;
	*next = follower(fs, value);
	if (*next != FAT_END && !fat_cluster_valid(fs, value))
		return volume_broken(&fs->volume, "a chain leads to what is no cluster, after", cluster);
	return 0;
}

int fat_set_next(struct fat *fs, uint32_t cluster, uint32_t old, uint32_t next)
{
	return write_entry(fs, cluster, old, next);
}

/* ---- free ones --------------------------------------------------------------------------------------------------- */

int fat_take(struct fat *fs, uint32_t *cluster)
{
	uint32_t at = fat_cluster_valid(fs, fs->next_free) ? fs->next_free : FAT_FIRST;

	for (uint32_t left = fs->cluster_end - FAT_FIRST; left; left--) {
		uint32_t value, whole;
		int err = read_entry(fs, at, &value, &whole);

		if (!err && !value)
			err = write_entry(fs, at, 0, FAT_END);
		if (err)
			return err;
		if (!value) {
			*cluster = at;
			fs->next_free = at + 1;
			if (fs->free_cnt != FAT_UNKNOWN && fs->free_cnt)
				fs->free_cnt--;
			return 0;
		}
		at = at + 1 < fs->cluster_end ? at + 1 : FAT_FIRST;
	}
	fs->free_cnt = 0;
	return -TENON_ENOSPC;
}

/* Each becomes free on the way, so a cycle ends where it began. */
int fat_give(struct fat *fs, uint32_t cluster)
{
	while (cluster != FAT_END) {
		uint32_t next;
		int err = fat_next_cluster(fs, cluster, &next);

		if (!err)
			err = write_entry(fs, cluster, next, 0);
		if (err)
			return err;
		if (fs->free_cnt != FAT_UNKNOWN)
			fs->free_cnt++;
		if (cluster < fs->next_free)
			fs->next_free = cluster;
		cluster = next;
	}
	return 0;
}

int fat_count_free(struct fat *fs)
{
	uint32_t cnt = 0;

	for (uint32_t c = FAT_FIRST; c < fs->cluster_end; c++) {
		uint32_t value, whole;
		int err = read_entry(fs, c, &value, &whole);

		if (err)
			return err;
		cnt += !value;
	}
	fs->free_cnt = cnt;
	return 0;
}
