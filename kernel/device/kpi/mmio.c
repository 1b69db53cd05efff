// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Registers and configuration space: kpi/mmio.def, kpi/pci.def. */
#include "kernel/arch/x86_64/paging.h"
#include "kernel/device/kpi/kpi.h"
#include "kernel/device/pci.h"

static void release(struct object *o)
{
	kpi_part_release((struct kpi_part *)o);
}

static const struct object_type mmio_type = { .name = "mmio", .size = sizeof(struct kpi_part), .release = release };

/* Which registers are meant? Return: 0, or why they cannot be had. */
static int choose(struct device *dev, uint32_t index, uint64_t off, size_t *bytes, uint64_t *phys)
{
	struct device_resource r;
	int err = dev->bus->resource ? dev->bus->resource(dev, index, &r) : -TENON_ENODEV;

	if (err)
		return err;
	if (off % PAGE_BYTES || off > r.bytes || *bytes > r.bytes - off)
		return -TENON_EINVAL;
	if (!*bytes)
		*bytes = (size_t)(r.bytes - off);
	if (off < r.barred_end && r.barred_first < ((off + *bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1)))
		return -TENON_EACCES;
	*phys = r.phys + off;
	return 0;
}

tenon_handle tenon_mmio_map(struct tenon_this_module *self, tenon_handle device, uint32_t index, uint64_t off,
			    size_t bytes, struct tenon_mmio *out)
{
	struct caller c = caller_thread();
	struct kpi_part *p = NULL;
	uint64_t phys;
	int err = kpi_part_new(&c, self, device, &mmio_type, (void **)&p);

	if (err)
		return (tenon_handle)(long)err;
	err = choose(p->device, index, off, &bytes, &phys);
	if (!err && c.d->isolated)
		err = -TENON_EOPNOTSUPP; /* addresses of the kernel's are of no use there */
	*out = (struct tenon_mmio){ .size = sizeof(*out), .index = index, .bytes = bytes };
	if (!err) {
		out->address = (void *)(uintptr_t)device_map(phys, bytes);
		err = out->address ? 0 : -TENON_ENOMEM;
	}
	if (!err)
		return object_publish(&p->object);
	object_free(&p->object);
	return (tenon_handle)(long)err;
}

int tenon_mmio_unmap(tenon_handle mmio)
{
	struct caller c = caller_thread();
	struct kpi_part *p = object_get(c.d, mmio, &mmio_type);

	return p ? object_give_back(&p->object) : -TENON_EBADF;
}

long tenon_pci_config_read(tenon_handle device, uint32_t off, void *data, size_t len)
{
	struct caller c = caller_thread();
	struct kpi_device *kd = kpi_device_get(c.d, device);
	long err = (long)len;
	uint8_t *to = data;

	if (!kd)
		return -TENON_EBADF;
	if (kd->device->bus != &pci_bus)
		err = -TENON_ENODEV;
	else if (off > PCI_CONFIG_BYTES || len > PCI_CONFIG_BYTES - off || len > TENON_PCI_CONFIG_BYTES)
		err = -TENON_EINVAL;
	for (size_t i = 0; err > 0 && i < len; i++)
		to[i] = (uint8_t)pci_read(pci_of(kd->device)->at, off + (uint32_t)i, 1);
	object_put(&kd->object);
	return err;
}
