/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Registers and interrupts of devices: kpi/mmio.def, kpi/irq.def. */
#include "port/process/device/device.h"

/* ---- registers: a page of the domain's that the device looks at ---------------------------------------------------- */

struct kpi_mmio {
	struct device_part part;
	struct pages pages;
	void *view; /* the device's */
};

static void mmio_release(struct object *o)
{
	struct kpi_mmio *k = (struct kpi_mmio *)o;

	pthread_mutex_lock(&k->part.device->lock);
	if (k->view && k->part.device->registers == k->view)
		disk_power(k->part.device, NULL);
	pthread_mutex_unlock(&k->part.device->lock);
	if (k->view)
		kpi.host->unmap(k->view, k->pages.bytes);
	pages_give(o->domain, &k->pages);
}

static const struct object_type mmio_type = {
	.name = "mmio", .size = sizeof(struct kpi_mmio), .release = mmio_release, .of_device = true
};

/* Return: 0, -TENON_EBUSY. */
static int plug(struct device *dev, void *view)
{
	int err;

	pthread_mutex_lock(&dev->lock);
	err = dev->registers ? -TENON_EBUSY : 0;
	if (!err)
		disk_power(dev, view);
	pthread_mutex_unlock(&dev->lock);
	return err;
}

static int map(struct kpi_mmio *k, uint32_t index, uint64_t off, size_t bytes)
{
	struct kpi_domain *d = k->part.object.domain;
	size_t page = kpi.core_host->page_size;
	int err;

	if (index)
		return -TENON_ENODEV;
	if (off || bytes > page)
		return -TENON_EINVAL;
	if (d->isolated && bytes % page)
		return -TENON_EOPNOTSUPP;
	err = pages_take(d, page, &k->pages);
	if (err)
		return err;
	k->view = kpi.host->map(d->pub, k->pages.base, k->pages.bytes);
	return k->view ? plug(k->part.device, k->view) : -TENON_ENOMEM;
}

tenon_handle tenon_mmio_map(struct tenon_this_module *self, tenon_handle device, uint32_t index, uint64_t off,
			    size_t bytes, struct tenon_mmio *out)
{
	struct caller c = caller_thread();
	struct kpi_mmio *k = NULL;
	int err = device_part_new(&c, self, device, &mmio_type, (void **)&k);

	*out = (struct tenon_mmio){ .size = sizeof(*out), .index = index };
	if (err)
		return (tenon_handle)(long)err;
	err = map(k, index, off, bytes);
	if (!err) {
		out->address = (void *)(uintptr_t)k->pages.base;
		out->bytes = bytes ? bytes : k->pages.bytes;
	}
	return object_publish_of(&k->part.object, device, err);
}

int tenon_mmio_unmap(tenon_handle mmio)
{
	struct kpi_mmio *k = object_get(caller_thread().d, mmio, &mmio_type);

	return k ? object_give_back(&k->part.object) : -TENON_EBADF;
}

/* ---- interrupts ---------------------------------------------------------------------------------------------------- */

void irq_raise(struct device *dev)
{
	struct kpi_irq *k = dev->irq;

	if (!k)
		return;
	kpi.host->lock(&k->part.object.lock);
	k->edges++;
	kpi.host->wake(&k->part.object.lock);
	kpi.host->unlock(&k->part.object.lock);
}

static void irq_release(struct object *o)
{
	struct device *dev = ((struct kpi_irq *)o)->part.device;

	pthread_mutex_lock(&dev->lock);
	if (dev->irq == (struct kpi_irq *)o)
		dev->irq = NULL;
	pthread_mutex_unlock(&dev->lock);
}

static const struct object_type irq_type = {
	.name = "irq", .size = sizeof(struct kpi_irq), .release = irq_release, .of_device = true
};

tenon_handle tenon_irq_open(struct tenon_this_module *self, tenon_handle device, uint32_t index)
{
	struct caller c = caller_thread();
	struct kpi_irq *k = NULL;
	int err = device_part_new(&c, self, device, &irq_type, (void **)&k);

	if (err)
		return (tenon_handle)(long)err;
	pthread_mutex_lock(&k->part.device->lock);
	err = index ? -TENON_ENODEV : k->part.device->irq ? -TENON_EBUSY : 0;
	if (!err)
		k->part.device->irq = k;
	pthread_mutex_unlock(&k->part.device->lock);
	return object_publish_of(&k->part.object, device, err);
}

long tenon_irq_wait(tenon_handle irq, uint64_t deadline_ns)
{
	struct caller c = caller_thread();
	struct kpi_irq *k = object_lock(c.d, irq, &irq_type);
	long cnt = 0;
	int err = 0;

	if (!k)
		return -TENON_EBADF;
	while (!err && k->edges == k->seen)
		err = object_wait(&c, &k->part.object, deadline_ns);
	if (!err) {
		cnt = (long)(k->edges - k->seen);
		k->seen = k->edges;
	}
	object_unlock(&k->part.object);
	return err ? err : cnt;
}

int tenon_irq_close(tenon_handle irq)
{
	return object_destroy_idle(caller_thread().d, irq, &irq_type);
}
