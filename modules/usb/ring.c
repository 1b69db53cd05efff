// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Memory of the controller's, and rings in it: a page each, whose last TRB leads back to the first (4.9.2). What the
 * controller has not been given yet has the other cycle bit.
 */
#include "xhci.h"

int memory_open(struct memory *m, tenon_handle device, size_t pages, uint64_t *bus)
{
	struct tenon_buffer b;
	int err;

	*m = (struct memory){ 0 };
	m->buffer = tenon_buffer_create(THIS_MODULE, pages * XHCI_PAGE_BYTES, &b);
	err = tenon_handle_error(m->buffer);
	if (err) {
		m->buffer = 0;
		return err;
	}
	m->at = b.address;
	m->dma = tenon_dma_map(THIS_MODULE, device, m->buffer);
	err = tenon_handle_error(m->dma);
	if (err)
		m->dma = 0;
	else if (tenon_dma_addresses(m->dma, 0, bus, pages * sizeof(*bus)) != (long)(pages * sizeof(*bus)))
		err = -TENON_EIO;
	if (err)
		memory_close(m);
	return err;
}

void memory_close(struct memory *m)
{
	if (m->dma)
		tenon_dma_unmap(m->dma);
	if (m->buffer)
		tenon_buffer_destroy(m->buffer);
	*m = (struct memory){ 0 };
}

int ring_open(struct ring *r, tenon_handle device)
{
	int err;

	*r = (struct ring){ .cycle = TRB_CYCLE };
	err = memory_open(&r->memory, device, 1, &r->bus);
	r->trb = (struct trb *)(void *)r->memory.at;
	return err;
}

void ring_close(struct ring *r)
{
	memory_close(&r->memory);
}

/* The link at the end, as part of what goes on over it. */
static void wrap(struct ring *r, uint32_t chain)
{
	volatile struct trb *link = &r->trb[XHCI_RING_TRBS - 1];

	link->parameter = r->bus;
	link->status = 0;
	__atomic_store_n(&link->control, TRB_LINK << TRB_TYPE_SHIFT | TRB_TOGGLE | chain | r->cycle, __ATOMIC_RELEASE);
	r->enqueue = 0;
	r->cycle ^= TRB_CYCLE;
}

uint32_t ring_push(struct ring *r, uint64_t parameter, uint32_t status, uint32_t control, bool first)
{
	volatile struct trb *to = &r->trb[r->enqueue];
	uint32_t at = r->enqueue;

	to->parameter = parameter;
	to->status = status;
	__atomic_store_n(&to->control, control | (first ? r->cycle ^ TRB_CYCLE : r->cycle), __ATOMIC_RELEASE);
	if (++r->enqueue == XHCI_RING_TRBS - 1)
		wrap(r, control & TRB_CHAIN);
	return at;
}

void ring_publish(struct ring *r, uint32_t first)
{
	__atomic_fetch_xor(&r->trb[first].control, TRB_CYCLE, __ATOMIC_RELEASE);
}

uint64_t ring_position(const struct ring *r)
{
	return (r->bus + r->enqueue * sizeof(struct trb)) | r->cycle;
}
