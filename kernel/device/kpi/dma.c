// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Buffers that devices use: kpi/dma.def. A mapping is a user of its buffer, so the pages stay as long as it; when it goes
 * they are taken from the device before, or, where nothing contains its DMA, it is made to stop.
 */
#include "kernel/device/dma.h"

#include "kernel/boot.h"
#include "kernel/device/kpi/kpi.h"
#include "kernel/mm/page.h"

#define UNMAP_BATCH 32u

struct kpi_dma {
	struct kpi_part part;
	struct buffer *buffer; /* as a user of it, which has attached it */
	bool begun;
	size_t mapped; /* bytes from its beginning on */
};

/* The page at this offset in the buffer. */
static int page_at(const struct kpi_dma *k, size_t off, uint64_t *phys)
{
	return dma_address(k->part.object.domain->pub, k->buffer->pages->pages.base + off, phys);
}

static int map_pages(struct kpi_dma *k)
{
	uint64_t phys;
	int err = 0;

	for (; !err && k->mapped < k->buffer->pages->pages.bytes; k->mapped += err ? 0 : PAGE_BYTES) {
		err = page_at(k, k->mapped, &phys);
		if (!err)
			err = device_dma_map(k->part.device, phys, true);
	}
	return err;
}

static void unmap_pages(struct kpi_dma *k)
{
	uint64_t phys[UNMAP_BATCH];
	size_t cnt = 0;

	for (size_t off = 0; off < k->mapped; off += PAGE_BYTES) {
		cnt += !page_at(k, off, &phys[cnt]);
		if (cnt < UNMAP_BATCH && off + PAGE_BYTES < k->mapped)
			continue;
		device_dma_unmap(k->part.device, phys, cnt);
		cnt = 0;
	}
}

static void release(struct object *o)
{
	struct kpi_dma *k = (struct kpi_dma *)o;

	unmap_pages(k);
	if (k->begun)
		device_dma_end(k->part.device);
	if (k->buffer)
		buffer_detach(k->buffer);
	kpi_part_release(&k->part);
}

/* Its module is dead, or left it behind: nobody has made the device stop. */
static void cancel(struct object *o)
{
	struct kpi_dma *k = (struct kpi_dma *)o;

	if (!device_dma_contained(k->part.device))
		k->part.device->bus->set_dma(k->part.device, false);
}

static const struct object_type dma_type = {
	.name = "dma",
	.size = sizeof(struct kpi_dma),
	.release = release,
	.cancel = cancel,
	.of_device = true,
};

tenon_handle tenon_dma_map(struct tenon_this_module *self, tenon_handle device, tenon_handle buffer)
{
	struct caller c = caller_thread();
	struct kpi_dma *k = NULL;
	int err = kpi_part_new(&c, self, device, &dma_type, (void **)&k);

	if (err)
		return (tenon_handle)(long)err;
	err = buffer_attach(c.d, buffer, &k->buffer);
	if (!err && c.d->isolated && !device_dma_contained(k->part.device) && boot_option("dma_contained", NULL, 0))
		err = -TENON_EPERM;
	if (!err)
		err = device_dma_begin(k->part.device);
	k->begun = !err;
	if (!err)
		err = map_pages(k);
	return object_publish_of(&k->part.object, device, err);
}

long tenon_dma_addresses(tenon_handle dma, uint32_t page, void *addresses, size_t len)
{
	struct caller c = caller_thread();
	struct kpi_dma *k = object_get(c.d, dma, &dma_type);
	size_t off = page * PAGE_BYTES, done = 0;
	uint64_t address;

	if (!k)
		return -TENON_EBADF;
	for (; off < k->mapped && len - done >= sizeof(address); off += PAGE_BYTES, done += sizeof(address)) {
		if (page_at(k, off, &address))
			break;
		memcpy((uint8_t *)addresses + done, &address, sizeof(address));
	}
	object_put(&k->part.object);
	return (long)done;
}

int tenon_dma_unmap(tenon_handle dma)
{
	struct kpi_dma *k = object_get(caller_thread().d, dma, &dma_type);

	return k ? object_give_back(&k->part.object) : -TENON_EBADF;
}
