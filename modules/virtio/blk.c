// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Block devices (5.2). A request has a tag, and each tag descriptors, a header and a status of its own, so that nothing is
 * allocated and only the ring is locked. Where the device can, a tag's descriptors are a table in the driver's memory, to
 * which one of the queue's leads; else they are the queue's own. A thread of each device waits for its interrupts.
 */
#include "virtio.h"

#define FEATURE_SIZE_MAX (1ull << 1)
#define FEATURE_SEGMENTS_MAX (1ull << 2)
#define FEATURE_READ_ONLY (1ull << 5)
#define FEATURE_BLOCK_BYTES (1ull << 6)
#define FEATURE_FLUSH (1ull << 9)

enum {
	CONFIG_CAPACITY = 0, /* 5.2.4 */
	CONFIG_SIZE_MAX = 8,
	CONFIG_SEGMENTS_MAX = 12,
	CONFIG_BLOCK_BYTES = 20,
	OP_IN = 0, /* 5.2.6 */
	OP_OUT = 1,
	OP_FLUSH = 4,
	STATUS_OK = 0,
	STATUS_ERROR = 1,
	STATUS_UNSUPPORTED = 2,
	EXTRA = 2, /* descriptors of a request besides those of its memory: header and status */
	PER_TAG = TENON_BLKDEV_SEGMENTS + EXTRA,
	DEPTH_MAX = 64,
	TABLES_PER_PAGE = QUEUE_PAGE_BYTES / (PER_TAG * sizeof(struct queue_descriptor)),
	OWN_PAGES = 1 + (DEPTH_MAX + TABLES_PER_PAGE - 1) / TABLES_PER_PAGE, /* headers, then tables */
	DISKS = 26,
	STOP_NS = 1000000000,
	LOOK_NS = 1000000000,
};

struct header { /* of a request, in the driver's page */
	uint32_t op, reserved;
	uint64_t sector;
	uint8_t status, pad[15];
};

_Static_assert(DEPTH_MAX * sizeof(struct header) <= QUEUE_PAGE_BYTES, "the headers fit a page");
_Static_assert(OWN_PAGES <= QUEUE_OWN_MAX, "the tables fit");

struct disk {
	struct virtio virtio;
	struct queue queue;
	struct tenon_blkdev_config config;
	tenon_handle blkdev, thread;
	unsigned int letter;
	bool indirect;               /* descriptors of requests are in tables */
	uint32_t per_tag;            /* of the queue */
	uint32_t pending[DEPTH_MAX]; /* bytes that the device may write, of what is under way; 0: nothing is */
	bool broken;                 /* it answered nonsense: requests are refused */
};

static uint32_t letters; /* a bit for each name that is in use; atomic */

static struct header *header_of(const struct disk *d, uint32_t tag)
{
	return (struct header *)(void *)d->queue.own + tag;
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

static bool request_valid(const struct disk *d, const struct tenon_blkdev_request *r)
{
	return r->tag < d->config.depth && r->segment_cnt <= d->config.segment_max && r->op <= TENON_BLKDEV_FLUSH &&
	       !__atomic_load_n(&d->pending[r->tag], __ATOMIC_RELAXED);
}

/* Where a tag's descriptors are, and what the first one is called in links between them. */
static struct queue_descriptor *table_of(const struct disk *d, uint32_t tag, uint16_t *first, uint64_t *bus)
{
	size_t off = tag % TABLES_PER_PAGE * PER_TAG * sizeof(struct queue_descriptor);
	uint32_t page = 1 + tag / TABLES_PER_PAGE;

	*first = d->indirect ? 0 : (uint16_t)(tag * d->per_tag);
	if (!d->indirect)
		return d->queue.descriptors + *first;
	*bus = d->queue.own_bus[page] + off;
	return (void *)(d->queue.own + page * QUEUE_PAGE_BYTES + off);
}

/* Return: the descriptor of the queue that the request begins with. */
static uint16_t begin(struct disk *d, const struct tenon_blkdev_request *r)
{
	static const uint32_t ops[] = { OP_IN, OP_OUT, OP_FLUSH };
	uint64_t header = d->queue.own_bus[0] + r->tag * sizeof(struct header), bus;
	uint16_t head = (uint16_t)(r->tag * d->per_tag), next;
	struct queue_descriptor *to = table_of(d, r->tag, &next, &bus);
	bool reads = r->op == TENON_BLKDEV_READ;
	uint32_t writes = 1, cnt = 0;

	*header_of(d, r->tag) = (struct header){ .op = ops[r->op], .sector = r->sector, .status = 0xff };
	to[cnt++] = (struct queue_descriptor){ header, offsetof(struct header, status), QUEUE_NEXT, ++next };
	for (uint32_t i = 0; i < r->segment_cnt; i++) {
		to[cnt++] = (struct queue_descriptor){ r->address[i], r->bytes[i],
						       reads ? QUEUE_NEXT | QUEUE_DEVICE_WRITES : QUEUE_NEXT, ++next };
		writes += reads ? r->bytes[i] : 0;
	}
	to[cnt++] = (struct queue_descriptor){ header + offsetof(struct header, status), 1, QUEUE_DEVICE_WRITES, 0 };
	if (d->indirect)
		d->queue.descriptors[head] =
		    (struct queue_descriptor){ bus, cnt * (uint32_t)sizeof(*to), QUEUE_INDIRECT, 0 };
	__atomic_store_n(&d->pending[r->tag], writes, __ATOMIC_RELEASE);
	return head;
}

static int submit(void *ctx, const void *requests, size_t len)
{
	struct disk *d = ctx;
	const struct tenon_blkdev_request *r = requests;
	uint16_t heads[DEPTH_MAX];
	size_t cnt = len / sizeof(*r);

	if (__atomic_load_n(&d->broken, __ATOMIC_RELAXED))
		return -TENON_EIO;
	if (cnt > d->config.depth)
		return -TENON_EINVAL;
	for (size_t i = 0; i < cnt; i++)
		if (!request_valid(d, &r[i]))
			return -TENON_EINVAL;
	for (size_t i = 0; i < cnt; i++)
		heads[i] = begin(d, &r[i]);
	queue_push(&d->queue, heads, (unsigned int)cnt);
	return 0;
}

/* What became of it, by its status and by how much was written. */
static uint32_t result_of(const struct disk *d, uint32_t tag, uint32_t written)
{
	uint8_t status = *(volatile uint8_t *)&header_of(d, tag)->status;

	if (status == STATUS_OK && written == d->pending[tag])
		return TENON_BLKDEV_DONE;
	if (status == STATUS_UNSUPPORTED)
		return TENON_BLKDEV_NOT_DONE;
	if (status != STATUS_ERROR)
		pr_err("vd%c: impossible answer: status %u, %u of %u bytes written\n", 'a' + (int)d->letter, status,
		       (unsigned int)written, (unsigned int)d->pending[tag]);
	return TENON_BLKDEV_UNKNOWN;
}

/* All that the device has completed, reported in one call. Return: false: it answers nonsense. */
static bool complete(struct disk *d)
{
	struct tenon_blkdev_completion done[DEPTH_MAX];
	uint32_t cnt = 0, written;
	uint16_t head;
	int more = 0;

	while (cnt < d->config.depth && (more = queue_pop(&d->queue, &head, &written)) > 0) {
		uint32_t tag = head / d->per_tag;

		if (head % d->per_tag || tag >= d->config.depth || !d->pending[tag]) {
			pr_err("vd%c: the device completed a request that was not made\n", 'a' + (int)d->letter);
			more = -TENON_EPROTO;
			break;
		}
		done[cnt++] = (struct tenon_blkdev_completion){ sizeof(*done), tag, result_of(d, tag, written), 0 };
		__atomic_store_n(&d->pending[tag], 0, __ATOMIC_RELEASE);
	}
	if (cnt)
		tenon_blkdev_complete(d->blkdev, done, cnt * sizeof(*done));
	return more >= 0;
}

/*
 * Looks once a second even if no interrupt comes; the wait ends when the thread is to stop. Once the device has answered
 * nonsense it is reset and used no more; what is under way is given up by the kernel.
 */
static void work(void *arg)
{
	struct disk *d = arg;
	uint64_t until = tenon_clock_ns() + LOOK_NS;
	long came;

	while ((came = queue_wait(&d->queue, until)) >= 0 || came == -TENON_ETIMEDOUT) {
		if (came < 0)
			until = tenon_clock_ns() + LOOK_NS;
		if (d->broken || complete(d))
			continue;
		__atomic_store_n(&d->broken, true, __ATOMIC_RELAXED);
		virtio_reset(&d->virtio);
	}
}

/* ---- devices ----------------------------------------------------------------------------------------------------- */

static int take_letter(struct disk *d)
{
	for (d->letter = 0; d->letter < DISKS; d->letter++)
		if (!(__atomic_fetch_or(&letters, 1u << d->letter, __ATOMIC_RELAXED) & 1u << d->letter))
			return 0;
	return -TENON_ENOSPC;
}

static void give_letter(struct disk *d)
{
	__atomic_fetch_and(&letters, ~(1u << d->letter), __ATOMIC_RELAXED);
}

/* What the device says of itself. What is too much for us is made less; what cannot be is refused. */
static int configure(struct disk *d)
{
	const struct virtio *v = &d->virtio;
	uint32_t segments = TENON_BLKDEV_SEGMENTS, room = d->queue.size < PER_TAG ? d->queue.size : PER_TAG;

	d->indirect = v->features & VIRTIO_INDIRECT;
	d->per_tag = d->indirect ? 1 : room;
	if (v->features & FEATURE_SEGMENTS_MAX && virtio_config(v, CONFIG_SEGMENTS_MAX, 4) < segments)
		segments = (uint32_t)virtio_config(v, CONFIG_SEGMENTS_MAX, 4);
	if (room <= EXTRA || !segments ||
	    (v->features & FEATURE_SIZE_MAX && virtio_config(v, CONFIG_SIZE_MAX, 4) < QUEUE_PAGE_BYTES)) {
		pr_err("unsupported device: queue of %u, %u segments, or too small segments\n", d->queue.size,
		       (unsigned int)segments);
		return -TENON_EPROTO;
	}
	d->config = (struct tenon_blkdev_config){
		.size = sizeof(d->config),
		.block_bytes = TENON_BLKDEV_SECTOR_BYTES,
		.sector_cnt = virtio_config(v, CONFIG_CAPACITY, 8),
		.depth = d->queue.size / d->per_tag < DEPTH_MAX ? d->queue.size / d->per_tag : DEPTH_MAX,
		.segment_max = segments < room - EXTRA ? segments : room - EXTRA,
		.read_only = (v->features & FEATURE_READ_ONLY) != 0,
		.can_flush = (v->features & FEATURE_FLUSH) != 0,
	};
	if (v->features & FEATURE_BLOCK_BYTES)
		d->config.block_bytes = (uint32_t)virtio_config(v, CONFIG_BLOCK_BYTES, 4);
	return 0;
}

/* The thread comes last, so that it has the handle by which it completes: requests that come before wait in the queue. */
static int offer(struct disk *d)
{
	static const struct tenon_blkdev_ops ops = { .submit = submit };
	char name[] = { 'v', 'd', (char)('a' + d->letter), '\0' };
	int err;

	virtio_start(&d->virtio);
	d->blkdev = tenon_blkdev_register(THIS_MODULE, d->virtio.device, name, &d->config, &ops, d);
	err = tenon_handle_error(d->blkdev);
	if (!err) {
		d->thread = tenon_thread_create(THIS_MODULE, work, d, name);
		err = tenon_handle_error(d->thread);
		if (err)
			tenon_blkdev_unregister(d->blkdev);
	}
	if (err)
		pr_err("%s: cannot be registered: error %d\n", name, -err);
	else
		pr_info("%s: %llu sectors of 512 bytes\n", name, (unsigned long long)d->config.sector_cnt);
	return err;
}

static int open_disk(struct disk *d, tenon_handle device)
{
	int err = virtio_open(&d->virtio, device,
			      FEATURE_SIZE_MAX | FEATURE_SEGMENTS_MAX | FEATURE_READ_ONLY | FEATURE_BLOCK_BYTES |
				  FEATURE_FLUSH | VIRTIO_INDIRECT);

	if (err)
		return err;
	err = queue_open(&d->queue, &d->virtio, 0, OWN_PAGES);
	if (!err) {
		err = configure(d);
		if (!err)
			err = offer(d);
		if (!err)
			return 0;
		virtio_reset(&d->virtio);
		queue_close(&d->queue);
	}
	virtio_close(&d->virtio);
	return err;
}

static int probe(tenon_handle device, struct tenon_driver_probe *p)
{
	struct disk *d = tenon_alloc(THIS_MODULE, sizeof(*d));
	int err;

	if (!d)
		return -TENON_ENOMEM;
	*d = (struct disk){ 0 };
	err = take_letter(d);
	if (!err) {
		err = open_disk(d, device);
		if (err)
			give_letter(d);
	}
	if (err)
		tenon_free(d);
	p->data = d;
	return err;
}

static void remove(tenon_handle device, void *data)
{
	struct disk *d = data;

	(void)device;
	tenon_blkdev_unregister(d->blkdev);
	tenon_thread_stop(d->thread);
	tenon_thread_join(d->thread, tenon_clock_ns() + STOP_NS);
	virtio_reset(&d->virtio);
	queue_close(&d->queue);
	virtio_close(&d->virtio);
	give_letter(d);
	tenon_free(d);
}

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(0x1af4, 0x1001) }, /* of before 1.0, and both */
	{ PCI_DEVICE(0x1af4, 0x1042) },
	{ 0 },
};
MODULE_DEVICE_TABLE(pci, ids);

static const struct platform_device_id platform_ids[] = { { PLATFORM_DEVICE("virtio-mmio-2") }, {} };
MODULE_DEVICE_TABLE(platform, platform_ids);

static struct virtio_driver driver;

static int __init blk_init(void)
{
	static const struct tenon_driver_ops ops = { .probe = probe, .remove = remove };

	return virtio_register(&driver, "virtio_blk", ids, sizeof(ids) - sizeof(ids[0]), platform_ids, &ops);
}

static void __exit blk_exit(void)
{
	virtio_unregister(&driver);
}

module_init(blk_init);
module_exit(blk_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Virtio block devices");
MODULE_AUTHOR("The Tenon authors");
