// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A virtio device whose registers are simply in memory (4.2), all of them in its one resource. It has one interrupt. */
#include "virtio.h"

enum { /* 4.2.2 */
       MAGIC = 0x00,
       VERSION = 0x04,
       DEVICE_FEATURES = 0x10,
       DEVICE_FEATURES_SELECT = 0x14,
       DRIVER_FEATURES = 0x20,
       DRIVER_FEATURES_SELECT = 0x24,
       QUEUE_SELECT = 0x30,
       QUEUE_ENTRIES_MAX = 0x34,
       QUEUE_ENTRIES = 0x38,
       QUEUE_READY = 0x44,
       QUEUE_NOTIFY = 0x50,
       INTERRUPT_STATUS = 0x60,
       INTERRUPT_ACKNOWLEDGE = 0x64,
       STATUS = 0x70,
       QUEUE_TABLE = 0x80, /* then what is available, what was used, 16 bytes apart */
       CONFIG = 0x100,
       MAGIC_VALUE = 0x74726976,
       VERSION_1_0 = 2,
};

static uint8_t status(const struct virtio *v)
{
	return (uint8_t)virtio_read32(v, STATUS);
}

static void set_status(struct virtio *v, uint8_t value)
{
	virtio_write32(v, STATUS, value);
}

static uint32_t features(struct virtio *v, uint32_t half)
{
	virtio_write32(v, DEVICE_FEATURES_SELECT, half);
	return virtio_read32(v, DEVICE_FEATURES);
}

static void set_features(struct virtio *v, uint32_t half, uint32_t bits)
{
	virtio_write32(v, DRIVER_FEATURES_SELECT, half);
	virtio_write32(v, DRIVER_FEATURES, bits);
}

static uint16_t queue_size(struct virtio *v, uint16_t index)
{
	uint32_t size;

	virtio_write32(v, QUEUE_SELECT, index);
	size = virtio_read32(v, QUEUE_ENTRIES_MAX);
	return size > UINT16_MAX ? 0 : (uint16_t)size;
}

static int queue_start(struct queue *q, uint16_t index, const uint64_t bus[])
{
	struct virtio *v = q->virtio;

	(void)index; /* is selected */
	q->bell = v->common + QUEUE_NOTIFY;
	virtio_write32(v, QUEUE_ENTRIES, q->size);
	for (uint32_t i = 0; i < QUEUE_PAGES; i++)
		virtio_write64(v, QUEUE_TABLE + 16 * i, bus[i]);
	virtio_write32(v, QUEUE_READY, 1);
	return virtio_read32(v, QUEUE_READY) == 1 ? 0 : -TENON_EPROTO;
}

static void ring(const struct queue *q)
{
	*(volatile uint32_t *)q->bell = q->index;
}

static void acknowledge(const struct virtio *v)
{
	virtio_write32(v, INTERRUPT_ACKNOWLEDGE, virtio_read32(v, INTERRUPT_STATUS));
}

static const struct virtio_transport transport = {
	.status = status,
	.set_status = set_status,
	.features = features,
	.set_features = set_features,
	.queue_size = queue_size,
	.queue_start = queue_start,
	.ring = ring,
	.acknowledge = acknowledge,
};

int virtio_mmio_map(struct virtio *v)
{
	tenon_handle mmio = tenon_mmio_map(THIS_MODULE, v->device, 0, 0, 0, &v->resource[0]);
	size_t bytes = v->resource[0].bytes;

	if (tenon_handle_error(mmio))
		return tenon_handle_error(mmio);
	v->mmio[0] = mmio;
	v->common = v->resource[0].address;
	if (bytes < CONFIG || virtio_read32(v, MAGIC) != MAGIC_VALUE)
		return -TENON_EPROTO;
	if (virtio_read32(v, VERSION) != VERSION_1_0)
		return -TENON_EOPNOTSUPP;
	v->config = v->common + CONFIG;
	v->config_bytes = (uint32_t)(bytes - CONFIG);
	v->transport = &transport;
	return 0;
}
