/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The clusters of a node. A walk goes on from where the last one ended, or backwards from a mark: each FAT_MARKED-th cluster
 * that a walk has come to is one, so that it is never farther than that. A chain that is longer than there are clusters is a
 * cycle.
 */
#include "fat.h"

enum { FAT_MARKED = 256 };

uint32_t fat_clusters_for(const struct fat *fs, uint64_t bytes)
{
	return (uint32_t)((bytes + fs->cluster_bytes - 1) / fs->cluster_bytes);
}

/* @cluster, the @index-th, is a mark if it is the next one. Without memory there are fewer, and walks are longer. */
static void mark(struct fat_node *n, uint32_t index, uint32_t cluster)
{
	if (index != (n->mark_cnt + 1) * FAT_MARKED)
		return;
	if (n->mark_cnt == n->mark_room) {
		uint32_t room = n->mark_room ? n->mark_room * 2 : 8;
		uint32_t *marks = tenon_alloc(THIS_MODULE, room * sizeof(*marks));

		if (!marks)
			return;
		memcpy(marks, n->marks, n->mark_cnt * sizeof(*marks));
		tenon_free(n->marks);
		n->marks = marks;
		n->mark_room = room;
	}
	n->marks[n->mark_cnt++] = cluster;
}

/* The last cluster before @index, or that one, whose place is known. Return: its index. */
static uint32_t nearest(const struct fat_node *n, uint32_t index, uint32_t *cluster)
{
	uint32_t marks = index / FAT_MARKED < n->mark_cnt ? index / FAT_MARKED : n->mark_cnt;

	if (n->cursor_cluster && n->cursor_index <= index && n->cursor_index >= marks * FAT_MARKED) {
		*cluster = n->cursor_cluster;
		return n->cursor_index;
	}
	*cluster = marks ? n->marks[marks - 1] : n->start;
	return marks * FAT_MARKED;
}

int fat_seek(struct fat *fs, struct fat_node *n, uint32_t index, uint32_t *cluster)
{
	uint32_t at;

	*cluster = FAT_END;
	if (!n->start || index >= n->chain_cnt)
		return 0;
	if (!fat_cluster_valid(fs, n->start))
		return volume_broken(&fs->volume, "a chain begins with what is no cluster", n->start);
	if (index >= fs->cluster_end)
		return volume_broken(&fs->volume, "a chain is a cycle, from", n->start);
	at = nearest(n, index, cluster);
	for (; at < index && *cluster != FAT_END; at++) {
		int err = fat_next_cluster(fs, *cluster, cluster);

		if (err)
			return err;
		if (*cluster != FAT_END)
			mark(n, at + 1, *cluster);
	}
	if (*cluster == FAT_END) {
		n->chain_cnt = at;
		return 0;
	}
	n->cursor_index = index;
	n->cursor_cluster = *cluster;
	return 0;
}

int fat_count(struct fat *fs, struct fat_node *n)
{
	uint32_t cluster = 0;
	int err = 0;

	if (!n->start)
		n->chain_cnt = 0;
	for (uint32_t i = n->cursor_cluster ? n->cursor_index : 0; n->chain_cnt == FAT_UNKNOWN && !err; i++)
		err = fat_seek(fs, n, i, &cluster);
	return err;
}

/* Zeros, before anything leads there. */
static int clear(struct fat *fs, uint32_t cluster)
{
	static const uint8_t zeros[FAT_WINDOW];
	int err = 0;

	for (uint32_t done = 0; done < fs->cluster_bytes && !err; done += FAT_WINDOW) {
		uint32_t left = fs->cluster_bytes - done;

		err = fat_write(fs, fat_cluster_at(fs, cluster) + done, zeros, left < FAT_WINDOW ? left : FAT_WINDOW);
	}
	return err;
}

static int append(struct fat *fs, struct fat_node *n)
{
	uint32_t last = 0, cluster;
	int err = n->chain_cnt ? fat_seek(fs, n, n->chain_cnt - 1, &last) : 0;

	if (!err)
		err = fat_take(fs, &cluster);
	if (err)
		return err;
	if (fat_is_dir(n))
		err = clear(fs, cluster);
	if (!err && n->chain_cnt)
		err = fat_set_next(fs, last, FAT_END, cluster);
	if (err) {
		fat_give(fs, cluster);
		return err;
	}
	if (!n->chain_cnt)
		n->start = cluster;
	n->cursor_index = n->chain_cnt++;
	n->cursor_cluster = cluster;
	return 0;
}

int fat_grow(struct fat *fs, struct fat_node *n, uint32_t cnt)
{
	int err = fat_count(fs, n);

	if (!err && !fat_is_dir(n) && n->chain_cnt < fat_clusters_for(fs, n->bytes))
		err = volume_broken(&fs->volume, "a file is longer than its chain, from", n->start);
	while (!err && n->chain_cnt < cnt)
		err = append(fs, n);
	return err;
}

int fat_trim(struct fat *fs, struct fat_node *n, uint32_t cnt)
{
	uint32_t last, next = n->start, marks = cnt ? (cnt - 1) / FAT_MARKED : 0;
	int err = 0;

	if (!n->start || cnt >= n->chain_cnt)
		return 0;
	if (cnt) {
		err = fat_seek(fs, n, cnt - 1, &last);
		if (err || last == FAT_END)
			return err;
		err = fat_next_cluster(fs, last, &next);
		if (!err && next != FAT_END)
			err = fat_set_next(fs, last, next, FAT_END);
	} else if (!fat_cluster_valid(fs, n->start)) {
		return volume_broken(&fs->volume, "a chain begins with what is no cluster", n->start);
	} else {
		n->start = 0;
	}
	if (err)
		return err;
	n->chain_cnt = cnt;
	n->cursor_cluster = 0;
	if (n->mark_cnt > marks)
		n->mark_cnt = marks;
	return fat_give(fs, next);
}

/* ---- extents ----------------------------------------------------------------------------------------------------- */

/*
 * The piece of [@at, @end) that begins with @at: a file's blocks within its size are where its chain says; what is beyond
 * is not the file's, and new when it becomes so, whether there was a cluster or not.
 */
static int piece(struct fat *fs, struct fat_node *n, uint64_t at, uint64_t end, bool allocate,
		 struct tenon_filesystem_extent *e)
{
	uint64_t own = ((uint64_t)n->bytes + fs->block_bytes - 1) & ~(uint64_t)(fs->block_bytes - 1);
	uint64_t in_cluster = at % fs->cluster_bytes, left = fs->cluster_bytes - in_cluster;
	uint32_t cluster;
	int err;

	*e = (struct tenon_filesystem_extent){ .size = sizeof(*e), .bytes = end - at };
	if (at >= own && !allocate) {
		e->flags = TENON_FILESYSTEM_HOLE;
		return 0;
	}
	if (at >= own)
		e->flags = TENON_FILESYSTEM_NEW;
	else if (own - at < left)
		left = own - at;
	if (e->bytes > left)
		e->bytes = left;
	err = fat_seek(fs, n, (uint32_t)(at / fs->cluster_bytes), &cluster);
	if (!err && cluster == FAT_END)
		err = at >= own ? -TENON_ENOSPC :
				  volume_broken(&fs->volume, "a file is longer than its chain, from", n->start);
	if (err)
		return err;
	e->offset = fat_cluster_at(fs, cluster) + in_cluster;
	if (!fat_cluster_valid(fs, cluster) || e->offset < fs->data_at ||
	    (e->offset - fs->data_at) / fs->cluster_bytes + FAT_FIRST != cluster)
		err = volume_broken(&fs->volume, "a part of a file would be outside of its cluster", cluster);
	return err;
}

static bool continues(const struct tenon_filesystem_extent *e, const struct tenon_filesystem_extent *next)
{
	return e->flags == next->flags && !(e->flags & TENON_FILESYSTEM_HOLE) && e->offset + e->bytes == next->offset;
}

long fat_extents(struct fat *fs, uint64_t number, const struct tenon_filesystem_range *r,
		 struct tenon_filesystem_extent *to, size_t room)
{
	struct fat_node *n = fat_node(fs, number);
	uint64_t at = r->offset, end = r->offset + r->bytes;
	size_t done = 0;
	int err = 0;

	if (!n || fat_is_dir(n) || end < at || end > (1ull << 32))
		return -TENON_EINVAL;
	if (r->allocate)
		err = fs->volume.broken ? -TENON_EROFS : fat_grow(fs, n, fat_clusters_for(fs, end));
	if (err && err != -TENON_ENOSPC) /* some of it may be there */
		return err;
	while (at < end && done < room) {
		struct tenon_filesystem_extent e;

		err = piece(fs, n, at, end, r->allocate, &e);
		if (err)
			break;
		at += e.bytes;
		if (done && continues(&to[done - 1], &e))
			to[done - 1].bytes += e.bytes;
		else
			to[done++] = e;
	}
	return done ? (long)(done * sizeof(*to)) : err;
}
