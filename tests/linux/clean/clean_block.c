// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A disk in memory, with requests of blk-mq. */
/* log: registered with 2048 sectors */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/highmem.h>
#include <linux/module.h>
#include <linux/vmalloc.h>

#define SECTORS 2048

static struct blk_mq_tag_set tags;
static struct gendisk *disk;
static char *contents;
static int major;

static blk_status_t transfer(struct blk_mq_hw_ctx *ctx, const struct blk_mq_queue_data *bd)
{
	struct request *rq = bd->rq;
	loff_t at = blk_rq_pos(rq) << SECTOR_SHIFT;
	struct req_iterator iter;
	struct bio_vec bvec;

	blk_mq_start_request(rq);
	rq_for_each_segment(bvec, rq, iter) {
		void *p = bvec_kmap_local(&bvec);

		if (rq_data_dir(rq) == WRITE)
			memcpy(contents + at, p, bvec.bv_len);
		else
			memcpy(p, contents + at, bvec.bv_len);
		kunmap_local(p);
		at += bvec.bv_len;
	}
	blk_mq_end_request(rq, BLK_STS_OK);
	return BLK_STS_OK;
}

static const struct blk_mq_ops mq_ops = { .queue_rq = transfer };
static const struct block_device_operations disk_ops = { .owner = THIS_MODULE };

static int add(void)
{
	int err;

	tags.ops = &mq_ops;
	tags.nr_hw_queues = 1;
	tags.queue_depth = 16;
	tags.numa_node = NUMA_NO_NODE;
	tags.flags = BLK_MQ_F_SHOULD_MERGE | BLK_MQ_F_BLOCKING;
	err = blk_mq_alloc_tag_set(&tags);
	if (err)
		return err;
	disk = blk_mq_alloc_disk(&tags, NULL);
	if (IS_ERR(disk)) {
		err = PTR_ERR(disk);
		goto no_disk;
	}
	disk->major = major;
	disk->minors = 1;
	disk->fops = &disk_ops;
	strscpy(disk->disk_name, "clean_block", sizeof(disk->disk_name));
	set_capacity(disk, SECTORS);
	err = add_disk(disk);
	if (!err)
		return 0;
	put_disk(disk);
no_disk:
	blk_mq_free_tag_set(&tags);
	return err;
}

static int __init clean_init(void)
{
	int err;

	contents = vzalloc(SECTORS << SECTOR_SHIFT);
	if (!contents)
		return -ENOMEM;
	major = register_blkdev(0, "clean_block");
	err = major < 0 ? major : add();
	if (!err) {
		pr_info("registered with %llu sectors\n", get_capacity(disk));
		return 0;
	}
	if (major > 0)
		unregister_blkdev(major, "clean_block");
	vfree(contents);
	return err;
}

static void __exit clean_exit(void)
{
	del_gendisk(disk);
	put_disk(disk);
	blk_mq_free_tag_set(&tags);
	unregister_blkdev(major, "clean_block");
	vfree(contents);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
