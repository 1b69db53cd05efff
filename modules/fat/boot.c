/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The boot sector, which says where everything is, and FAT32's sector of counts. */
#include "fat.h"

struct boot {
	uint8_t jump[3], maker[8];
	uint8_t sector_bytes[2], cluster_sectors;
	uint16_t reserved;
	uint8_t table_cnt, root_slots[2], sector_cnt[2], media;
	uint16_t table_sectors, track_sectors, heads;
	uint32_t hidden, sector_cnt_large;
	union {
		struct {
			uint8_t drive, state;
		} small;
		struct {
			uint32_t table_sectors;
			uint16_t flags, version;
			uint32_t root;
			uint16_t info, backup;
			uint8_t rest[12], drive, state;
		} __attribute__((packed)) large;
		uint8_t all[476];
	};
} __attribute__((packed));
_Static_assert(sizeof(struct boot) == 512, "boot sector");

struct info {
	uint32_t magic;
	uint8_t rest[480];
	uint32_t magic_too, free_cnt, next_free;
};
#define INFO_MAGIC 0x41615252u
#define INFO_MAGIC_TOO 0x61417272u

enum { FAT12_CLUSTERS = 4084, FAT16_CLUSTERS = 65524, FAT32_CLUSTERS = 0x0ffffff6 };

static uint32_t u16(const uint8_t at[2])
{
	return at[0] | (uint32_t)at[1] << 8;
}

static bool is_power(uint32_t n)
{
	return n && !(n & (n - 1));
}

/* Does it look like one? Partitions' and other systems' boot sectors do not. */
static bool boot_valid(const struct boot *b)
{
	uint32_t sector = u16(b->sector_bytes);

	return b->reserved && b->table_cnt && (b->media == 0xf0 || b->media >= 0xf8) && is_power(sector) &&
	       sector >= 512 && sector <= 4096 && is_power(b->cluster_sectors) &&
	       sector * b->cluster_sectors <= 65536 && u16(b->root_slots) * FAT_SLOT % sector == 0;
}

static int damaged(const char *why)
{
	pr_err("the boot sector is damaged: %s\n", why);
	return -TENON_EINVAL;
}

/* How many clusters there are says which kind it is. */
static int set_kind(struct fat *fs, const struct boot *b, uint64_t clusters)
{
	uint64_t entries;

	if (!b->table_sectors)
		fs->bits = 32;
	else
		fs->bits = clusters <= FAT12_CLUSTERS ? 12 : 16;
	if (clusters > (fs->bits == 32 ? FAT32_CLUSTERS : FAT16_CLUSTERS))
		return damaged("too many clusters");
	entries = fs->table_bytes * 8 / fs->bits;
	if (entries <= FAT_FIRST || !clusters)
		return damaged("no clusters");
	if (clusters > entries - FAT_FIRST)
		clusters = entries - FAT_FIRST; /* as Linux: the others are not used */
	fs->cluster_end = (uint32_t)clusters + FAT_FIRST;
	return 0;
}

static int set_places(struct fat *fs, const struct boot *b)
{
	uint64_t sector = u16(b->sector_bytes), sectors = u16(b->sector_cnt);

	if (!sectors)
		sectors = b->sector_cnt_large;
	fs->cluster_bytes = (uint32_t)sector * b->cluster_sectors;
	fs->table_cnt = b->table_cnt;
	fs->table_at = b->reserved * sector;
	fs->table_bytes = (b->table_sectors ? b->table_sectors : b->large.table_sectors) * sector;
	fs->root_at = fs->table_at + fs->table_cnt * fs->table_bytes;
	fs->root_slots = u16(b->root_slots);
	fs->data_at = fs->root_at + (uint64_t)fs->root_slots * FAT_SLOT;
	if (sectors * sector > fs->volume_bytes)
		return damaged("the volume is shorter than it says");
	if (!fs->table_bytes || fs->data_at > sectors * sector)
		return damaged("no room for clusters");
	/* Extents are whole blocks, and the last one of the volume is there as a whole. */
	for (fs->block_bytes = 4096; fs->cluster_bytes % fs->block_bytes || fs->data_at % fs->block_bytes ||
				     fs->volume_bytes % fs->block_bytes;)
		fs->block_bytes /= 2;
	if (!fs->table_at || (fs->root_at - fs->table_at) / fs->table_bytes != b->table_cnt ||
	    (fs->data_at - fs->root_at) / FAT_SLOT != u16(b->root_slots))
		return damaged("its parts do not follow each other");
	return set_kind(fs, b, (sectors * sector - fs->data_at) / fs->cluster_bytes);
}

static int read_counts(struct fat *fs)
{
	struct info info;
	int err = volume_read(&fs->volume, fs->info_at, &info, sizeof(info));

	if (err)
		return err;
	if (info.magic != INFO_MAGIC || info.magic_too != INFO_MAGIC_TOO) {
		fs->info_at = 0;
		return 0;
	}
	if (info.free_cnt <= fs->cluster_end - FAT_FIRST)
		fs->free_cnt = info.free_cnt;
	if (fat_cluster_valid(fs, info.next_free))
		fs->next_free = info.next_free;
	return 0;
}

int fat_read_boot(struct fat *fs)
{
	struct boot b;
	int err = fs->volume_bytes < sizeof(b) ? -TENON_EINVAL : volume_read(&fs->volume, 0, &b, sizeof(b));

	if (!err && !boot_valid(&b))
		err = -TENON_EINVAL;
	if (!err)
		err = set_places(fs, &b);
	if (err)
		return err;
	fs->free_cnt = FAT_UNKNOWN;
	fs->next_free = FAT_FIRST;
	if (fs->bits != 32) {
		if (!fs->root_slots)
			return damaged("no root directory");
		fs->state_at = offsetof(struct boot, small.state);
		fs->was_dirty = b.small.state & 1;
		fat_root_init(fs, 0);
		return 0;
	}
	fs->root_slots = 0;
	fs->state_at = offsetof(struct boot, large.state);
	fs->was_dirty = b.large.state & 1;
	if (b.large.version || !fat_cluster_valid(fs, b.large.root))
		return damaged("the root directory cannot be where it says");
	fat_root_init(fs, b.large.root);
	/* What is not among the reserved sectors, as the number 0xffff, which says that there is none, is not the counts'. */
	if (!b.large.info || b.large.info >= b.reserved)
		return 0;
	fs->info_at = (uint64_t)b.large.info * u16(b.sector_bytes);
	return read_counts(fs);
}

int fat_set_dirty(struct fat *fs, bool dirty)
{
	uint8_t state;
	int err = volume_read(&fs->volume, fs->state_at, &state, 1);

	if (err || fs->was_dirty) /* until it has been checked */
		return err;
	state = (uint8_t)((state & ~1u) | dirty);
	return volume_write(&fs->volume, fs->state_at, &state, 1);
}

int fat_write_counts(struct fat *fs)
{
	const uint32_t counts[2] = { fs->free_cnt, fs->next_free };

	return fs->info_at ?
		   volume_write(&fs->volume, fs->info_at + offsetof(struct info, free_cnt), counts, sizeof(counts)) :
		   0;
}
