// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Network devices (5.1). A frame takes a pair of descriptors: its header, in the driver's memory, and a buffer of the
 * kernel's. A thread of each device waits for what is received; what was sent is looked for when more is to be sent, and by
 * that thread, so sending needs no interrupts.
 */
#include "virtio.h"
#include "../shared/yield_lock.h"

#define FEATURE_MAC (1ull << 5)
#define LOOK_NS 1000000000ull
#define STOP_NS 5000000000ull
#define SLOTS_RECEIVE TENON_NETDEV_RECEIVES
#define SLOTS_TRANSMIT TENON_NETDEV_TRANSMITS
#define BATCH 64
#define HEADER_BYTES 12u /* 5.1.6 */
#define MTU 1500

enum { QUEUE_RECEIVE = 0, QUEUE_TRANSMIT = 1 };

/* What is under way in a queue. Those of transmission: nic->locked. */
struct slots {
	struct queue queue;
	uint32_t cnt;                /* pairs of descriptors */
	uint32_t tag[SLOTS_RECEIVE]; /* of the buffer in each that is under way */
	bool used[SLOTS_RECEIVE];
	uint8_t free[SLOTS_RECEIVE]; /* the others */
	uint32_t free_cnt;
};

struct nic {
	struct virtio virtio;
	struct slots receives, transmits;
	uint32_t locked;
	bool broken; /* it answered nonsense, and has been reset */
	tenon_handle netdev, thread;
};

static struct virtio_driver driver;

/* ---- queues ------------------------------------------------------------------------------------------------------ */

/* A buffer into a slot that is free. Return: the descriptor that it begins with. */
static uint16_t fill(struct slots *s, const struct tenon_netdev_frame *f, bool writes)
{
	uint16_t flags = writes ? QUEUE_DEVICE_WRITES : 0, head;
	uint32_t slot = s->free[--s->free_cnt];

	head = (uint16_t)(2 * slot);
	s->used[slot] = true;
	s->tag[slot] = f->tag;
	memset(s->queue.own + slot * HEADER_BYTES, 0, HEADER_BYTES);
	s->queue.descriptors[head] = (struct queue_descriptor){ s->queue.own_bus[0] + slot * HEADER_BYTES, HEADER_BYTES,
								flags | QUEUE_NEXT, (uint16_t)(head + 1) };
	s->queue.descriptors[head + 1] = (struct queue_descriptor){ f->address, f->len, flags, 0 };
	return head;
}

/* What the device is done with, at most BATCH. Return: how many, -TENON_EPROTO. */
static int drain(struct slots *s, struct tenon_netdev_frame *done, bool received)
{
	uint32_t bytes;
	uint16_t head;
	int cnt = 0, got = 0;

	while (cnt < BATCH && (got = queue_pop(&s->queue, &head, &bytes)) > 0) {
		uint32_t slot = head / 2;

		if (head % 2 || slot >= s->cnt || !s->used[slot] ||
		    (received && (bytes < HEADER_BYTES || bytes > HEADER_BYTES + TENON_NETDEV_BUFFER_BYTES))) {
			pr_err("impossible answer: buffer %u, %u bytes\n", head, (unsigned int)bytes);
			return -TENON_EPROTO;
		}
		s->used[slot] = false;
		s->free[s->free_cnt++] = (uint8_t)slot;
		done[cnt++] = (struct tenon_netdev_frame){ .size = sizeof(*done),
							   .tag = s->tag[slot],
							   .len = received ? bytes - HEADER_BYTES : 0 };
	}
	return got < 0 ? got : cnt;
}

/* ---- receiving --------------------------------------------------------------------------------------------------- */

static void refill(struct nic *n)
{
	struct slots *s = &n->receives;
	struct tenon_netdev_frame frames[BATCH];
	uint16_t heads[BATCH];
	uint32_t wanted;
	long cnt;

	do {
		wanted = s->free_cnt < BATCH ? s->free_cnt : BATCH;
		cnt = wanted ? tenon_netdev_buffers(n->netdev, frames, wanted * sizeof(*frames)) : 0;
		cnt = cnt > 0 ? cnt / (long)sizeof(*frames) : 0;
		for (long i = 0; i < cnt; i++)
			heads[i] = fill(s, &frames[i], true);
		if (cnt)
			queue_push(&s->queue, heads, (unsigned int)cnt);
	} while (cnt == BATCH);
}

/* Return: false: the device answers nonsense. */
static bool receive(struct nic *n)
{
	struct tenon_netdev_frame done[BATCH];
	int cnt;

	do {
		cnt = drain(&n->receives, done, true);
		if (cnt > 0) {
			tenon_netdev_receive(n->netdev, done, (size_t)cnt * sizeof(*done));
			refill(n);
		}
	} while (cnt == BATCH);
	return cnt >= 0;
}

/* ---- sending ----------------------------------------------------------------------------------------------------- */

static bool reap(struct nic *n)
{
	struct tenon_netdev_frame done[BATCH];
	int cnt;

	yield_lock(&n->locked);
	cnt = n->broken ? 0 : drain(&n->transmits, done, false);
	yield_unlock(&n->locked);
	if (cnt > 0)
		tenon_netdev_sent(n->netdev, done, (size_t)cnt * sizeof(*done));
	return cnt >= 0;
}

static int transmit(void *ctx, const void *frames, size_t len)
{
	const struct tenon_netdev_frame *f = frames;
	size_t cnt = len / sizeof(*f);
	uint16_t heads[SLOTS_TRANSMIT];
	struct nic *n = ctx;
	int err = 0;

	if (!reap(n))
		return -TENON_EIO;
	yield_lock(&n->locked);
	if (n->broken)
		err = -TENON_EIO;
	else if (cnt > n->transmits.free_cnt)
		err = -TENON_ENOBUFS;
	for (size_t i = 0; i < cnt && !err; i++)
		heads[i] = fill(&n->transmits, &f[i], false);
	yield_unlock(&n->locked);
	if (!err)
		queue_push(&n->transmits.queue, heads, (unsigned int)cnt);
	return err;
}

static int open(void *ctx)
{
	return ((struct nic *)ctx)->broken ? -TENON_EIO : 0;
}

static void stop(void *ctx)
{
	(void)ctx; /* what comes meanwhile the kernel drops */
}

/* Looks once a second even if no interrupt comes; the wait ends when the thread is to stop. */
static void work(void *arg)
{
	struct nic *n = arg;
	long came = 0;

	refill(n);
	for (; came >= 0 || came == -TENON_ETIMEDOUT;
	     came = queue_wait(&n->receives.queue, tenon_clock_ns() + LOOK_NS)) {
		if (n->broken || (receive(n) && reap(n)))
			continue;
		yield_lock(&n->locked);
		n->broken = true;
		yield_unlock(&n->locked);
		virtio_reset(&n->virtio);
		tenon_netdev_carrier(n->netdev, 0);
	}
}

/* ---- devices ----------------------------------------------------------------------------------------------------- */

static int open_queue(struct slots *s, struct virtio *v, uint16_t index, uint32_t most)
{
	int err = queue_open(&s->queue, v, index, 1);

	s->cnt = s->queue.size / 2u < most ? s->queue.size / 2u : most;
	while (s->free_cnt < s->cnt) {
		s->free[s->free_cnt] = (uint8_t)s->free_cnt;
		s->free_cnt++;
	}
	return err ? err : s->cnt ? 0 : -TENON_EPROTO;
}

static int offer(struct nic *n)
{
	static const struct tenon_netdev_ops ops = { .open = open, .stop = stop, .transmit = transmit };
	struct tenon_netdev_config config = { .size = sizeof(config), .type = 1, .mtu = MTU, .mtu_max = MTU };
	int err;

	if (n->virtio.features & FEATURE_MAC) {
		for (uint32_t i = 0; i < 6; i++)
			config.mac[i] = (uint8_t)virtio_config(&n->virtio, i, 1);
	} else {
		tenon_random(config.mac, 6);
		config.mac[0] = (config.mac[0] & 0xfe) | 0x02; /* of one station, not given out by IEEE */
	}
	virtio_start(&n->virtio);
	n->netdev = tenon_netdev_register(THIS_MODULE, n->virtio.device, "eth%", &config, &ops, n);
	err = tenon_handle_error(n->netdev);
	if (err)
		return err;
	n->thread = tenon_thread_create(THIS_MODULE, work, n, "virtio_net");
	err = tenon_handle_error(n->thread);
	if (err) {
		virtio_reset(&n->virtio);
		tenon_netdev_unregister(n->netdev);
	}
	return err;
}

static int open_nic(struct nic *n, tenon_handle device)
{
	int err = virtio_open(&n->virtio, device, FEATURE_MAC);

	if (err)
		return err;
	err = open_queue(&n->receives, &n->virtio, QUEUE_RECEIVE, SLOTS_RECEIVE);
	if (!err)
		err = open_queue(&n->transmits, &n->virtio, QUEUE_TRANSMIT, SLOTS_TRANSMIT);
	if (!err)
		err = offer(n);
	if (!err)
		return 0;
	virtio_reset(&n->virtio);
	queue_close(&n->transmits.queue);
	queue_close(&n->receives.queue);
	virtio_close(&n->virtio);
	return err;
}

static int probe(tenon_handle device, struct tenon_driver_probe *p)
{
	struct nic *n = tenon_alloc(THIS_MODULE, sizeof(*n));
	int err;

	if (!n)
		return -TENON_ENOMEM;
	*n = (struct nic){ 0 };
	err = open_nic(n, device);
	if (err) {
		pr_err("a device cannot be used: error %d\n", -err);
		tenon_free(n);
	}
	p->data = n;
	return err;
}

static void remove(tenon_handle device, void *data)
{
	struct nic *n = data;

	(void)device;
	tenon_thread_stop(n->thread);
	tenon_thread_join(n->thread, tenon_clock_ns() + STOP_NS);
	yield_lock(&n->locked);
	n->broken = true; /* nothing is sent any more */
	yield_unlock(&n->locked);
	virtio_reset(&n->virtio);
	tenon_netdev_unregister(n->netdev);
	queue_close(&n->transmits.queue);
	queue_close(&n->receives.queue);
	virtio_close(&n->virtio);
	tenon_free(n);
}

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(0x1af4, 0x1000) }, /* of before 1.0, and both */
	{ PCI_DEVICE(0x1af4, 0x1041) },
	{ 0 },
};
MODULE_DEVICE_TABLE(pci, ids);

static const struct platform_device_id platform_ids[] = { { PLATFORM_DEVICE("virtio-mmio-1") }, {} };
MODULE_DEVICE_TABLE(platform, platform_ids);

static int __init net_init(void)
{
	static const struct tenon_driver_ops ops = { .probe = probe, .remove = remove };

	return virtio_register(&driver, "virtio_net", ids, sizeof(ids) - sizeof(ids[0]), platform_ids, &ops);
}

static void __exit net_exit(void)
{
	virtio_unregister(&driver);
}

module_init(net_init);
module_exit(net_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Virtio network devices");
MODULE_AUTHOR("The Tenon authors");
