/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * ISO 9660 (ECMA-119) with Rock Ridge (IEEE P1282 over SUSP, P1281): what is on the volume, and what a call makes of it.
 *
 * A node's number is where its directory record is on the volume, in bytes; a directory's is that of its own first record,
 * ".", so that each way to it leads to one number.
 *
 * One mutex over the two buffers. Nothing that is read is believed: what cannot be is volume_broken() and an error.
 */
#ifndef MODULES_ISO9660_ISO9660_H
#define MODULES_ISO9660_ISO9660_H

#include "../shared/volume.h"

#define ISO_SECTOR 2048u
#define ISO_NAME_MAX 255
#define ISO_TARGET_MAX 1024

enum {
	ISO_DESCRIPTORS = 16, /* the first sector of them */
	ISO_PRIMARY = 1,
	ISO_END = 255,
};

enum iso_flag { ISO_DIRECTORY = 2, ISO_ASSOCIATED = 4, ISO_CONTINUED = 128 };

enum iso_mode { ISO_MODE_DIR = 0040000, ISO_MODE_FILE = 0100000, ISO_MODE_LINK = 0120000, ISO_MODE_TYPE = 0170000 };

/* Numbers that are there in both orders of bytes: we read the first. */
struct iso_record {
	uint8_t bytes, attribute_sectors;
	uint8_t extent[8], size[8], time[7];
	uint8_t flags, unit, gap, volume[4];
	uint8_t name_len; /* the name follows, zero or one byte up to an even length, and what Rock Ridge says */
} __attribute__((packed));
_Static_assert(sizeof(struct iso_record) == 33, "directory record");

/* A sector in memory. */
struct iso_buffer {
	uint64_t sector; /* 0: none */
	uint8_t bytes[ISO_SECTOR];
};

struct iso {
	struct volume volume;
	uint64_t sector_cnt;
	uint64_t root; /* number */
	bool rock_ridge;
	uint8_t skip; /* bytes of each record's system use that are not SUSP's */
	struct iso_buffer directory, more;
};

/* What a record says, with Rock Ridge's part of it. */
struct iso_node {
	uint64_t number;
	uint64_t start, bytes; /* of the contents, on the volume */
	uint64_t next;         /* where the next record of the directory is */
	uint32_t mode, uid, gid, link_cnt, device;
	uint64_t accessed_ns, modified_ns, changed_ns;
	bool hidden;   /* of another kind, "." or "..", or a directory that was moved and is found where it was */
	bool is_moved; /* the real directory is elsewhere: start */
	size_t name_len, target_len;
	char name[ISO_NAME_MAX], target[ISO_TARGET_MAX];
};

static inline uint32_t iso_u32(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* @b has the sector afterwards. */
int iso_load(struct iso *fs, struct iso_buffer *b, uint64_t sector);
/* Are these bytes on the volume? */
bool iso_has(const struct iso *fs, uint64_t start, uint64_t bytes);
/* Seven bytes: years since 1900, month, day, hour, minute, second, quarters of an hour east of Greenwich (ECMA-119, 9.1.5). */
uint64_t iso_time_ns(const uint8_t *at);

/**
 * iso_get - read the record at @at, which is a byte of the volume
 * @n: filled in
 *
 * Return: 0; -TENON_ENOENT: the directory has no more records in this sector; or another negative errno.
 */
int iso_get(struct iso *fs, uint64_t at, struct iso_node *n);

/* Is it a node's number? Reads it. Return: 0 or a negative errno. */
int iso_get_node(struct iso *fs, uint64_t number, struct iso_node *n);

/**
 * iso_next - the next name of a directory
 * @dir: the directory
 * @position: bytes from its beginning, of the first record that is looked at; afterwards of what comes after @n
 *
 * Return: 0, -TENON_ENOENT: there are no more, or another negative errno.
 */
int iso_next(struct iso *fs, const struct iso_node *dir, uint64_t *position, struct iso_node *n);

/* Does the root's "." say that SUSP is used? Then fs->rock_ridge and fs->skip are set. */
void iso_find_rock_ridge(struct iso *fs, const uint8_t *use, size_t bytes);
/* What the system use of a record, @bytes at @use, says of @n. Return: 0 or a negative errno. */
int iso_rock_ridge(struct iso *fs, const uint8_t *use, size_t bytes, struct iso_node *n);

#endif
