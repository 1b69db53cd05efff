/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What drivers of virtio devices share (OASIS virtio 1.2, sections are its): the way to the device's registers, the
 * beginning and end of its use, and its queues. Devices before 1.0 are refused.
 *
 * A device may answer anything. What it says is read once and checked; what cannot be is one line in the log and an
 * error, and nothing is done with it.
 */
#ifndef MODULES_VIRTIO_VIRTIO_H
#define MODULES_VIRTIO_VIRTIO_H

#include "tenon/device_id.h"
#include "tenon/module.h"

#define VIRTIO_RESOURCES 6

/* Features of every kind of device, 6. */
#define VIRTIO_INDIRECT (1ull << 28) /* a descriptor may lead to a table of some: 2.7.5.3 */
#define VIRTIO_VERSION_1 (1ull << 32)
#define VIRTIO_ACCESS_PLATFORM (1ull << 33) /* it sees memory at bus addresses: which is what we give it anyway */

struct queue;
struct virtio;

/* How a device is reached: pci.c, mmio.c. */
struct virtio_transport {
	uint8_t (*status)(const struct virtio *v);
	void (*set_status)(struct virtio *v, uint8_t value);
	uint32_t (*features)(struct virtio *v, uint32_t half); /* that it offers: 32 bits of them */
	void (*set_features)(struct virtio *v, uint32_t half, uint32_t bits);
	/* How many entries queue @index may have. */
	uint16_t (*queue_size)(struct virtio *v, uint16_t index);
	/* It has @q->size, and its parts are there on the bus. Return: 0; -TENON_EPROTO: what the device says cannot be. */
	int (*queue_start)(struct queue *q, uint16_t index, const uint64_t bus[]);
	void (*ring)(const struct queue *q); /* tell the device to look at what is available */
	/* The interrupt has been seen: before looking at what was used. NULL: nobody wants to know. */
	void (*acknowledge)(const struct virtio *v);
};

struct virtio {
	tenon_handle device;
	uint64_t features; /* that both sides know */

	/* The transport's: where in its registers is what. */
	const struct virtio_transport *transport;
	tenon_handle mmio[VIRTIO_RESOURCES]; /* by resource; 0: not mapped */
	struct tenon_mmio resource[VIRTIO_RESOURCES];
	volatile uint8_t *common, *config, *notify;
	uint32_t common_bytes, config_bytes, notify_bytes, notify_step;
};

/**
 * virtio_open - find the registers of a device, reset it and agree with it on features
 * @wanted: features that the driver can use, besides those of every device
 *
 * Return: 0; then virtio_close() is due. -TENON_EPROTO: what it says cannot be; -TENON_EOPNOTSUPP: it is older than 1.0;
 * -TENON_ETIMEDOUT: it is not reset; what tenon_mmio_map() says. Thread.
 */
int virtio_open(struct virtio *v, tenon_handle device, uint64_t wanted);
/* Its queues are set up: it may work. */
void virtio_start(struct virtio *v);
/* It does nothing more, and uses no memory: also if it is gone. Thread. */
void virtio_reset(struct virtio *v);
/* Give its registers back. After virtio_reset(). */
void virtio_close(struct virtio *v);
/* A field of its kind's configuration (2.5), in one piece of @bytes: 1, 2, 4 or 8. What is not there is 0. */
uint64_t virtio_config(const struct virtio *v, uint32_t off, uint32_t bytes);

/*
 * virtio_pci_map, virtio_mmio_map - map its registers, and find out what is where. On errors virtio_close() as well.
 * Return: 0; -TENON_ENODEV: it is not one of these; -TENON_EOPNOTSUPP: it is older than 1.0; -TENON_EPROTO.
 */
int virtio_pci_map(struct virtio *v);
int virtio_mmio_map(struct virtio *v);

/*
 * Offer a driver for virtio devices of this kind (5), on PCI and elsewhere; @ids: those of PCI.
 * Return: 0, or an error and nothing is offered. virtio_unregister() ends it.
 */
struct virtio_driver {
	tenon_handle pci, platform;
};

int virtio_register(struct virtio_driver *d, const char *name, const void *ids, size_t bytes,
		    const struct platform_device_id *id, const struct tenon_driver_ops *ops);
void virtio_unregister(struct virtio_driver *d);

static inline uint16_t virtio_read16(const struct virtio *v, uint32_t off)
{
	return *(volatile uint16_t *)(v->common + off);
}

static inline void virtio_write16(const struct virtio *v, uint32_t off, uint16_t value)
{
	*(volatile uint16_t *)(v->common + off) = value;
}

static inline uint32_t virtio_read32(const struct virtio *v, uint32_t off)
{
	return *(volatile uint32_t *)(v->common + off);
}

static inline void virtio_write32(const struct virtio *v, uint32_t off, uint32_t value)
{
	*(volatile uint32_t *)(v->common + off) = value;
}

/* Two registers of 32 bits. */
static inline void virtio_write64(const struct virtio *v, uint32_t off, uint64_t value)
{
	virtio_write32(v, off, (uint32_t)value);
	virtio_write32(v, off + 4, (uint32_t)(value >> 32));
}

/* ---- queue.c: a queue (2.7) and the memory that goes with it ---- */

#define QUEUE_SIZE_MAX 256
#define QUEUE_PAGE_BYTES 4096u
#define QUEUE_PAGES 3 /* descriptors; what is available; what was used */
#define QUEUE_OWN_MAX 8

struct queue_descriptor { /* 2.7.5 */
	uint64_t address;
	uint32_t bytes;
	uint16_t flags, next;
};

enum { QUEUE_NEXT = 1, QUEUE_DEVICE_WRITES = 2, QUEUE_INDIRECT = 4 };

struct queue {
	struct virtio *virtio;
	uint16_t index, size; /* the device's number of it; a power of two */
	uint16_t available_idx, used_idx;
	uint32_t locked;        /* of available_idx and its ring */
	volatile uint8_t *bell; /* the transport's */
	struct queue_descriptor *descriptors;
	volatile uint16_t *available; /* flags, idx, ring[size] */
	volatile uint16_t *used;      /* flags, idx, then pairs of 32 bits */
	uint8_t *own;                 /* the driver's pages */
	uint64_t own_bus[QUEUE_OWN_MAX];
	tenon_handle buffer, dma, irq;
};

/**
 * queue_open - set up queue @index, with memory of its own, and @own_pages for the driver
 *
 * The first has an interrupt; whoever uses others looks by himself what has become of what they have.
 *
 * Return: 0, then queue_close() is due; -TENON_EPROTO: what the device says of it cannot be; -TENON_ENOMEM, and what
 * the interface says. Thread.
 */
int queue_open(struct queue *q, struct virtio *v, uint16_t index, unsigned int own_pages);
/* After virtio_reset(). */
void queue_close(struct queue *q);
/* Give the device the chains of descriptors that begin at these heads. Thread. */
void queue_push(struct queue *q, const uint16_t *heads, unsigned int cnt);
/* Wait for its interrupt, as tenon_irq_wait() does. */
long queue_wait(struct queue *q, uint64_t deadline_ns);
/**
 * queue_pop - what the device is done with
 * @head: the chain
 * @bytes: that it wrote to it, as it says
 * Return: 1; 0: nothing; -TENON_EPROTO: what it says cannot be, and the queue is of no use any more. One thread at a time.
 */
int queue_pop(struct queue *q, uint16_t *head, uint32_t *bytes);

#endif
