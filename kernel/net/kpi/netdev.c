// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Network devices of modules: the half of kpi/netdev.def that drivers use, over kernel/net/netdev.h. */
#include "kernel/net/netdev.h"

#include "kernel/boot.h"
#include "kernel/device/kpi/kpi.h"

/* On account of the domain, as long as it has the device. */
#define NETDEV_BYTES (sizeof(struct netdev) + NETDEV_PAGES * PAGE_BYTES)

struct kpi_netdev {
	struct kpi_part part;
	bool charged;
	struct netdev *nd; /* object's lock: NULL: unregistered, or being so */
	uint64_t ctx;
	tenon_addr ops[NETDEV_OP_CNT];
};

static int call(void *owner, enum netdev_op op, const void *frames, size_t len)
{
	struct kpi_netdev *k = owner;
	const struct tenon_kpi_code code = { .module = k->part.object.account->module,
					     .address = k->ops[op],
					     .type = callback_type("tenon_netdev_ops", op) };
	int64_t result;
	int err = tenon_kpi_upcall(&code, (uint64_t[KPI_ARGS_MAX]){ k->ctx, (uintptr_t)frames, len }, &result);

	return err ? err : result > 0 ? -TENON_EIO : (int)result;
}

/* Once. No lock is held. */
static void unregister(struct kpi_netdev *k, bool died)
{
	struct netdev *nd;

	kpi.host->lock(&k->part.object.lock);
	nd = k->nd;
	k->nd = NULL;
	kpi.host->unlock(&k->part.object.lock);
	if (nd)
		netdev_unregister(nd, died);
}

/* Its module is dead, or left it behind: nobody has made the device stop. */
static void cancel(struct object *o)
{
	struct kpi_netdev *k = (struct kpi_netdev *)o;
	struct device *dev = k->part.device;

	if (dev && !device_dma_contained(dev))
		dev->bus->set_dma(dev, false);
	unregister(k, true);
}

static void release(struct object *o)
{
	if (((struct kpi_netdev *)o)->charged)
		quota_give(&o->domain->used.memory_bytes, NETDEV_BYTES);
	kpi_part_release((struct kpi_part *)o);
}

static const struct object_type netdev_type = {
	.name = "netdev",
	.size = sizeof(struct kpi_netdev),
	.cancel = cancel,
	.release = release,
};

/* Return: 0: it may be made, and is paid for. */
static int check(const struct caller *c, struct kpi_netdev *k, const char *name, const tenon_addr *ops)
{
	for (int op = 0; op < NETDEV_OP_CNT; op++)
		if (!is_code(k->part.object.account->module, ops[op]))
			return -TENON_EINVAL;
	if (k->part.device && c->d->isolated && !device_dma_contained(k->part.device) &&
	    boot_option("dma_contained", NULL, 0))
		return -TENON_EPERM;
	if (!tenon_name_valid(name, TENON_NETDEV_NAME_BYTES))
		return -TENON_EINVAL;
	k->charged = quota_take(&c->d->used.memory_bytes, c->d->quota.memory_bytes, NETDEV_BYTES);
	return k->charged ? 0 : -TENON_ENOMEM;
}

tenon_handle tenon_netdev_register(struct tenon_this_module *self, tenon_handle device, const char *name,
				   const struct tenon_netdev_config *config, const struct tenon_netdev_ops *ops,
				   void *ctx)
{
	struct caller c = caller_thread();
	struct kpi_netdev *k = NULL;
	tenon_handle handle;
	int err = kpi_part_or_none(&c, self, device, &netdev_type, (void **)&k);

	_Static_assert(sizeof(*ops) == sizeof(k->ops), "callbacks and enum agree");
	if (err)
		return (tenon_handle)(long)err;
	err = check(&c, k, name, (const tenon_addr *)(const void *)ops);
	if (err) {
		object_free(&k->part.object);
		return (tenon_handle)(long)err;
	}
	memcpy(k->ops, ops, sizeof(k->ops));
	k->ctx = (uintptr_t)ctx;
	handle = object_publish_held(&k->part.object);
	if ((long)handle < 0)
		return handle;
	err = netdev_register(k->part.device, name, config, call, k, &k->nd);
	if (err)
		k->nd = NULL;
	else if (netdev_was_on(k->nd))
		netdev_set_up(k->nd, true);
	return object_settle(&k->part.object, handle, err);
}

long tenon_netdev_buffers(tenon_handle netdev, void *frames, size_t len)
{
	struct kpi_netdev *k = object_lock(caller_thread().d, netdev, &netdev_type);
	size_t cnt = 0;

	if (!k)
		return -TENON_EBADF;
	if (k->nd)
		cnt = netdev_take(k->nd, frames, len / sizeof(struct tenon_netdev_frame));
	object_unlock(&k->part.object);
	return (long)(cnt * sizeof(struct tenon_netdev_frame));
}

static int each(tenon_handle netdev, const void *frames, size_t len,
		int (*fn)(struct netdev *nd, const struct tenon_netdev_frame *frame))
{
	struct kpi_netdev *k = object_lock(caller_thread().d, netdev, &netdev_type);
	struct tenon_netdev_frame frame;
	int err = len % sizeof(frame) ? -TENON_EINVAL : 0;

	if (!k)
		return -TENON_EBADF;
	for (size_t at = 0; at < len && !err; at += sizeof(frame)) {
		memcpy(&frame, (const uint8_t *)frames + at, sizeof(frame));
		err = k->nd ? fn(k->nd, &frame) : -TENON_EINVAL;
	}
	object_unlock(&k->part.object);
	return err;
}

int tenon_netdev_receive(tenon_handle netdev, const void *frames, size_t len)
{
	return each(netdev, frames, len, netdev_received);
}

int tenon_netdev_sent(tenon_handle netdev, const void *frames, size_t len)
{
	return each(netdev, frames, len, netdev_sent);
}

long tenon_netdev_read(tenon_handle netdev, uint32_t tag, void *frame, size_t len)
{
	struct kpi_netdev *k = object_lock(caller_thread().d, netdev, &netdev_type);
	long err;

	if (!k)
		return -TENON_EBADF;
	err = k->nd ? netdev_read(k->nd, tag, frame, len) : -TENON_EINVAL;
	object_unlock(&k->part.object);
	return err ? err : (long)len;
}

int tenon_netdev_write(tenon_handle netdev, const void *frame, size_t len)
{
	struct kpi_netdev *k = object_lock(caller_thread().d, netdev, &netdev_type);
	int err;

	if (!k)
		return -TENON_EBADF;
	err = k->nd ? netdev_write(k->nd, frame, len) : 0;
	object_unlock(&k->part.object);
	return err;
}

int tenon_netdev_carrier(tenon_handle netdev, int on)
{
	struct kpi_netdev *k = object_lock(caller_thread().d, netdev, &netdev_type);
	struct netdev *nd;

	if (!k)
		return -TENON_EBADF;
	nd = k->nd;
	if (nd)
		device_get(&nd->device);
	object_unlock(&k->part.object);
	if (nd) {
		netdev_set_carrier(nd, on);
		device_put(&nd->device);
	}
	return 0;
}

int tenon_netdev_unregister(tenon_handle netdev)
{
	struct kpi_netdev *k = object_get(caller_thread().d, netdev, &netdev_type);

	if (!k)
		return -TENON_EBADF;
	unregister(k, false);
	return object_give_back(&k->part.object);
}
