/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The second extended file system, as e2fsprogs' documentation and Linux's ext2 have it: what is on the device, which is
 * little-endian as all CPUs that this runs on, and what is kept in memory of one that is mounted.
 *
 * One mutex over everything. Metadata are read and written through the kernel's cache of the volume, where nothing gets
 * lost before it is written back; only the counts of groups and superblock are kept here until ext2_sync().
 *
 * Nothing that is read is believed: what cannot be is volume_broken(), an error, and the end of writing. Nor is anything
 * here: what is written goes through ext2_store(), to a block that is of the kind that the buffer is for, so that a fault of
 * this module is an error, too, and what it would have overwritten is still there.
 */
#ifndef MODULES_EXT2_EXT2_H
#define MODULES_EXT2_EXT2_H

#include "../shared/volume.h"

enum {
	EXT2_ROOT = 2,
	EXT2_NAME_MAX = 255,
	EXT2_DIRECT = 12, /* blocks that an inode names itself */
	EXT2_SLOTS = 15,  /* these, and one each of three levels */
	EXT2_FAST_LINK = EXT2_SLOTS * 4,
	EXT2_SECTOR = 512,
	EXT2_INDEXES = 4, /* of directories that were used last */
	EXT2_TABLES = 4,  /* blocks of inodes that were used last: a power of two */
};

#define EXT2_MAGIC 0xef53
#define EXT2_SUPER_OFFSET 1024

enum ext2_state { EXT2_VALID = 1 };
enum ext2_compat { EXT2_RESIZE_INODE = 0x10 };
enum ext2_incompat { EXT2_FILETYPE = 2 }; /* what we know of each kind */
enum ext2_ro_compat { EXT2_SPARSE_SUPER = 1, EXT2_LARGE_FILE = 2, EXT2_BTREE_DIR = 4 };
enum ext2_flag { EXT2_INDEX = 0x1000 }; /* a directory has a hash tree, which we do not keep */

enum ext2_mode {
	EXT2_FIFO = 0010000,
	EXT2_CHAR = 0020000,
	EXT2_DIR = 0040000,
	EXT2_BLOCK = 0060000,
	EXT2_FILE = 0100000,
	EXT2_LINK = 0120000,
	EXT2_SOCKET = 0140000,
	EXT2_TYPE = 0170000,
};

struct ext2_super {
	uint32_t inode_cnt, block_cnt, reserved_cnt, free_blocks, free_inodes, first_block, block_log, fragment_log;
	uint32_t group_blocks, group_fragments, group_inodes, mount_time, write_time;
	uint16_t mount_cnt, mount_max, magic, state, errors, minor;
	uint32_t check_time, check_interval, os, revision;
	uint16_t reserved_uid, reserved_gid;
	uint32_t first_inode; /* from here on: revision 1 */
	uint16_t inode_bytes, group;
	uint32_t compat, incompat, ro_compat;
	uint8_t names[102];
	uint16_t reserved_desc_blocks; /* behind the table of groups, for a longer one */
	uint8_t rest[1024 - 208];
};
_Static_assert(sizeof(struct ext2_super) == 1024, "superblock");

struct ext2_group {
	uint32_t block_bitmap, inode_bitmap, inode_table;
	uint16_t free_blocks, free_inodes, dirs, pad;
	uint32_t reserved[3];
};
_Static_assert(sizeof(struct ext2_group) == 32, "group descriptor");

struct ext2_inode {
	uint16_t mode, uid;
	uint32_t bytes, accessed, changed, modified, deleted;
	uint16_t gid, link_cnt;
	uint32_t sectors, flags, os;
	uint32_t slot[EXT2_SLOTS];
	uint32_t generation, file_acl, bytes_high, fragment;
	uint16_t fragments, pad, uid_high, gid_high;
	uint32_t reserved;
};
_Static_assert(sizeof(struct ext2_inode) == 128, "inode");

struct ext2_entry { /* of a directory: the name follows */
	uint32_t inode;
	uint16_t bytes; /* to the next one; a multiple of 4 */
	uint8_t name_len, type;
};

/* A block of the volume in memory. */
struct ext2_buffer {
	uint32_t block; /* 0: none */
	uint8_t *bytes;
};

struct ext2_index_slot {
	uint32_t hash, block_after; /* the block's index + 1; 0: nothing is here */
};

/* index.c */
struct ext2_index {
	uint32_t dir;                /* its number; 0: none */
	uint32_t used;               /* when it was, by fs->index_use */
	uint32_t slot_cnt, used_cnt; /* a power of two; of these, used */
	struct ext2_index_slot *slot;
	uint32_t room_cnt; /* blocks that it has room for */
	uint16_t *room;    /* of each, bytes that an entry may find there at most */
};

struct ext2 {
	struct volume volume;
	uint32_t block_bytes, block_log, pointers; /* of a block: bytes, their logarithm, block numbers */
	uint32_t inode_bytes, first_inode, group_cnt, desc_block;
	uint64_t file_bytes_max;
	uint16_t state; /* when it was mounted */
	struct ext2_super super;
	struct ext2_group *group;
	uint32_t goal; /* where the next block is looked for */
	struct ext2_buffer level[3], bitmap, dir, table[EXT2_TABLES];
	struct ext2_index index[EXT2_INDEXES];
	uint32_t index_use;
	uint8_t *memory; /* of all buffers */
};

/* An inode in memory, for as long as a call takes. */
struct ext2_node {
	uint32_t number;
	struct ext2_inode raw;
};

/* A count that says less than is there does not become a large one. */
static inline void ext2_count_down(uint16_t *cnt)
{
	*cnt = (uint16_t)(*cnt - (*cnt != 0));
}

/* Blocks of a group's table of inodes. */
static inline uint32_t ext2_table_blocks(const struct ext2 *fs)
{
	return (uint32_t)(((uint64_t)fs->super.group_inodes * fs->inode_bytes + fs->block_bytes - 1) >> fs->block_log);
}

/* ---- blocks of the volume. Return: 0 or a negative errno ---- */

/* @b has this block afterwards. */
int ext2_load(struct ext2 *fs, struct ext2_buffer *b, uint32_t block);
/* Write a part of it, which has been changed. */
int ext2_store(struct ext2 *fs, const struct ext2_buffer *b, size_t offset, size_t bytes);
/* Zeros in the block, which is new. */
int ext2_clear(struct ext2 *fs, uint32_t block);
/* Is it on the volume? */
bool ext2_block_valid(const struct ext2 *fs, uint32_t block);
/* May it be a file's or directory's, and is none of those that say where others are? */
bool ext2_block_ordinary(const struct ext2 *fs, uint32_t block);

/* ---- inode.c ---- */

int ext2_get(struct ext2 *fs, uint64_t number, struct ext2_node *n);
/* The same, which must be a directory. */
int ext2_get_dir(struct ext2 *fs, uint64_t number, struct ext2_node *n);
/* The same, from the volume and not from a buffer. */
int ext2_get_again(struct ext2 *fs, uint64_t number, struct ext2_node *n);
int ext2_put(struct ext2 *fs, const struct ext2_node *n); /* writes it */
/* What of the inode is beyond what we write belongs to who had it before: zeros. */
int ext2_clear_rest(struct ext2 *fs, uint32_t number);
uint64_t ext2_bytes(const struct ext2_node *n);
void ext2_set_bytes(struct ext2 *fs, struct ext2_node *n, uint64_t bytes);
bool ext2_is(const struct ext2_node *n, enum ext2_mode type);
bool ext2_is_fast_link(const struct ext2 *fs, const struct ext2_node *n);
void ext2_describe(const struct ext2 *fs, const struct ext2_node *n, struct tenon_filesystem_node *to);
void ext2_set_device(struct ext2_node *n, uint32_t device);
uint32_t ext2_now(void);

/* ---- map.c ---- */

/* The @index-th block; 0: a hole. With @allocate it is made; *made: it was. @n changes, and is the caller's to put. */
int ext2_map(struct ext2 *fs, struct ext2_node *n, uint64_t index, bool allocate, uint32_t *block, bool *made);
/* Give back all blocks from the @keep-th on. */
int ext2_trim(struct ext2 *fs, struct ext2_node *n, uint64_t keep);

/* ---- bitmap.c ---- */

/* Near fs->goal. -TENON_ENOSPC. */
int ext2_block_alloc(struct ext2 *fs, uint32_t *block);
int ext2_block_free(struct ext2 *fs, uint32_t block);
int ext2_inode_alloc(struct ext2 *fs, uint32_t near, bool dir, uint32_t *number);
int ext2_inode_free(struct ext2 *fs, uint32_t number, bool dir);

/* ---- index.c ---- */

#define EXT2_INDEX_FIRST UINT32_MAX

/* The directory's; NULL: it has none. fs->dir is used. */
int ext2_index_of(struct ext2 *fs, struct ext2_node *dir, struct ext2_index **index);
/* The next block in which the name may be. *@at: EXT2_INDEX_FIRST at first. Return: false: there are no more. */
bool ext2_index_next(const struct ext2_index *x, const char *name, size_t len, uint32_t *at, uint32_t *block);
/* A name has come; @x may be NULL, and may be none afterwards. */
void ext2_index_add(struct ext2_index *x, const char *name, size_t len, uint32_t block);
/* The directory has gone; 0: all of them. */
void ext2_index_drop(struct ext2 *fs, uint32_t dir);

/* ---- directory.c ---- */

/* fs->dir gets a block of the directory. */
int ext2_load_dir(struct ext2 *fs, struct ext2_node *dir, uint64_t index);
struct ext2_entry *ext2_entry_at(struct ext2 *fs, uint32_t offset);
/* The entry there, in fs->dir, is one: whole and within the block. */
int ext2_check_entry(struct ext2 *fs, const struct ext2_node *dir, uint32_t offset);

/* Where a name is. */
struct ext2_place {
	uint64_t index;  /* of the block in the directory */
	uint32_t offset; /* in it, of the entry */
	uint32_t before; /* of the one before it; @offset: it is the first */
	uint32_t inode;
};

/* -TENON_ENOENT. fs->dir has the block afterwards. */
int ext2_find(struct ext2 *fs, struct ext2_node *dir, const char *name, size_t len, struct ext2_place *at);
int ext2_add_name(struct ext2 *fs, struct ext2_node *dir, const char *name, size_t len, const struct ext2_node *n);
int ext2_remove_name(struct ext2 *fs, struct ext2_node *dir, const struct ext2_place *at);
int ext2_set_name(struct ext2 *fs, struct ext2_node *dir, const struct ext2_place *at, const struct ext2_node *n);
int ext2_make_dots(struct ext2 *fs, struct ext2_node *dir, uint32_t parent);
/* -TENON_ENOTEMPTY. */
int ext2_check_empty(struct ext2 *fs, struct ext2_node *dir);
long ext2_list(struct ext2 *fs, struct ext2_node *dir, uint64_t position, uint8_t *entries, size_t room);

/* ---- names.c: the callbacks that change names; the mutex is held ---- */

int ext2_create(struct ext2 *fs, uint64_t dir, const char *text, size_t len, struct tenon_filesystem_node *node);
int ext2_link(struct ext2 *fs, uint64_t dir, const char *name, size_t len, uint64_t number);
int ext2_unlink(struct ext2 *fs, uint64_t dir, const char *name, size_t len, uint64_t number);
int ext2_rename(struct ext2 *fs, const struct tenon_filesystem_rename *what, const char *names, size_t len);
void ext2_forget(struct ext2 *fs, uint64_t number);

#endif
