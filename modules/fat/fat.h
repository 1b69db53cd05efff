/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * File allocation tables, as Microsoft's "FAT32 File System Specification" and Linux's vfat have them: what is on the
 * device, which is little-endian as all CPUs that this runs on, and what is kept in memory of one that is mounted.
 *
 * A file has no inode, only its directory entry, which moves when it is renamed and goes when it is unlinked. So each node
 * that the kernel knows is in memory here (node.c), until all answers that named it are accounted for.
 *
 * One mutex over everything. The table and directories are read and written through the kernel's cache of the volume; only
 * the count of free clusters is kept here until fat_sync(). A file's start and size go to its entry with the change that
 * follows a write.
 *
 * Nothing that is read is believed: what cannot be is volume_broken(), an error, and the end of writing. Nor is anything
 * here: before an entry of the table or a directory is written it is looked at on the volume itself, so that a fault of this
 * module is an error, too, and what it would have overwritten is still there.
 */
#ifndef MODULES_FAT_FAT_H
#define MODULES_FAT_FAT_H

#include "../shared/volume.h"

enum {
	FAT_ROOT = 1, /* the root's number */
	FAT_NAME_MAX = 255,
	FAT_UNITS_MAX = 255,   /* of UTF-16 that a long name has */
	FAT_SLOT_UNITS = 13,   /* of these in one entry */
	FAT_LONG_MAX = 20,     /* entries of a long name */
	FAT_SLOT = 32,         /* bytes of an entry */
	FAT_SLOTS_MAX = 65536, /* entries of a directory */
	FAT_SHORT = 11,        /* characters of a short name */
	FAT_SHORT_MAX = 40,    /* the same for programs: a dot, and up to three bytes each */
	FAT_FIRST = 2,         /* the first cluster */
	FAT_WINDOW = 4096,
	FAT_BUCKETS = 1024,
};

#define FAT_MAGIC 0x4d44
#define FAT_END UINT32_MAX     /* in place of a cluster: there are no more */
#define FAT_UNKNOWN UINT32_MAX /* in place of a count */

enum fat_attribute {
	FAT_READ_ONLY = 1,
	FAT_LABEL = 8,
	FAT_DIR = 16,
	FAT_ARCHIVE = 32,
	FAT_LONG = 15, /* a piece of a long name; of the lower six bits */
};

enum fat_mode { FAT_MODE_DIR = 0040000, FAT_MODE_FILE = 0100000, FAT_MODE_TYPE = 0170000 };

enum { FAT_GONE = 0xe5, FAT_IS_E5 = 0x05, FAT_LAST_LONG = 0x40, FAT_LOWER_BASE = 8, FAT_LOWER_EXTENSION = 16 };

struct fat_raw { /* a directory entry */
	uint8_t name[FAT_SHORT], attributes, lower, created_10ms;
	uint16_t created_time, created_date, accessed_date, start_high, modified_time, modified_date, start;
	uint32_t bytes;
};
_Static_assert(sizeof(struct fat_raw) == FAT_SLOT, "directory entry");

/* Part of the volume in memory: where it begins is a multiple of its size. */
struct fat_window {
	uint64_t at;
	size_t bytes; /* 0: none */
	uint8_t *data;
};

struct fat_node {
	struct fat_node *next_number, *next_at; /* of the buckets */
	uint64_t number, answers;
	uint64_t at; /* of its entry on the volume; 0: it has none (any more) */
	struct fat_raw raw;
	uint32_t start, bytes;                 /* as they are now; a directory has no size */
	uint32_t chain_cnt;                    /* clusters; or FAT_UNKNOWN */
	uint32_t cursor_index, cursor_cluster; /* one of the chain; cluster 0: none */
	uint32_t *marks, mark_cnt, mark_room;  /* more of them, at equal distances: chain.c */
};

struct fat {
	struct volume volume;
	unsigned bits; /* 12, 16 or 32 */
	bool long_names, was_dirty;
	uint32_t uid, gid, file_mask, dir_mask;

	uint32_t cluster_bytes, block_bytes;
	uint32_t cluster_end; /* clusters are below it */
	uint64_t volume_bytes, table_at, table_bytes, data_at;
	unsigned table_cnt;
	uint64_t root_at;           /* FAT12 and FAT16: the root is not made of clusters */
	uint32_t root_slots;        /* that it has then */
	uint64_t state_at, info_at; /* the byte that says whether it is clean; FAT32's counts, or 0 */
	uint32_t free_cnt, next_free;

	struct fat_window table, dir;
	struct fat_node root, *by_number[FAT_BUCKETS], *by_at[FAT_BUCKETS];
	uint64_t spare; /* the next number for what cannot have that of its place */

	/* Of the entry that was read last. */
	uint16_t units[FAT_LONG_MAX * FAT_SLOT_UNITS + 1];
	char name[FAT_UNITS_MAX * 3 + 1], alias[FAT_SHORT_MAX + 1];
	size_t name_len, alias_len;
	uint8_t *memory; /* of the windows */
};

/* Where a name is: its slots of the directory, long ones first. */
struct fat_place {
	uint32_t first, last;
	uint64_t at; /* of the last one, on the volume */
	struct fat_raw raw;
};

/* ---- boot.c, options.c ---- */

/* Read what is at the volume's beginning, which has fs->volume_bytes. Return: 0, -TENON_EINVAL: it is none. */
int fat_read_boot(struct fat *fs);
int fat_read_options(struct fat *fs, const char *options, size_t len);
/* As long as it may be written the volume says that it is not clean. */
int fat_set_dirty(struct fat *fs, bool dirty);
int fat_write_counts(struct fat *fs);

/* ---- table.c: bytes, and who follows whom ---- */

int fat_read(struct fat *fs, struct fat_window *w, uint64_t at, void *to, size_t bytes);
/* Never in the table. */
int fat_write(struct fat *fs, uint64_t at, const void *from, size_t bytes);
uint64_t fat_cluster_at(const struct fat *fs, uint32_t cluster);
bool fat_cluster_valid(const struct fat *fs, uint32_t cluster);
/* What comes after @cluster, which is valid: a valid one or FAT_END. */
int fat_next_cluster(struct fat *fs, uint32_t cluster, uint32_t *next);
/* @old comes after it now. */
int fat_set_next(struct fat *fs, uint32_t cluster, uint32_t old, uint32_t next);
/* A cluster that was free and is the last of its chain. -TENON_ENOSPC. */
int fat_take(struct fat *fs, uint32_t *cluster);
/* Give back this one and all after it. */
int fat_give(struct fat *fs, uint32_t cluster);
int fat_count_free(struct fat *fs);

/* ---- chain.c: the clusters of a node ---- */

/* The @index-th; FAT_END: it has not so many. */
int fat_seek(struct fat *fs, struct fat_node *n, uint32_t index, uint32_t *cluster);
/* Sets n->chain_cnt. */
int fat_count(struct fat *fs, struct fat_node *n);
/* Have at least @cnt; a directory's are zeros. */
int fat_grow(struct fat *fs, struct fat_node *n, uint32_t cnt);
/* Have at most @cnt. */
int fat_trim(struct fat *fs, struct fat_node *n, uint32_t cnt);
uint32_t fat_clusters_for(const struct fat *fs, uint64_t bytes);
/* As the callback. */
long fat_extents(struct fat *fs, uint64_t number, const struct tenon_filesystem_range *r,
		 struct tenon_filesystem_extent *to, size_t room);

/* ---- node.c ---- */

void fat_root_init(struct fat *fs, uint32_t start);
void fat_nodes_free(struct fat *fs);
struct fat_node *fat_node(struct fat *fs, uint64_t number);
/* The number of what has its entry there. */
uint64_t fat_number_at(struct fat *fs, uint64_t at);
bool fat_is_dir(const struct fat_node *n);
int fat_get_dir(struct fat *fs, uint64_t number, struct fat_node **dir);
/* The node of an entry, with one answer more. -TENON_ENOMEM, -TENON_EUCLEAN. */
int fat_answer(struct fat *fs, uint64_t at, const struct fat_raw *raw, struct fat_node **n);
/* Its entry is there from now on; 0: nowhere. */
void fat_move(struct fat *fs, struct fat_node *n, uint64_t at);
/* Write its entry, if it has one. */
int fat_put(struct fat *fs, struct fat_node *n);
int fat_describe(struct fat *fs, struct fat_node *n, struct tenon_filesystem_node *to);
int fat_change(struct fat *fs, const struct tenon_filesystem_node *to);
void fat_forget(struct fat *fs, uint64_t number, uint64_t answers);

/* ---- slot.c: the entries that a directory is made of ---- */

/* Where the @index-th is. -TENON_ENOENT: the directory ends before it. */
int fat_slot_at(struct fat *fs, struct fat_node *dir, uint32_t index, uint64_t *at);
int fat_slot_read(struct fat *fs, struct fat_node *dir, uint32_t index, uint64_t *at, struct fat_raw *raw);
/* Write one. @old: the short name that is there; NULL: it is free. */
int fat_slot_write(struct fat *fs, uint64_t at, const void *slot, const uint8_t *old);
/* Make one free. @old: the short name that is there; NULL: it is a piece of a long one. */
int fat_slot_free(struct fat *fs, uint64_t at, const uint8_t *old);
bool fat_is_long(const struct fat_raw *raw);
/* @cnt free ones in a row, made if need be. -TENON_ENOSPC. */
int fat_slot_room(struct fat *fs, struct fat_node *dir, uint32_t cnt, uint32_t *first);

/* ---- directory.c ---- */

/* The next name from slot *@index on, in fs->name and fs->alias; *@index is after it. -TENON_ENOENT: there are no more. */
int fat_next(struct fat *fs, struct fat_node *dir, uint32_t *index, struct fat_place *p);
/* Also by its short name, and in capitals or small letters. -TENON_ENOENT. */
int fat_find(struct fat *fs, struct fat_node *dir, const char *name, size_t len, struct fat_place *p);
/* Does something have this short name? -TENON_ENOENT: nothing. */
int fat_find_short(struct fat *fs, struct fat_node *dir, const uint8_t name[FAT_SHORT]);
/* Give @raw a short name and this one, in a directory where it is not; p->at is where it went. */
int fat_add(struct fat *fs, struct fat_node *dir, const char *name, size_t len, const struct fat_raw *raw,
	    struct fat_place *p);
int fat_remove(struct fat *fs, struct fat_node *dir, const struct fat_place *p);
/* -TENON_ENOTEMPTY. */
int fat_check_empty(struct fat *fs, struct fat_node *dir);
long fat_list(struct fat *fs, struct fat_node *dir, uint64_t position, uint8_t *entries, size_t room);

/* ---- name.c: names in UTF-8 and UTF-16 ---- */

/* Without the dots at its end, which do not count. */
size_t fat_name_len(const char *name, size_t len);
bool fat_name_equal(const char *a, size_t a_len, const char *b, size_t b_len);
/* What is not UTF-8, or is not allowed: -TENON_EINVAL. Return: units, at most FAT_UNITS_MAX, or -TENON_ENAMETOOLONG. */
int fat_to_units(const char *name, size_t len, uint16_t *units);
/* Return: bytes; what cannot be in a name becomes '_' or '?'. */
size_t fat_from_units(const uint16_t *units, size_t cnt, char *name);
size_t fat_from_short(const struct fat_raw *raw, bool all_lower, char *name);
uint8_t fat_checksum(const uint8_t name[FAT_SHORT]);

/* ---- alias.c: short names for new ones ---- */

/* *needs_long: it does not say it all. */
int fat_make_short(struct fat *fs, struct fat_node *dir, const char *name, size_t len, uint8_t to[FAT_SHORT],
		   bool *needs_long);
/* Without long names: this one, as short as it takes. -TENON_EINVAL. */
int fat_format_short(const char *name, size_t len, uint8_t to[FAT_SHORT]);

/* ---- change.c: the callbacks that change names ---- */

int fat_create(struct fat *fs, uint64_t dir, const char *name, size_t len, struct tenon_filesystem_node *node);
int fat_unlink(struct fat *fs, uint64_t dir, const char *name, size_t len, uint64_t number);
int fat_rename(struct fat *fs, const struct tenon_filesystem_rename *what, const char *names, size_t len);

/* ---- time.c: in UTC, as Linux's sees them without an option ---- */

uint64_t fat_time_ns(uint16_t date, uint16_t time);
void fat_set_time(uint64_t ns, uint16_t *date, uint16_t *time);
void fat_touch(struct fat_raw *raw, bool created);

#endif
