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

static uint8_t status(const struct virtio *v)
{
	return v->common[COMMON_STATUS];
}

static void set_status(struct virtio *v, uint8_t value)
{
	v->common[COMMON_STATUS] = value;
}

/* It is reset when it says so, 4.1.4.3.2. Return: 0, -TENON_ETIMEDOUT, -TENON_ENODEV: it is gone. */
static int reset(struct virtio *v)
{
	uint64_t until = tenon_clock_ns() + RESET_NS;

	set_status(v, 0);
	while (status(v)) {
		if (status(v) == STATUS_GONE)
			return -TENON_ENODEV;
		if (tenon_clock_ns() > until)
			return -TENON_ETIMEDOUT;
		tenon_yield();
	}
	return 0;
}

static uint64_t offered(struct virtio *v)
{
	uint64_t features;

	virtio_write32(v, COMMON_FEATURE_SELECT, 0);
	features = virtio_read32(v, COMMON_FEATURES);
	virtio_write32(v, COMMON_FEATURE_SELECT, 1);
	return features | (uint64_t)virtio_read32(v, COMMON_FEATURES) << 32;
}

static int negotiate(struct virtio *v, uint64_t wanted)
{
	v->features = offered(v) & (wanted | VIRTIO_VERSION_1 | VIRTIO_ACCESS_PLATFORM);
	if (!(v->features & VIRTIO_VERSION_1))
		return -TENON_EOPNOTSUPP;
	virtio_write32(v, COMMON_DRIVER_SELECT, 0);
	virtio_write32(v, COMMON_DRIVER_FEATURES, (uint32_t)v->features);
	virtio_write32(v, COMMON_DRIVER_SELECT, 1);
	virtio_write32(v, COMMON_DRIVER_FEATURES, (uint32_t)(v->features >> 32));
	set_status(v, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK);
	return status(v) & STATUS_FEATURES_OK ? 0 : -TENON_EPROTO;
}

static int begin(struct virtio *v, uint64_t wanted)
{
	int err = reset(v);

	if (err)
		return err;
	set_status(v, STATUS_ACKNOWLEDGE);
	set_status(v, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
	err = negotiate(v, wanted);
	if (!err)
		virtio_write16(v, COMMON_CONFIG_VECTOR, VIRTIO_MSIX_NONE);
	return err;
}

int virtio_open(struct virtio *v, tenon_handle device, uint64_t wanted)
{
	int err;

	*v = (struct virtio){ .device = device };
	err = virtio_pci_map(v);
	if (!err)
		err = begin(v, wanted);
	if (!err)
		return 0;
	pr_err("a device cannot be used: error %d\n", -err);
	if (v->common)
		set_status(v, 0);
	virtio_close(v);
	return err;
}

void virtio_start(struct virtio *v)
{
	set_status(v, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK);
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
