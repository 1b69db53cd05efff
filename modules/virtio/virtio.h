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

#include "tenon/module.h"

#define VIRTIO_MSIX_NONE 0xffff
#define VIRTIO_RESOURCES 6

/* Features of every kind of device, 6. */
#define VIRTIO_INDIRECT (1ull << 28) /* a descriptor may lead to a table of some: 2.7.5.3 */
#define VIRTIO_VERSION_1 (1ull << 32)
#define VIRTIO_ACCESS_PLATFORM (1ull << 33) /* it sees memory at bus addresses: which is what we give it anyway */

struct virtio {
	tenon_handle device;
	uint64_t features; /* that both sides know */

	/* pci.c: where in its registers is what. */
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

/* ---- pci.c ---- */

/* Map what its capabilities name. On errors virtio_close() as well. */
int virtio_pci_map(struct virtio *v);

/* Registers of the common structure, 4.1.4.3. */
enum {
	COMMON_FEATURE_SELECT = 0,
	COMMON_FEATURES = 4,
	COMMON_DRIVER_SELECT = 8,
	COMMON_DRIVER_FEATURES = 12,
	COMMON_CONFIG_VECTOR = 16,
	COMMON_STATUS = 20,
	COMMON_QUEUE_SELECT = 22,
	COMMON_QUEUE_SIZE = 24,
	COMMON_QUEUE_VECTOR = 26,
	COMMON_QUEUE_ENABLE = 28,
	COMMON_QUEUE_NOTIFY_OFF = 30,
	COMMON_QUEUE_TABLE = 32,
	COMMON_QUEUE_AVAILABLE = 40,
	COMMON_QUEUE_USED = 48,
	COMMON_BYTES = 56,
};

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
	uint16_t size; /* a power of two */
	uint16_t available_idx, used_idx;
	uint32_t locked; /* of available_idx and its ring */
	volatile uint16_t *bell;
	struct queue_descriptor *descriptors;
	volatile uint16_t *available; /* flags, idx, ring[size] */
	volatile uint16_t *used;      /* flags, idx, then pairs of 32 bits */
	uint8_t *own;                 /* the driver's pages */
	uint64_t own_bus[QUEUE_OWN_MAX];
	tenon_handle buffer, dma, irq;
};

/**
 * queue_open - set up queue @index, with memory and an interrupt of its own, and @own_pages for the driver
 * Return: 0, then queue_close() is due; -TENON_EPROTO: what the device says of it cannot be; -TENON_ENOMEM, and what
 * the interface says. Thread.
 */
int queue_open(struct queue *q, struct virtio *v, uint16_t index, unsigned int own_pages);
/* After virtio_reset(). */
void queue_close(struct queue *q);
/* Give the device the chains of descriptors that begin at these heads. Thread. */
void queue_push(struct queue *q, const uint16_t *heads, unsigned int cnt);
/**
 * queue_pop - what the device is done with
 * @head: the chain
 * @bytes: that it wrote to it, as it says
 * Return: 1; 0: nothing; -TENON_EPROTO: what it says cannot be, and the queue is of no use any more. One thread at a time.
 */
int queue_pop(struct queue *q, uint16_t *head, uint32_t *bytes);

#endif
