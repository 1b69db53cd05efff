// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Intel's 82574 (sections are of its datasheet, 317694): one queue in each direction, with descriptors of the old form, and one
 * interrupt. A thread of each card waits for what is received and for the link to change; what was sent is looked for when
 * more is to be sent, and by that thread. The card may write to the rings at any time, and answer anything.
 */
#include "tenon/device_id.h"
#include "tenon/module.h"
#include "../shared/yield_lock.h"

#define RING_CNT 128u /* descriptors of each ring; a page has room for 256 */
#define PAGE_BYTES 4096u
#define BATCH 64u
#define MTU 1500
#define LOOK_NS 1000000000ull
#define RESET_NS 1000000000ull
#define STOP_NS 5000000000ull

enum { /* registers: 10.2 */
       CTRL = 0x0000,
       STATUS = 0x0008,
       CTRL_EXT = 0x0018,
       ICR = 0x00c0,
       IMS = 0x00d0,
       IMC = 0x00d8,
       EIAC = 0x00dc,
       IVAR = 0x00e4,
       RCTL = 0x0100,
       TCTL = 0x0400,
       TIPG = 0x0410,
       RECEIVE_RING = 0x2800,
       TRANSMIT_RING = 0x3800,
       RING_BASE = 0x00, /* of the last two: 64 bits */
       RING_BYTES = 0x08,
       RING_HEAD = 0x10,
       RING_TAIL = 0x18,
       RING_CONTROL = 0x28,
       RFCTL = 0x5008,
       RAL0 = 0x5400,
       RAH0 = 0x5404,
       REGISTERS_BYTES = 0x6000, /* those above lie below it */
};

enum {
	CTRL_MASTER_DISABLE = 1 << 2,
	CTRL_LINK_UP = 1 << 6,
	CTRL_RESET = 1 << 26,
	STATUS_LINK_UP = 1 << 1,
	STATUS_MASTER = 1 << 19,
	CAUSE_LINK = 1 << 2,
	CAUSE_RECEIVED = 1 << 20, /* on queue 0 */
	CAUSE_OTHER = 1 << 24,
	IVAR_VALID = 1 << 3, /* of vector 0, in the field of queue 0 that receives */
	IVAR_OTHER_SHIFT = 16,
	RCTL_ENABLE = 1 << 1,
	RCTL_ALL_MULTICAST = 1 << 4,
	RCTL_BROADCAST = 1 << 15,
	RCTL_STRIP_CRC = 1 << 26, /* buffers are of 2,048 bytes if no other size is said */
	TCTL_ENABLE = 1 << 1,
	TCTL_PAD = 1 << 3,
	TCTL_COLLISIONS = 0x0f << 4 | 0x3f << 12,       /* 10.2.6.1: of full duplex */
	TIPG_DEFAULT = 0x00602008,                      /* 10.2.6.2 */
	TRANSMIT_CONTROL = 1 << 24 | 1 << 22 | 1 << 16, /* thresholds count descriptors; bit 22 must be set: 10.2.6.9 */
	RAH_VALID = 1u << 31,
	DONE = 1 << 0, /* of a descriptor's status */
	RECEIVED_END = 1 << 1,
	SEND_END = 1 << 0, /* of its command */
	SEND_CRC = 1 << 1,
	SEND_REPORT = 1 << 3,
};

#define GONE 0xffffffffu /* what a card that is not there any more reads as */

struct descriptor { /* 7.1.4, 7.2.2 */
	uint64_t address;
	uint16_t bytes;
	uint8_t sum_off, command; /* of what is received: a sum, which nobody looks at */
	uint8_t status, errors;
	uint16_t special;
};

struct ring {
	volatile struct descriptor *descriptors;
	uint64_t bus;
	uint32_t tag[RING_CNT]; /* of the buffer in each */
	uint32_t head, tail;    /* the first that the card has, and the first that it has not; one is always free */
};

struct nic {
	tenon_handle device, mmio, buffer, dma, irq, netdev, thread;
	volatile uint8_t *registers;
	struct ring receives, transmits;
	uint32_t locked; /* of transmits */
	bool link, ends;
};

static tenon_handle driver;

static uint32_t read32(const struct nic *n, uint32_t off)
{
	return *(volatile uint32_t *)(n->registers + off);
}

static void write32(const struct nic *n, uint32_t off, uint32_t value)
{
	*(volatile uint32_t *)(n->registers + off) = value;
}

/* ---- rings ------------------------------------------------------------------------------------------------------- */

static uint32_t used_cnt(const struct ring *r)
{
	return (r->tail - r->head) % RING_CNT;
}

static uint32_t free_cnt(const struct ring *r)
{
	return RING_CNT - 1 - used_cnt(r);
}

/* There is a free one. The card learns of it by the ring's tail. */
static void fill(struct ring *r, const struct tenon_netdev_frame *f, uint8_t command)
{
	volatile struct descriptor *d = &r->descriptors[r->tail];

	d->address = f->address;
	d->bytes = (uint16_t)f->len;
	d->sum_off = 0;
	d->command = command;
	d->errors = 0;
	d->special = 0;
	d->status = 0;
	r->tag[r->tail] = f->tag;
	r->tail = (r->tail + 1) % RING_CNT;
}

static void tell(const struct nic *n, uint32_t ring, const struct ring *r)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	write32(n, ring + RING_TAIL, r->tail);
}

/* What of it is a frame: 0, if the card says that it is damaged, or only a part. */
static uint32_t frame_bytes(const volatile struct descriptor *d, uint8_t status)
{
	uint16_t bytes = d->bytes;

	return status & RECEIVED_END && !d->errors && bytes <= TENON_NETDEV_BUFFER_BYTES ? bytes : 0;
}

/* What the card is done with, at most BATCH. Return: how many. */
static uint32_t drain(struct ring *r, struct tenon_netdev_frame *done, bool received)
{
	uint32_t cnt = 0;

	for (; cnt < BATCH && used_cnt(r); cnt++) {
		const volatile struct descriptor *d = &r->descriptors[r->head];
		uint8_t status = __atomic_load_n(&d->status, __ATOMIC_ACQUIRE);

		if (!(status & DONE))
			break;
		done[cnt] = (struct tenon_netdev_frame){ .size = sizeof(*done),
							 .tag = r->tag[r->head],
							 .len = received ? frame_bytes(d, status) : 0 };
		r->head = (r->head + 1) % RING_CNT;
	}
	return cnt;
}

/* ---- receiving --------------------------------------------------------------------------------------------------- */

static void refill(struct nic *n)
{
	struct tenon_netdev_frame frames[BATCH];
	uint32_t wanted;
	long cnt;

	do {
		wanted = free_cnt(&n->receives) < BATCH ? free_cnt(&n->receives) : BATCH;
		cnt = wanted ? tenon_netdev_buffers(n->netdev, frames, wanted * sizeof(*frames)) : 0;
		cnt = cnt > 0 ? cnt / (long)sizeof(*frames) : 0;
		for (long i = 0; i < cnt; i++)
			fill(&n->receives, &frames[i], 0);
		if (cnt)
			tell(n, RECEIVE_RING, &n->receives);
	} while (cnt == BATCH);
}

static void receive(struct nic *n)
{
	struct tenon_netdev_frame done[BATCH];
	uint32_t cnt;

	do {
		cnt = drain(&n->receives, done, true);
		if (cnt) {
			tenon_netdev_receive(n->netdev, done, cnt * sizeof(*done));
			refill(n);
		}
	} while (cnt == BATCH);
}

/* ---- sending ----------------------------------------------------------------------------------------------------- */

static void reap(struct nic *n)
{
	struct tenon_netdev_frame done[BATCH];
	uint32_t cnt;

	yield_lock(&n->locked);
	cnt = drain(&n->transmits, done, false);
	yield_unlock(&n->locked);
	if (cnt)
		tenon_netdev_sent(n->netdev, done, cnt * sizeof(*done));
}

static int transmit(void *ctx, const void *frames, size_t len)
{
	const struct tenon_netdev_frame *f = frames;
	size_t cnt = len / sizeof(*f);
	struct nic *n = ctx;
	int err = 0;

	reap(n);
	yield_lock(&n->locked);
	if (n->ends)
		err = -TENON_EIO;
	else if (cnt > free_cnt(&n->transmits))
		err = -TENON_ENOBUFS;
	for (size_t i = 0; i < cnt && !err; i++)
		fill(&n->transmits, &f[i], SEND_END | SEND_CRC | SEND_REPORT);
	if (!err)
		tell(n, TRANSMIT_RING, &n->transmits);
	yield_unlock(&n->locked);
	return err;
}

static int open(void *ctx)
{
	(void)ctx; /* it works from probe on */
	return 0;
}

static void stop(void *ctx)
{
	(void)ctx; /* what comes meanwhile the kernel drops */
}

static void look_at_link(struct nic *n)
{
	uint32_t status = read32(n, STATUS);
	bool link = status != GONE && status & STATUS_LINK_UP;

	if (link == n->link)
		return;
	n->link = link;
	tenon_netdev_carrier(n->netdev, link);
}

/*
 * An interrupt is masked as it comes (EIAC). What has come between the last look and its being allowed again is seen by the
 * next look, so that is done afterwards. Looks once a second even if none comes; the wait ends when the thread is to stop.
 */
static void work(void *arg)
{
	struct nic *n = arg;
	long came = 0;

	refill(n);
	for (; came >= 0 || came == -TENON_ETIMEDOUT; came = tenon_irq_wait(n->irq, tenon_clock_ns() + LOOK_NS)) {
		receive(n);
		read32(n, ICR); /* what is not cleared by itself: the link's */
		write32(n, IMS, CAUSE_RECEIVED | CAUSE_OTHER | CAUSE_LINK);
		receive(n);
		reap(n);
		look_at_link(n);
	}
}

/* ---- the card ---------------------------------------------------------------------------------------------------- */

/* Until a bit is clear. Return: 0, -TENON_ETIMEDOUT, -TENON_ENODEV: it is gone. */
static int wait_clear(const struct nic *n, uint32_t off, uint32_t bit)
{
	uint64_t until = tenon_clock_ns() + RESET_NS;
	uint32_t value;

	while ((value = read32(n, off)) & bit) {
		if (value == GONE)
			return -TENON_ENODEV;
		if (tenon_clock_ns() > until)
			return -TENON_ETIMEDOUT;
		tenon_yield();
	}
	return 0;
}

/* It uses no memory any more, 5.2.3, and knows nothing. Return: as wait_clear(). */
static int reset(const struct nic *n)
{
	int err;

	write32(n, IMC, GONE);
	write32(n, RCTL, 0);
	write32(n, TCTL, 0);
	write32(n, CTRL, read32(n, CTRL) | CTRL_MASTER_DISABLE);
	err = wait_clear(n, STATUS, STATUS_MASTER);
	if (err == -TENON_ETIMEDOUT)
		pr_warn("a card does not say that it uses no memory any more\n");
	write32(n, CTRL, CTRL_RESET);
	err = wait_clear(n, CTRL, CTRL_RESET);
	write32(n, IMC, GONE);
	return err;
}

static void start_ring(const struct nic *n, uint32_t at, const struct ring *r)
{
	write32(n, at + RING_BASE, (uint32_t)r->bus);
	write32(n, at + RING_BASE + 4, (uint32_t)(r->bus >> 32));
	write32(n, at + RING_BYTES, RING_CNT * sizeof(struct descriptor));
	write32(n, at + RING_HEAD, 0);
	write32(n, at + RING_TAIL, 0);
}

static void start(const struct nic *n)
{
	write32(n, CTRL, (read32(n, CTRL) & ~(uint32_t)CTRL_MASTER_DISABLE) | CTRL_LINK_UP);
	start_ring(n, RECEIVE_RING, &n->receives);
	start_ring(n, TRANSMIT_RING, &n->transmits);
	write32(n, TRANSMIT_RING + RING_CONTROL, TRANSMIT_CONTROL);
	write32(n, TIPG, TIPG_DEFAULT);
	write32(n, RFCTL, 0);
	write32(n, IVAR, IVAR_VALID | IVAR_VALID << IVAR_OTHER_SHIFT);
	write32(n, EIAC, CAUSE_RECEIVED | CAUSE_OTHER);
	write32(n, TCTL, TCTL_ENABLE | TCTL_PAD | TCTL_COLLISIONS);
	write32(n, RCTL, RCTL_ENABLE | RCTL_ALL_MULTICAST | RCTL_BROADCAST | RCTL_STRIP_CRC);
}

static int make_rings(struct nic *n)
{
	struct tenon_buffer b;
	uint64_t bus[2];
	int err;

	n->buffer = tenon_buffer_create(THIS_MODULE, sizeof(bus) / sizeof(bus[0]) * PAGE_BYTES, &b);
	err = tenon_handle_error(n->buffer);
	if (err) {
		n->buffer = 0;
		return err;
	}
	n->dma = tenon_dma_map(THIS_MODULE, n->device, n->buffer);
	err = tenon_handle_error(n->dma);
	if (err) {
		n->dma = 0;
		return err;
	}
	if (tenon_dma_addresses(n->dma, 0, bus, sizeof(bus)) != sizeof(bus))
		return -TENON_EIO;
	n->receives.descriptors = b.address;
	n->receives.bus = bus[0];
	n->transmits.descriptors = (struct descriptor *)((uint8_t *)b.address + PAGE_BYTES);
	n->transmits.bus = bus[1];
	return 0;
}

static int map_registers(struct nic *n)
{
	struct tenon_mmio registers;
	int err;

	n->mmio = tenon_mmio_map(THIS_MODULE, n->device, 0, 0, 0, &registers);
	err = tenon_handle_error(n->mmio);
	if (err) {
		n->mmio = 0;
		return err;
	}
	n->registers = registers.address;
	return registers.bytes < REGISTERS_BYTES ? -TENON_EPROTO : 0;
}

/* The address that its EEPROM has given it. Return: 0, -TENON_EPROTO: none. */
static int read_mac(const struct nic *n, uint8_t mac[8])
{
	uint32_t low = read32(n, RAL0), high = read32(n, RAH0);

	memcpy(mac, &low, sizeof(low));
	mac[4] = (uint8_t)high;
	mac[5] = (uint8_t)(high >> 8);
	return high & RAH_VALID && !(mac[0] & 1) ? 0 : -TENON_EPROTO;
}

static int offer(struct nic *n)
{
	static const struct tenon_netdev_ops ops = { .open = open, .stop = stop, .transmit = transmit };
	struct tenon_netdev_config config = { .size = sizeof(config), .type = 1, .mtu = MTU, .mtu_max = MTU };
	int err = read_mac(n, config.mac);

	if (err)
		return err;
	n->irq = tenon_irq_open(THIS_MODULE, n->device, 0);
	err = tenon_handle_error(n->irq);
	if (err) {
		n->irq = 0;
		return err;
	}
	n->link = true;
	n->netdev = tenon_netdev_register(THIS_MODULE, n->device, "eth%", &config, &ops, n);
	err = tenon_handle_error(n->netdev);
	if (err)
		return err;
	start(n);
	n->thread = tenon_thread_create(THIS_MODULE, work, n, "e1000e");
	err = tenon_handle_error(n->thread);
	if (err) {
		reset(n);
		tenon_netdev_unregister(n->netdev);
	}
	return err;
}

static void give_back(struct nic *n)
{
	if (n->irq)
		tenon_irq_close(n->irq);
	if (n->dma)
		tenon_dma_unmap(n->dma);
	if (n->buffer)
		tenon_buffer_destroy(n->buffer);
	if (n->mmio)
		tenon_mmio_unmap(n->mmio);
	tenon_free(n);
}

static int open_nic(struct nic *n)
{
	int err = map_registers(n);

	if (!err)
		err = reset(n);
	if (!err)
		err = make_rings(n);
	return err ? err : offer(n);
}

static int probe(tenon_handle device, struct tenon_driver_probe *p)
{
	struct nic *n = tenon_alloc(THIS_MODULE, sizeof(*n));
	int err;

	if (!n)
		return -TENON_ENOMEM;
	*n = (struct nic){ .device = device };
	err = open_nic(n);
	if (err) {
		pr_err("a card cannot be used: error %d\n", -err);
		give_back(n);
		return err;
	}
	p->data = n;
	return 0;
}

static void remove(tenon_handle device, void *data)
{
	struct nic *n = data;

	(void)device;
	tenon_thread_stop(n->thread);
	tenon_thread_join(n->thread, tenon_clock_ns() + STOP_NS);
	yield_lock(&n->locked);
	n->ends = true; /* nothing is sent any more */
	yield_unlock(&n->locked);
	if (reset(n) == -TENON_ETIMEDOUT)
		pr_err("a card was not reset within a second\n");
	tenon_netdev_unregister(n->netdev);
	give_back(n);
}

static const struct pci_device_id ids[] = { { PCI_DEVICE(0x8086, 0x10d3) }, { 0 } };
MODULE_DEVICE_TABLE(pci, ids);

static int __init e1000e_init(void)
{
	static const struct tenon_driver_ops ops = { .probe = probe, .remove = remove };

	driver = tenon_driver_register(THIS_MODULE, "e1000e", "pci", ids, sizeof(ids) - sizeof(ids[0]), &ops);
	return tenon_handle_error(driver);
}

static void __exit e1000e_exit(void)
{
	tenon_driver_unregister(driver);
}

module_init(e1000e_init);
module_exit(e1000e_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Intel 82574 network cards");
MODULE_AUTHOR("The Tenon authors");
