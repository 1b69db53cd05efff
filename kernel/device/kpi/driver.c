// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Drivers of modules: kpi/driver.def. */
#include "kernel/device/kpi/kpi.h"

#define CLOSED_MAX_NS 40000000000u /* longer than an unload waits */

enum { OP_PROBE, OP_REMOVE, OP_CNT }; /* the order of struct tenon_driver_ops */

struct kpi_driver {
	struct object object;
	struct driver driver;
	bool registered; /* with the bus; whoever clears it unregisters. Atomic */
	tenon_addr ops[OP_CNT];
	size_t id_bytes;
	char name[TENON_DRIVER_NAME_BYTES];
};

static struct kpi_driver *of(struct driver *drv)
{
	return (struct kpi_driver *)((char *)drv - offsetof(struct kpi_driver, driver));
}

/* ---- devices, as drivers have them ------------------------------------------------------------------------------- */

static void device_release(struct object *o)
{
	struct kpi_device *kd = (struct kpi_device *)o;

	if (kd->device)
		device_put(kd->device);
}

static const struct object_type device_type = {
	.name = "device",
	.size = sizeof(struct kpi_device),
	.release = device_release,
};

struct kpi_device *kpi_device_get(struct kpi_domain *d, tenon_handle handle)
{
	return object_get(d, handle, &device_type);
}

int kpi_part_or_none(const struct caller *c, struct tenon_this_module *self, tenon_handle device,
		     const struct object_type *type, void **out)
{
	struct tenon_module *m = caller_module(c, (tenon_addr)self);
	struct device *dev = device ? kpi_device_find(c->d, device) : NULL;
	struct kpi_part *p = NULL;
	int err = !m ? -TENON_EFAULT : device && !dev ? -TENON_EBADF : 0;

	if (!err) {
		p = object_new(c, type, m, 0);
		err = p ? 0 : -TENON_ENOMEM;
	}
	if (p)
		p->device = dev;
	else if (dev)
		device_put(dev);
	*out = p;
	return err;
}

int kpi_part_new(const struct caller *c, struct tenon_this_module *self, tenon_handle device,
		 const struct object_type *type, void **out)
{
	return device ? kpi_part_or_none(c, self, device, type, out) : -TENON_EBADF;
}

void kpi_part_release(struct kpi_part *p)
{
	if (p->device)
		device_put(p->device);
}

static bool is_part(const struct object *o, const void *device)
{
	return o->type->of_device && ((const struct kpi_part *)o)->device == device;
}

/* @kd is not the driver's any more, nor is what its module, or another of the domain, still has of the device. */
static void give_up(struct kpi_device *kd, struct device *dev)
{
	struct kpi_domain *d = kd->object.domain;

	object_give_back(&kd->object);
	objects_reclaim(d, is_part, dev);
}

/* ---- probe and remove -------------------------------------------------------------------------------------------- */

static struct tenon_kpi_code code_of(const struct kpi_driver *k, unsigned op)
{
	return (struct tenon_kpi_code){ .module = k->object.account->module,
					.address = k->ops[op],
					.type = callback_type("tenon_driver_ops", op) };
}

/* What the driver shall have of @dev, held. Return: its handle, or a negative errno. */
static tenon_handle make_device(struct kpi_driver *k, struct device *dev, struct kpi_device **out)
{
	const struct caller c = { .self = kpi.host->self(), .d = k->object.domain, .m = k->object.account->module };
	struct kpi_device *kd = object_new(&c, &device_type, c.m, 0);

	if (!kd)
		return (tenon_handle)-TENON_ENOMEM;
	kd->device = device_get(dev);
	*out = kd;
	return object_publish_held(&kd->object);
}

static int probe(struct driver *drv, struct device *dev, size_t id_idx)
{
	struct tenon_driver_probe p = { .size = sizeof(p), .id_idx = (uint32_t)id_idx, .identity = dev->identity };
	struct kpi_driver *k = of(drv);
	const struct tenon_kpi_code code = code_of(k, OP_PROBE);
	struct kpi_device *kd;
	tenon_handle handle = make_device(k, dev, &kd);
	int64_t result;
	int err;

	if ((long)handle < 0)
		return (int)handle;
	err = tenon_kpi_upcall(&code, (uint64_t[KPI_ARGS_MAX]){ handle, (uintptr_t)&p }, &result);
	if (err == -TENON_ENODEV)
		err = -TENON_EAGAIN; /* closed, by an unload that may fail: driver_retry() */
	if (!err)
		err = result > 0 ? -TENON_EIO : (int)result;
	if (err) {
		give_up(kd, dev);
		return err;
	}
	kd->data = p.data;
	kd->handle = handle;
	dev->driver_data = kd;
	return 0;
}

/* Closed, perhaps not for ever: waits a moment. Return: false: it has gone, or is dead. */
static bool may_open_again(struct object *o)
{
	bool dead;

	kpi.host->lock(&o->lock);
	if (!o->dead)
		kpi.host->wait(&o->lock, add_ns(now_ns(), CLOSED_NS));
	dead = o->dead;
	kpi.host->unlock(&o->lock);
	return !dead && tenon_module_state(o->account->module) != TENON_QUARANTINED;
}

int kpi_call_last(struct object *o, const struct tenon_kpi_code *code, const bool *awaited,
		  const uint64_t args[KPI_ARGS_MAX])
{
	uint64_t until = add_ns(now_ns(), CLOSED_MAX_NS);
	int64_t result;
	int err;

	do {
		err = tenon_kpi_upcall(code, args, &result);
		if (err == -TENON_ENODEV && __atomic_load_n(awaited, __ATOMIC_ACQUIRE) &&
		    enter_closed(o, kpi.host->self()->core))
			err = upcall_entered(code, args, &result);
	} while (err == -TENON_ENODEV && now_ns() < until && may_open_again(o));
	return err;
}

/* If the module is dead or has been unloaded nothing of it is called: what it had is taken from it. */
static void remove(struct driver *drv, struct device *dev)
{
	struct kpi_device *kd = dev->driver_data;
	const struct tenon_kpi_code code = code_of(of(drv), OP_REMOVE);

	kpi_call_last(&kd->object, &code, &drv->gone, (uint64_t[KPI_ARGS_MAX]){ kd->handle, (uintptr_t)kd->data });
	dev->driver_data = NULL;
	give_up(kd, dev);
}

/* ---- registering ------------------------------------------------------------------------------------------------- */

/* Once. No lock is held. */
static void unregister(struct kpi_driver *k)
{
	if (__atomic_exchange_n(&k->registered, false, __ATOMIC_SEQ_CST) && driver_unregister(&k->driver))
		object_hold(&k->object); /* for ever: a thread that does not come back has it */
}

static void cancel(struct object *o)
{
	unregister((struct kpi_driver *)o);
}

static void release(struct object *o)
{
	struct kpi_driver *k = (struct kpi_driver *)o;

	domain_free(o->domain, (void *)(uintptr_t)k->driver.ids, k->id_bytes);
	if (k->driver.bus)
		bus_put(k->driver.bus);
}

static const struct object_type driver_type = {
	.name = "driver",
	.size = sizeof(struct kpi_driver),
	.cancel = cancel,
	.release = release,
};

static int fill(struct kpi_driver *k, const char *name, struct bus *bus, const void *ids, size_t len,
		const struct tenon_driver_ops *ops)
{
	void *copy = domain_alloc(k->object.domain, len);

	_Static_assert(sizeof(*ops) == sizeof(k->ops), "callbacks and enum agree");
	if (!copy)
		return -TENON_ENOMEM;
	memcpy(copy, ids, len);
	memcpy(k->ops, ops, sizeof(k->ops));
	memcpy(k->name, name, strlen(name) + 1);
	k->id_bytes = len;
	k->driver = (struct driver){ .name = k->name,
				     .bus = bus_get(bus),
				     .ids = copy,
				     .id_cnt = len / bus->id_bytes,
				     .probe = probe,
				     .remove = remove };
	return 0;
}

/* @k is published; its module may be leaving meanwhile. */
static int offer(struct kpi_driver *k)
{
	int err = driver_register(&k->driver);

	if (err)
		return err == -TENON_ENOENT ? -TENON_ENODEV : err; /* the bus has just gone */
	__atomic_store_n(&k->registered, true, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&k->object.dead, __ATOMIC_SEQ_CST)) /* else cancel() comes later */
		unregister(k);
	return 0;
}

static tenon_handle register_on(const struct caller *c, struct tenon_module *m, struct bus *bus, const char *name,
				const void *ids, size_t len, const struct tenon_driver_ops *ops)
{
	struct kpi_driver *k;
	tenon_handle handle;
	int err;

	if (!tenon_name_valid(name, TENON_DRIVER_NAME_BYTES) || !len || len % bus->id_bytes ||
	    !is_code(m, (tenon_addr)ops->probe) || !is_code(m, (tenon_addr)ops->remove))
		return (tenon_handle)-TENON_EINVAL;
	k = object_new(c, &driver_type, m, 0);
	if (!k)
		return (tenon_handle)-TENON_ENOMEM;
	err = fill(k, name, bus, ids, len, ops);
	if (err) {
		object_free(&k->object);
		return (tenon_handle)(long)err;
	}
	handle = object_publish_held(&k->object);
	if ((long)handle < 0)
		return handle;
	return object_settle(&k->object, handle, offer(k));
}

tenon_handle tenon_driver_register(struct tenon_this_module *self, const char *name, const char *bus_name,
				   const void *ids, size_t len, const struct tenon_driver_ops *ops)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	tenon_handle handle;
	struct bus *bus;

	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	bus = bus_find(bus_name);
	if (!bus)
		return (tenon_handle)-TENON_ENODEV;
	handle = register_on(&c, m, bus, name, ids, len, ops);
	bus_put(bus);
	return handle;
}

int tenon_driver_unregister(tenon_handle driver)
{
	struct caller c = caller_thread();
	struct kpi_driver *k = object_get(c.d, driver, &driver_type);

	if (!k)
		return -TENON_EBADF;
	unregister(k);
	return object_give_back(&k->object);
}
