// SPDX-License-Identifier: GPL-2.0-only
/* Disks whose bytes the host has: Linux's side of native/disk.c. */
#include <linux/bio.h>
#include <linux/blkdev.h>

#include "linux/glue.h"
#include "linux/versions.h"
#include "tenon/linux_files.h"

#define PIECES 40 /* as many pages as one call carries, and some */

/* The CPU that the task has to run on, if there is only one. */
static int own_cpu(void)
{
	return current->nr_cpus_allowed == 1 ? (int)cpumask_first(current->cpus_ptr) : -1;
}

static int flush(struct gendisk *disk)
{
	return lx_disk_io(disk->private_data, TENON_LINUX_DISK_FLUSH, 0, NULL, 0, own_cpu());
}

/* What goes to the host together. */
struct carriage {
	struct gendisk *disk;
	loff_t at;
	unsigned int op, most, len, cnt;
	int err; /* as the host says; then nothing more is carried */
	struct lx_piece pieces[PIECES];
};

static void carry(struct carriage *c)
{
	if (c->len && !c->err)
		c->err =
		    lx_disk_io(c->disk->private_data, c->op, (unsigned long long)c->at, c->pieces, c->len, own_cpu());
	c->at += c->len;
	c->len = c->cnt = 0;
}

static void add(struct carriage *c, char *memory, unsigned int len)
{
	while (len) {
		unsigned int part = min(len, c->most - c->len);

		c->pieces[c->cnt++] = (struct lx_piece){ memory, part };
		c->len += part;
		memory += part;
		len -= part;
		if (c->cnt == PIECES || c->len == c->most)
			carry(c);
	}
}

static int carry_all(struct bio *bio)
{
	bool write = op_is_write(bio_op(bio));
	struct carriage c = {
		.disk = bio->bi_bdev->bd_disk,
		.at = (loff_t)bio->bi_iter.bi_sector << SECTOR_SHIFT,
		.op = write ? TENON_LINUX_DISK_WRITE : TENON_LINUX_DISK_READ,
		.most = write ? TENON_LINUX_DISK_WRITE_BYTES : TENON_LINUX_IO_BYTES,
	};
	struct bvec_iter i;
	struct bio_vec bv;

	c.err = bio->bi_opf & REQ_PREFLUSH ? flush(c.disk) : 0;
	bio_for_each_bvec(bv, bio, i) add(&c, page_address(bv.bv_page) + bv.bv_offset, bv.bv_len);
	carry(&c);
	if (!c.err && bio->bi_opf & REQ_FUA)
		c.err = flush(c.disk);
	return c.err;
}

static void submit(struct bio *bio)
{
	bio->bi_status = errno_to_blk_status(carry_all(bio));
	bio_endio(bio);
}

static const struct block_device_operations disk_ops = { .submit_bio = submit };

/* What is written is there after a flush, or at once if that is asked for. */
static struct gendisk *alloc(void)
{
#if LINUX_SINCE(6, 12)
	struct queue_limits limits = { .features = BLK_FEAT_WRITE_CACHE | BLK_FEAT_FUA };

	return blk_alloc_disk(&limits, NUMA_NO_NODE);
#else
	struct gendisk *disk = blk_alloc_disk(NUMA_NO_NODE);

	if (disk)
		blk_queue_write_cache(disk->queue, true, true);
	return disk;
#endif
}

int linux_disk_add(void *host, unsigned long long bytes, bool read_only, char *path, unsigned int path_bytes,
		   void **out)
{
	static atomic_t number;
	struct gendisk *disk = alloc();
	int err;

	if (IS_ERR_OR_NULL(disk))
		return -ENOMEM;
	disk->fops = &disk_ops;
	disk->private_data = host;
	disk->flags |= GENHD_FL_NO_PART;
	snprintf(disk->disk_name, DISK_NAME_LEN, "tenon%u", (unsigned int)atomic_inc_return(&number));
	snprintf(path, path_bytes, "/dev/%s", disk->disk_name);
	set_capacity(disk, bytes >> SECTOR_SHIFT);
	set_disk_ro(disk, read_only);
	err = add_disk(disk);
	if (err)
		put_disk(disk);
	*out = disk;
	return err;
}

void linux_disk_remove(void *disk)
{
	del_gendisk(disk);
	put_disk(disk);
}
