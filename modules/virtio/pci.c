// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A virtio device on PCI: its vendor-specific capabilities say where its structures are (4.1.4). */
#include "virtio.h"

enum {
	CONFIG_STATUS = 0x06, /* registers of configuration space, PCI 3.0, 6.1 */
	CONFIG_CAPABILITIES = 0x34,
	STATUS_CAPABILITIES = 0x10,
	CAPABILITY_VENDOR = 9,
	CAPABILITIES_MAX = 48,
	KIND_COMMON = 1,
	KIND_NOTIFY = 2,
	KIND_DEVICE = 4,
};

#define PAGE_BYTES 4096u

struct capability { /* 4.1.4 */
	uint8_t kind, next, len, type;
	uint8_t bar, id, pad[2];
	uint32_t off, bytes;
	uint32_t notify_step; /* of KIND_NOTIFY */
};

/* The resource as a whole, mapped once. A device whose tables of interrupts are in the same one cannot be served. */
static int map(struct virtio *v, uint8_t bar)
{
	tenon_handle mmio;

	if (v->mmio[bar])
		return 0;
	mmio = tenon_mmio_map(THIS_MODULE, v->device, bar, 0, 0, &v->resource[bar]);
	if (tenon_handle_error(mmio))
		return tenon_handle_error(mmio);
	v->mmio[bar] = mmio;
	return 0;
}

/* Where a structure is. Return: 0; -TENON_EPROTO: not where it could be; what map() says. */
static int place(struct virtio *v, const struct capability *c, volatile uint8_t **at, uint32_t *bytes)
{
	int err;

	if (*at || c->bar >= VIRTIO_RESOURCES) /* the first of a kind is the one to be used, 4.1.4 */
		return 0;
	err = map(v, c->bar);
	if (err)
		return err;
	if (c->off > v->resource[c->bar].bytes || c->bytes > v->resource[c->bar].bytes - c->off || c->off % 4)
		return -TENON_EPROTO;
	*at = (volatile uint8_t *)v->resource[c->bar].address + c->off;
	*bytes = c->bytes;
	return 0;
}

static int take(struct virtio *v, const struct capability *c)
{
	int err;

	switch (c->type) {
	case KIND_COMMON:
		return place(v, c, &v->common, &v->common_bytes);
	case KIND_DEVICE:
		return place(v, c, &v->config, &v->config_bytes);
	case KIND_NOTIFY:
		err = v->notify ? 0 : place(v, c, &v->notify, &v->notify_bytes);
		if (!err && v->notify)
			v->notify_step = c->notify_step;
		return err;
	default:
		return 0;
	}
}

/* ---- the common structure, 4.1.4.3 ------------------------------------------------------------------------------- */

enum {
	FEATURE_SELECT = 0,
	FEATURES = 4,
	DRIVER_SELECT = 8,
	DRIVER_FEATURES = 12,
	CONFIG_VECTOR = 16,
	STATUS = 20,
	QUEUE_SELECT = 22,
	QUEUE_ENTRIES = 24,
	QUEUE_VECTOR = 26,
	QUEUE_ENABLE = 28,
	QUEUE_NOTIFY_OFF = 30,
	QUEUE_TABLE = 32, /* then what is available, what was used */
	COMMON_BYTES = 56,
	VECTOR_NONE = 0xffff,
};

static uint8_t status(const struct virtio *v)
{
	return v->common[STATUS];
}

static void set_status(struct virtio *v, uint8_t value)
{
	v->common[STATUS] = value;
}

static uint32_t features(struct virtio *v, uint32_t half)
{
	virtio_write32(v, FEATURE_SELECT, half);
	return virtio_read32(v, FEATURES);
}

static void set_features(struct virtio *v, uint32_t half, uint32_t bits)
{
	virtio_write32(v, DRIVER_SELECT, half);
	virtio_write32(v, DRIVER_FEATURES, bits);
}

static uint16_t queue_size(struct virtio *v, uint16_t index)
{
	virtio_write16(v, QUEUE_SELECT, index);
	return virtio_read16(v, QUEUE_ENTRIES);
}

static int queue_start(struct queue *q, uint16_t index, const uint64_t bus[])
{
	struct virtio *v = q->virtio;
	uint64_t bell = (uint64_t)virtio_read16(v, QUEUE_NOTIFY_OFF) * v->notify_step; /* 4.1.4.4 */

	if (bell % 2 || v->notify_bytes < 2 || bell > v->notify_bytes - 2u) {
		pr_err("a queue's register for notifications lies beyond its structure\n");
		return -TENON_EPROTO;
	}
	q->bell = v->notify + bell;
	virtio_write16(v, CONFIG_VECTOR, VECTOR_NONE);
	virtio_write16(v, QUEUE_ENTRIES, q->size);
	virtio_write16(v, QUEUE_VECTOR, q->irq ? index : VECTOR_NONE);
	if (q->irq && virtio_read16(v, QUEUE_VECTOR) != index) /* 4.1.5.1.2.2 */
		return -TENON_EPROTO;
	for (uint32_t i = 0; i < QUEUE_PAGES; i++)
		virtio_write64(v, QUEUE_TABLE + 8 * i, bus[i]);
	virtio_write16(v, QUEUE_ENABLE, 1);
	return 0;
}

static void ring(const struct queue *q)
{
	*(volatile uint16_t *)q->bell = q->index;
}

static const struct virtio_transport transport = {
	.status = status,
	.set_status = set_status,
	.features = features,
	.set_features = set_features,
	.queue_size = queue_size,
	.queue_start = queue_start,
	.ring = ring,
};

int virtio_pci_map(struct virtio *v)
{
	struct capability c;
	uint16_t status;
	uint8_t off = 0;
	int err = 0;

	if (tenon_pci_config_read(v->device, CONFIG_STATUS, &status, sizeof(status)) < 0)
		return -TENON_ENODEV;
	if (status & STATUS_CAPABILITIES)
		tenon_pci_config_read(v->device, CONFIG_CAPABILITIES, &off, sizeof(off));
	for (unsigned int i = 0; i < CAPABILITIES_MAX && off && !err; i++, off = c.next) {
		if (tenon_pci_config_read(v->device, off & ~3u, &c, sizeof(c)) < 0)
			return -TENON_EPROTO;
		if (c.kind == CAPABILITY_VENDOR)
			err = take(v, &c);
	}
	if (err)
		return err;
	if (!v->common && !v->notify)
		return -TENON_EOPNOTSUPP;
	if (!v->common || v->common_bytes < COMMON_BYTES || !v->notify)
		return -TENON_EPROTO;
	v->transport = &transport;
	return 0;
}
