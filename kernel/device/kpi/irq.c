// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Interrupts: kpi/irq.def. */
#include "kernel/device/irq.h"

#include "kernel/device/kpi/kpi.h"

struct kpi_irq {
	struct kpi_part part;
	struct irq irq;
	uint32_t index;
	bool routed;
	uint64_t seen; /* edges that were reported; object's lock */
};

/* In the interrupt. */
static void edge(struct irq *irq)
{
	struct kpi_irq *k = (struct kpi_irq *)((char *)irq - offsetof(struct kpi_irq, irq));

	kpi.host->lock(&k->part.object.lock);
	kpi.host->wake(&k->part.object.lock);
	kpi.host->unlock(&k->part.object.lock);
}

static void release(struct object *o)
{
	struct kpi_irq *k = (struct kpi_irq *)o;

	if (k->routed)
		k->part.device->bus->irq_close(k->part.device, k->index);
	if (k->irq.vector)
		irq_close(&k->irq);
	kpi_part_release(&k->part);
}

static const struct object_type irq_type = {
	.name = "irq", .size = sizeof(struct kpi_irq), .release = release, .of_device = true
};

tenon_handle tenon_irq_open(struct tenon_this_module *self, tenon_handle device, uint32_t index)
{
	struct caller c = caller_thread();
	struct kpi_irq *k = NULL;
	struct bus *bus;
	int err = kpi_part_new(&c, self, device, &irq_type, (void **)&k);

	if (err)
		return (tenon_handle)(long)err;
	bus = k->part.device->bus;
	k->index = index;
	k->irq.fn = edge;
	err = bus->irq_open ? irq_open(&k->irq) : -TENON_ENODEV;
	if (!err)
		err = bus->irq_open(k->part.device, index, &k->irq);
	k->routed = !err;
	return object_publish_of(&k->part.object, device, err);
}

static uint64_t edges(struct kpi_irq *k)
{
	return atomic_load_explicit(&k->irq.edges, memory_order_acquire);
}

long tenon_irq_wait(tenon_handle irq, uint64_t deadline_ns)
{
	struct caller c = caller_thread();
	struct kpi_irq *k = object_lock(c.d, irq, &irq_type);
	long cnt = 0;
	int err = 0;

	if (!k)
		return -TENON_EBADF;
	while (!err && edges(k) == k->seen)
		err = object_wait(&c, &k->part.object, deadline_ns);
	if (!err) {
		cnt = (long)(edges(k) - k->seen);
		k->seen += (uint64_t)cnt;
	}
	object_unlock(&k->part.object);
	return err ? err : cnt;
}

int tenon_irq_close(tenon_handle irq)
{
	return object_destroy_idle(caller_thread().d, irq, &irq_type);
}
