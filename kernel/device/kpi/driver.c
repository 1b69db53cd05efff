// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Drivers of modules: kpi/driver.def. */
#include "kernel/device/kpi/kpi.h"

#define CLOSED_MAX_NS 40000000000u /* longer than an unload waits */

enum { OP_PROBE, OP_REMOVE, OP_CNT }; /* the order of struct tenon_driver_ops */

struct kpi_driver {
	struct object object;
	struct driver driver;
	bool registered; /* with the bus; whoever clears it unregisters. Object's lock */
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

int kpi_part_new(const struct caller *c, struct tenon_this_module *self, tenon_handle device,
		 const struct object_type *type, void **out)
{
	struct tenon_module *m = caller_module(c, (tenon_addr)self);
	struct kpi_device *kd;
	struct kpi_part *p;

	if (!m)
		return -TENON_EFAULT;
	kd = kpi_device_get(c->d, device);
	if (!kd)
		return -TENON_EBADF;
	p = object_new(c, type, m, 0);
	if (p)
		p->device = device_get(kd->device);
	object_put(&kd->object);
	*out = p;
	return p ? 0 : -TENON_ENOMEM;
}

void kpi_part_release(struct kpi_part *p)
{
	if (p->device)
		device_put(p->device);
}

/* ---- probe and remove -------------------------------------------------------------------------------------------- */

static int call(const struct kpi_driver *k, unsigned op, const uint64_t args[KPI_ARGS_MAX], int64_t *result)
{
	const struct tenon_kpi_code code = { .module = k->object.account->module,
					     .address = k->ops[op],
					     .type = callback_type("tenon_driver_ops", op) };

	return tenon_kpi_upcall(&code, args, result);
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
	struct tenon_driver_probe p = { .size = sizeof(p), .id_idx = (uint32_t)id_idx };
	struct kpi_driver *k = of(drv);
	struct kpi_device *kd;
	tenon_handle handle = make_device(k, dev, &kd);
	int64_t result;
	int err;

	if ((long)handle < 0)
		return (int)handle;
	err = call(k, OP_PROBE, (uint64_t[KPI_ARGS_MAX]){ handle, (uintptr_t)&p }, &result);
	if (err == -TENON_ENODEV)
		err = -TENON_EAGAIN; /* closed, by an unload that may fail: driver_retry() */
	if (!err)
		err = result > 0 ? -TENON_EIO : (int)result;
	if (err) {
		object_give_back(&kd->object);
		return err;
	}
	kd->data = p.data;
	kd->handle = handle;
	dev->driver_data = kd;
	return 0;
}

/* Is the module closed by an unload that may fail yet? Waits a moment. Once it has gone for good, @kd is dead. */
static bool may_open_again(struct kpi_device *kd)
{
	bool dead;

	kpi.host->lock(&kd->object.lock);
	if (!kd->object.dead)
		kpi.host->wait(&kd->object.lock, add_ns(now_ns(), CLOSED_NS));
	dead = kd->object.dead;
	kpi.host->unlock(&kd->object.lock);
	return !dead;
}

/* If the module is dead or has been unloaded nothing of it is called: what it had is taken from it. */
static void remove(struct driver *drv, struct device *dev)
{
	struct kpi_device *kd = dev->driver_data;
	const uint64_t args[KPI_ARGS_MAX] = { kd->handle, (uintptr_t)kd->data };
	uint64_t until = add_ns(now_ns(), CLOSED_MAX_NS);
	int64_t result;

	while (call(of(drv), OP_REMOVE, args, &result) == -TENON_ENODEV && now_ns() < until && may_open_again(kd))
		;
	dev->driver_data = NULL;
	object_give_back(&kd->object);
}

/* ---- registering ------------------------------------------------------------------------------------------------- */

/* Once. No lock is held. */
static void unregister(struct kpi_driver *k)
{
	bool mine;

	kpi.host->lock(&k->object.lock);
	mine = k->registered;
	k->registered = false;
	kpi.host->unlock(&k->object.lock);
	if (mine && driver_unregister(&k->driver))
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
				     .bus = bus,
				     .ids = copy,
				     .id_cnt = len / bus->id_bytes,
				     .probe = probe,
				     .remove = remove };
	return 0;
}

tenon_handle tenon_driver_register(struct tenon_this_module *self, const char *name, const char *bus_name,
				   const void *ids, size_t len, const struct tenon_driver_ops *ops)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct bus *bus = bus_find(bus_name);
	struct kpi_driver *k;
	tenon_handle handle;
	int err;

	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	if (!bus)
		return (tenon_handle)-TENON_ENODEV;
	if (!tenon_name_valid(name, TENON_DRIVER_NAME_BYTES) || !len || len % bus->id_bytes ||
	    !is_code(m, (tenon_addr)ops->probe) || !is_code(m, (tenon_addr)ops->remove))
		return (tenon_handle)-TENON_EINVAL;
	k = object_new(&c, &driver_type, m, 0);
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
	k->registered = true; /* before: its devices come at once */
	err = driver_register(&k->driver);
	if (!err) {
		object_put(&k->object);
		return handle;
	}
	k->registered = false;
	object_give_back(&k->object);
	return (tenon_handle)(long)err;
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
