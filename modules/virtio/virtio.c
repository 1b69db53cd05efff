// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The beginning and the end of a device's use: 3.1. */
#include "virtio.h"

enum { /* 2.1 */
       STATUS_ACKNOWLEDGE = 1,
       STATUS_DRIVER = 2,
       STATUS_DRIVER_OK = 4,
       STATUS_FEATURES_OK = 8,
       STATUS_GONE = 0xff, /* what a device that is not there reads as */
};

#define RESET_NS 1000000000ull

/* It is reset when it says so, 4.1.4.3.2. Return: 0, -TENON_ETIMEDOUT, -TENON_ENODEV: it is gone. */
static int reset(struct virtio *v)
{
	uint64_t until = tenon_clock_ns() + RESET_NS;

	v->transport->set_status(v, 0);
	while (v->transport->status(v)) {
		if (v->transport->status(v) == STATUS_GONE)
			return -TENON_ENODEV;
		if (tenon_clock_ns() > until)
			return -TENON_ETIMEDOUT;
		tenon_yield();
	}
	return 0;
}

static int negotiate(struct virtio *v, uint64_t wanted)
{
	const struct virtio_transport *t = v->transport;
	uint64_t offered = t->features(v, 0) | (uint64_t)t->features(v, 1) << 32;

	v->features = offered & (wanted | VIRTIO_VERSION_1 | VIRTIO_ACCESS_PLATFORM);
	if (!(v->features & VIRTIO_VERSION_1))
		return -TENON_EOPNOTSUPP;
	t->set_features(v, 0, (uint32_t)v->features);
	t->set_features(v, 1, (uint32_t)(v->features >> 32));
	t->set_status(v, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK);
	return t->status(v) & STATUS_FEATURES_OK ? 0 : -TENON_EPROTO;
}

static int begin(struct virtio *v, uint64_t wanted)
{
	int err = reset(v);

	if (err)
		return err;
	v->transport->set_status(v, STATUS_ACKNOWLEDGE);
	v->transport->set_status(v, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
	return negotiate(v, wanted);
}

int virtio_open(struct virtio *v, tenon_handle device, uint64_t wanted)
{
	int err;

	*v = (struct virtio){ .device = device };
	err = virtio_pci_map(v);
	if (err == -TENON_ENODEV)
		err = virtio_mmio_map(v);
	if (!err)
		err = begin(v, wanted);
	if (!err)
		return 0;
	pr_err("a device cannot be used: error %d\n", -err);
	if (v->transport)
		v->transport->set_status(v, 0);
	virtio_close(v);
	return err;
}

void virtio_start(struct virtio *v)
{
	v->transport->set_status(v, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK);
}

void virtio_reset(struct virtio *v)
{
	if (reset(v) == -TENON_ETIMEDOUT)
		pr_err("a device was not reset within a second\n");
}

void virtio_close(struct virtio *v)
{
	for (unsigned int i = 0; i < VIRTIO_RESOURCES; i++)
		if (v->mmio[i])
			tenon_mmio_unmap(v->mmio[i]);
}

uint64_t virtio_config(const struct virtio *v, uint32_t off, uint32_t bytes)
{
	volatile uint8_t *at = v->config + off;

	if (!v->config || off > v->config_bytes || bytes > v->config_bytes - off)
		return 0;
	switch (bytes) {
	case 1:
		return *at;
	case 2:
		return *(volatile uint16_t *)at;
	case 4:
		return *(volatile uint32_t *)at;
	default: /* two accesses, 4.1.3.1 */
		return *(volatile uint32_t *)at | (uint64_t) * (volatile uint32_t *)(at + 4) << 32;
	}
}

int virtio_register(struct virtio_driver *d, const char *name, const void *ids, size_t bytes,
		    const struct platform_device_id *id, const struct tenon_driver_ops *ops)
{
	int err;

	*d = (struct virtio_driver){ .pci = tenon_driver_register(THIS_MODULE, name, "pci", ids, bytes, ops) };
	err = tenon_handle_error(d->pci);
	if (err)
		return err;
	d->platform = tenon_driver_register(THIS_MODULE, name, "platform", id, sizeof(*id), ops);
	err = tenon_handle_error(d->platform);
	if (err)
		tenon_driver_unregister(d->pci);
	return err;
}

void virtio_unregister(struct virtio_driver *d)
{
	tenon_driver_unregister(d->platform);
	tenon_driver_unregister(d->pci);
}
