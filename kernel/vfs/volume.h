/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Volumes: block devices as file systems have them, with the cache of what is on them and its writing back. */
#ifndef KERNEL_VFS_VOLUME_H
#define KERNEL_VFS_VOLUME_H

#include "kernel/device/block_request.h"
#include "kernel/vfs/page_cache.h"

#define VOLUME_PAGES 32 /* written back together */
#define VOLUME_BUCKET_BITS 11

struct volume {
	struct volume *next;  /* of all; the list's lock, as the next */
	uint32_t flush_round; /* when it was last looked at */
	_Atomic bool flushing, closed;
	_Atomic uint32_t refs;
	struct block_range range; /* the device, or a part of it */
	uint32_t unit_bytes;      /* what is read and written at once: the device's block, then the file system's */
	uint64_t bytes;           /* whole units */
	_Atomic bool read_only;
	_Atomic bool failed;        /* nothing is written to it any more: volume_fail() */
	_Atomic uint32_t dirty_cnt; /* pages */

	struct page_cache meta;        /* by offset on the volume */
	struct page_cache *caches;     /* that have pages; the cache's lock, as the next two */
	struct page_cache *next_cache; /* to be written back */
	struct cache_page **bucket;

	struct mutex flush; /* what follows: reserved, so that writing back needs no memory */
	struct cache_page *page[VOLUME_PAGES];
	uint8_t units[VOLUME_PAGES]; /* of these, what is written */
	struct block_move move[BLOCK_BATCH];
};

/**
 * volume_open - the volume on the block device that has this number, for one file system
 *
 * Return: 0 and a reference; -TENON_ENXIO: no such device; -TENON_EBUSY: it is one already; -TENON_EFBIG: over 2^32 units;
 * -TENON_ENOMEM.
 */
int volume_open(uint32_t number, struct volume **out);
/* From now on the cache has units of this size, a multiple of the device's block. Nobody else uses it yet, and nothing is dirty. */
void volume_set_unit(struct volume *v, uint32_t unit_bytes);
struct volume *volume_get(struct volume *v);
/* Nobody uses it as one any more: the device may be another's. What is dirty has been written or is lost. */
void volume_close(struct volume *v);
/* The last reference frees it. */
void volume_put(struct volume *v);

/* Any bytes. Return: 0; -TENON_EINVAL: not on it; -TENON_EROFS, -TENON_EIO, -TENON_ENOMEM. */
int volume_read(struct volume *v, uint64_t offset, void *to, size_t bytes);
int volume_write(struct volume *v, uint64_t offset, const void *from, size_t bytes);

/*
 * What it has, or who says what it has, is not to be believed any more. On the device stays what was there when it was last
 * synchronised: what is dirty is lost, as at the loss of power, and whoever asks for it to be written is told so.
 */
void volume_fail(struct volume *v);

/* Write what is dirty: files first, then what says where they are. @flush: and the device's own cache. */
int volume_write_back(struct volume *v, bool all, bool flush);
/* There is too much that is dirty: write some before more is made. */
bool volume_is_full(const struct volume *v);

#endif
