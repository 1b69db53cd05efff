// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * A split queue (2.7). Each of its three parts has a page, and others are the driver's: so no part needs pages that
 * follow each other on the bus. The device may write to all of it at any time.
 */
#include "virtio.h"
#include "../shared/yield_lock.h"

enum { FLAGS = 0, IDX = 1, RING = 2, NO_INTERRUPT = 1 }; /* words of what is available and what was used */

static int look(struct queue *q, uint16_t index)
{
	uint16_t size = q->virtio->transport->queue_size(q->virtio, index);

	if (!size || size & (size - 1)) {
		pr_err("unsupported queue of %u entries\n", size);
		return -TENON_EPROTO;
	}
	q->size = size < QUEUE_SIZE_MAX ? size : QUEUE_SIZE_MAX;
	return 0;
}

static int make_memory(struct queue *q, unsigned int own_pages, uint64_t bus[QUEUE_PAGES + QUEUE_OWN_MAX])
{
	const size_t pages = QUEUE_PAGES + own_pages;
	struct tenon_buffer b;
	uint8_t *at;
	int err;

	q->buffer = tenon_buffer_create(THIS_MODULE, pages * QUEUE_PAGE_BYTES, &b);
	err = tenon_handle_error(q->buffer);
	if (err) {
		q->buffer = 0;
		return err;
	}
	q->dma = tenon_dma_map(THIS_MODULE, q->virtio->device, q->buffer);
	err = tenon_handle_error(q->dma);
	if (err) {
		q->dma = 0;
		return err;
	}
	if (tenon_dma_addresses(q->dma, 0, bus, pages * sizeof(*bus)) != (long)(pages * sizeof(*bus)))
		return -TENON_EIO;
	at = b.address;
	q->descriptors = (struct queue_descriptor *)(void *)at;
	q->available = (volatile uint16_t *)(void *)(at + QUEUE_PAGE_BYTES);
	q->used = (volatile uint16_t *)(void *)(at + 2 * QUEUE_PAGE_BYTES);
	q->own = at + QUEUE_PAGES * QUEUE_PAGE_BYTES;
	memcpy(q->own_bus, bus + QUEUE_PAGES, own_pages * sizeof(*bus));
	return 0;
}

static int set_up(struct queue *q, uint16_t index, unsigned int own_pages)
{
	uint64_t bus[QUEUE_PAGES + QUEUE_OWN_MAX];
	int err = look(q, index);

	if (!err)
		err = make_memory(q, own_pages, bus);
	if (err)
		return err;
	if (index == 0)
		q->irq = tenon_irq_open(THIS_MODULE, q->virtio->device, index);
	else
		q->available[FLAGS] = NO_INTERRUPT;
	err = tenon_handle_error(q->irq);
	if (err) {
		q->irq = 0;
		return err;
	}
	return q->virtio->transport->queue_start(q, index, bus);
}

int queue_open(struct queue *q, struct virtio *v, uint16_t index, unsigned int own_pages)
{
	int err;

	*q = (struct queue){ .virtio = v, .index = index };
	err = set_up(q, index, own_pages);
	if (err) {
		virtio_reset(v);
		queue_close(q);
	}
	return err;
}

void queue_close(struct queue *q)
{
	if (q->irq)
		tenon_irq_close(q->irq);
	if (q->dma)
		tenon_dma_unmap(q->dma);
	if (q->buffer)
		tenon_buffer_destroy(q->buffer);
}

void queue_push(struct queue *q, const uint16_t *heads, unsigned int cnt)
{
	yield_lock(&q->locked);
	for (unsigned int i = 0; i < cnt; i++)
		q->available[RING + q->available_idx++ % q->size] = heads[i];
	__atomic_store_n(&q->available[IDX], q->available_idx, __ATOMIC_RELEASE); /* after the ring: 2.7.13.3 */
	yield_unlock(&q->locked);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	q->virtio->transport->ring(q);
}

long queue_wait(struct queue *q, uint64_t deadline_ns)
{
	long came = tenon_irq_wait(q->irq, deadline_ns);

	if (came > 0 && q->virtio->transport->acknowledge)
		q->virtio->transport->acknowledge(q->virtio);
	return came;
}

int queue_pop(struct queue *q, uint16_t *head, uint32_t *bytes)
{
	uint16_t waiting = (uint16_t)(__atomic_load_n(&q->used[IDX], __ATOMIC_ACQUIRE) - q->used_idx);
	const volatile uint32_t *entry;
	uint32_t id;

	if (!waiting)
		return 0;
	entry = (const volatile uint32_t *)(const volatile void *)(q->used + RING) + 2 * (q->used_idx % q->size);
	id = entry[0];
	*bytes = entry[1];
	if (waiting > q->size || id >= q->size) {
		pr_err("the device used a buffer that it was not given\n");
		return -TENON_EPROTO;
	}
	*head = (uint16_t)id;
	q->used_idx++;
	return 1;
}
