// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Registers and configuration space: kpi/mmio.def, kpi/pci.def. */
#include "kernel/arch/x86_64/paging.h"
#include "kernel/device/kpi/kpi.h"
#include "kernel/device/pci.h"
#include "kernel/domain/domain.h"

struct kpi_mmio {
	struct kpi_part part;
	struct pages pages; /* addresses of an isolated domain */
};

static void release(struct object *o)
{
	struct kpi_mmio *k = (struct kpi_mmio *)o;

	if (k->pages.bytes)
		domain_memory_decommit(domain_isolated(o->domain->pub), k->pages.base, k->pages.bytes);
	pages_unreserve(o->domain, &k->pages);
	kpi_part_release(&k->part);
}

static const struct object_type mmio_type = {
	.name = "mmio", .size = sizeof(struct kpi_mmio), .release = release, .of_device = true
};

/* Which registers are meant? Return: 0, or why they cannot be had. */
static int choose(struct device *dev, bool isolated, uint32_t index, uint64_t off, size_t *bytes, uint64_t *phys)
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
	if (isolated && r.trusted)
		return -TENON_EACCES;
	*phys = r.phys + off;
	return 0;
}

/* An isolated domain gets whole pages, in which there is nothing else. */
static int map_isolated(struct kpi_mmio *k, uint64_t phys, size_t bytes, void **address)
{
	struct kpi_domain *d = k->part.object.domain;
	int err;

	if (phys % PAGE_BYTES || bytes % PAGE_BYTES || !bytes)
		return -TENON_EOPNOTSUPP;
	err = pages_reserve(d, bytes, &k->pages);
	if (!err)
		err = domain_memory_map_device(domain_isolated(d->pub), k->pages.base, phys, bytes);
	*address = (void *)(uintptr_t)k->pages.base;
	return err;
}

static int map_kernel(uint64_t phys, size_t bytes, void **address)
{
	*address = (void *)(uintptr_t)device_map(phys, bytes);
	return *address ? 0 : -TENON_ENOMEM;
}

tenon_handle tenon_mmio_map(struct tenon_this_module *self, tenon_handle device, uint32_t index, uint64_t off,
			    size_t bytes, struct tenon_mmio *out)
{
	struct caller c = caller_thread();
	struct kpi_mmio *k = NULL;
	uint64_t phys = 0;
	int err = kpi_part_new(&c, self, device, &mmio_type, (void **)&k);

	if (err)
		return (tenon_handle)(long)err;
	err = choose(k->part.device, c.d->isolated, index, off, &bytes, &phys);
	*out = (struct tenon_mmio){ .size = sizeof(*out), .index = index, .bytes = bytes };
	if (!err)
		err = c.d->isolated ? map_isolated(k, phys, bytes, &out->address) :
				      map_kernel(phys, bytes, &out->address);
	return object_publish_of(&k->part.object, device, err);
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
		to[i] = (uint8_t)pci_read(kd->device->identity, off + (uint32_t)i, 1);
	object_put(&kd->object);
	return err;
}
