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
	return v->common && v->common_bytes >= COMMON_BYTES && v->notify ? 0 : -TENON_EPROTO;
}
