/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Between the files of block devices. */
#ifndef KERNEL_DEVICE_BLOCK_REQUEST_H
#define KERNEL_DEVICE_BLOCK_REQUEST_H

#include <stdbool.h>

#include "kernel/device/block.h"
#include "kernel/device/device.h"
#include "kernel/sched/lock.h"
#include "kernel/sched/wait.h"

struct page;

/* A request's, by its tag. It is used until it is done or, if nobody waits for it any more, until the device stops. */
struct block_slot {
	bool used, done;
	bool lost;          /* with the driver, which is to be loaded anew: done, and to be made again */
	bool abandoned;     /* nobody waits for it any more */
	bool no_memory;     /* it was not done for lack of it */
	uint32_t owner_cnt; /* the device's, when it was taken */
	uint32_t result;
	uint32_t op;
	size_t start, bytes; /* in page[0], and of all */
	unsigned page_cnt;
	unsigned mapped;                          /* of these, for the device */
	struct page *page[TENON_BLKDEV_SEGMENTS]; /* a reference each */
};

struct block_device {
	struct device device; /* must be first */
	struct tenon_blkdev_config config;
	unsigned index; /* minor number / BLOCK_MINORS */
	struct {
		uint64_t first, sector_cnt; /* 0: there is no such part */
		struct device *device;      /* in /sys; NULL: there was no memory for it */
	} part[BLOCK_MINORS - 1];           /* written before they have nodes */
	_Atomic bool scanning;              /* it is being looked for partitions */
	const struct block_ops *ops;

	struct spinlock lock; /* of all below */
	void *owner;          /* NULL: unregistered, or waiting */
	bool waiting;         /* for its driver, which is to be loaded anew: requests wait, too */
	bool vacant;          /* ... and nothing of the one that died is left: whoever clears it serves or ends it */
	uint32_t owner_cnt;   /* how many have left */
	unsigned open_cnt;    /* files and volumes */
	void *held;           /* the owner, while it is open */
	bool dead;            /* a request was lost: no more are made */
	unsigned submits;     /* calls of submit that run */
	unsigned used_cnt;
	struct wait_queue changed;

	struct mutex writing; /* one writes at a time: parts of blocks are read first */
	struct block_slot slot[];
};

#define BLOCK_BATCH 32 /* requests that one call of submit carries */

/* A request, as who has it made sees it: whole blocks between the device and pages. */
struct block_move {
	uint64_t sector;                          /* a multiple of a block, as @bytes is; within the device */
	size_t bytes;                             /* 0: a flush */
	size_t start;                             /* where in page[0] it begins: a multiple of a block */
	struct page *page[TENON_BLKDEV_SEGMENTS]; /* of @start + @bytes, at most config.segment_max */
	int err; /* what became of it: 0, -TENON_EIO, -TENON_ENOMEM; -TENON_ENODEV: the device has gone */
	bool begun;
	uint32_t tag;
	size_t skip, meant; /* the maker's own */
};

/**
 * block_transfer - have all of @m done, with as few calls of the driver as can be
 *
 * The device may still write to pages after an error, so they go back to where they came from by their last reference.
 * Thread.
 */
void block_transfer(struct block_device *bd, uint32_t op, struct block_move *m, unsigned cnt);
/* A device, or a part of it, that somebody has open. */
struct block_range {
	struct block_device *bd; /* a reference */
	uint64_t first, sector_cnt;
};

/* Its number as a whole; partitions come after it. */
uint32_t block_number(const struct block_device *bd);
/* Find out which partitions there are, in a thread. */
void partitions_find(struct block_device *bd);
/* Requests have been stopped: their nodes go. */
void partitions_remove(struct block_device *bd);
/* For what calls the owner as submit is called, with bd->submits counted: NULL: it has gone. */
void *block_call_begins(struct block_device *bd);
void block_call_ends(struct block_device *bd);
/* block.c: Return: 0, for block_range_put(); -TENON_ENXIO: there is none of this number, or it is going. */
int block_range_get(uint32_t number, struct block_range *r);
void block_range_put(struct block_range *r);
/* The first half of it: the owner may go. */
void block_range_close(struct block_range *r);
/*
 * Whatever is under way ends; submit is not called any more when it returns. @waits: another driver will come, for which
 * requests wait. Return: 0; -TENON_ETIMEDOUT: a call of the driver does not come back.
 */
int block_stop(struct block_device *bd, bool waits);
/* A request has ended: its pages are not the device's any more. */
void block_give_tag(struct block_device *bd, uint32_t tag);
/* Once. */
void block_wait_init(void);
/* block_wait.c: have the device of @parent that waits served by @owner. false: there is none that is the same. */
bool block_adopt(struct device *parent, const char *name, const struct tenon_blkdev_config *config,
		 const struct block_ops *ops, void *owner, struct block_device **out);
/* block.c: Call @fn for each, until it returns true: that one; NULL: for none. A mutex is held. */
struct block_device *block_find(bool (*fn)(struct block_device *bd, const void *arg), const void *arg);
/* The pages of a request that has ended, or whose device uses no memory any more. */
void block_put_pages(struct block_slot *s);

#endif
