/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Memory that devices use: kpi/dma.def. As behind an IOMMU, a device sees what was mapped for it and nothing else, at addresses
 * that mean nothing to anybody else.
 */
#include "port/process/device/device.h"

#define FIRST_BUS 0x100000000ull
#define GAP_BYTES 0x10000u /* between windows: what reaches beyond one is in none */
#define WINDOWS_MAX 1024u /* of a device, which looks through all of them; each is a mapping of this process */

struct kpi_dma {
	struct device_part part;
	struct buffer *buffer; /* as a user of it, which has attached it */
	struct device_window window;
};

/* ---- windows ----------------------------------------------------------------------------------------------------- */

bool window_add(struct device *dev, struct device_window *w)
{
	if (dev->window_cnt == WINDOWS_MAX)
		return false;
	dev->window_cnt++;
	w->bus = dev->next_bus ? dev->next_bus : FIRST_BUS;
	dev->next_bus = w->bus + w->bytes + GAP_BYTES;
	w->next = dev->windows;
	dev->windows = w;
	return true;
}

void window_remove(struct device *dev, struct device_window *w)
{
	struct device_window **link = &dev->windows;

	while (*link && *link != w)
		link = &(*link)->next;
	if (!*link)
		return;
	*link = w->next;
	dev->window_cnt--;
}

void *window_at(const struct device *dev, uint64_t bus, size_t bytes, bool writes)
{
	for (const struct device_window *w = dev->windows; w; w = w->next)
		if (bus - w->bus < w->bytes && bytes <= w->bytes - (bus - w->bus))
			return (writes ? w->writable : w->readable) ? w->memory + (bus - w->bus) : NULL;
	return NULL;
}

/* ---- the interface ----------------------------------------------------------------------------------------------- */

static void release(struct object *o)
{
	struct kpi_dma *k = (struct kpi_dma *)o;

	pthread_mutex_lock(&k->part.device->lock);
	window_remove(k->part.device, &k->window);
	pthread_mutex_unlock(&k->part.device->lock);
	if (k->window.memory)
		kpi.host->unmap(k->window.memory, k->window.bytes);
	if (k->buffer)
		buffer_detach(k->buffer);
}

static const struct object_type dma_type = {
	.name = "dma", .size = sizeof(struct kpi_dma), .release = release, .of_device = true
};

tenon_handle tenon_dma_map(struct tenon_this_module *self, tenon_handle device, tenon_handle buffer)
{
	struct caller c = caller_thread();
	struct kpi_dma *k = NULL;
	int err = device_part_new(&c, self, device, &dma_type, (void **)&k);
	const struct pages *p;

	if (err)
		return (tenon_handle)(long)err;
	err = buffer_attach(c.d, buffer, &k->buffer);
	if (!err) {
		p = &k->buffer->pages->pages;
		k->window = (struct device_window){ .bytes = p->bytes,
						    .memory = kpi.host->map(c.d->pub, p->base, p->bytes),
						    .readable = true,
						    .writable = true };
		err = k->window.memory ? 0 : -TENON_ENOMEM;
	}
	if (!err) {
		pthread_mutex_lock(&k->part.device->lock);
		err = window_add(k->part.device, &k->window) ? 0 : -TENON_ENOMEM;
		pthread_mutex_unlock(&k->part.device->lock);
	}
	return object_publish_of(&k->part.object, device, err);
}

long tenon_dma_addresses(tenon_handle dma, uint32_t page, void *addresses, size_t len)
{
	struct kpi_dma *k = object_get(caller_thread().d, dma, &dma_type);
	size_t page_bytes = kpi.core_host->page_size, off = page * page_bytes, done = 0;

	if (!k)
		return -TENON_EBADF;
	for (; off < k->window.bytes && len - done >= sizeof(uint64_t); off += page_bytes, done += sizeof(uint64_t)) {
		uint64_t address = k->window.bus + off;

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
