// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Protocols of modules: the half of kpi/netdev.def that takes frames from interfaces and sends them. */
#include "kernel/net/netdev.h"
#include "kpi/impl/impl.h"

enum { OP_RECEIVE, OP_CHANGE, OP_CNT }; /* the order of struct tenon_protocol_ops */

struct kpi_protocol {
	struct object object;
	struct kpi_protocol *next; /* devices' lock */
	uint32_t type;             /* 0: all */
	uint64_t ctx;
	tenon_addr ops[OP_CNT];
};

static struct kpi_protocol *protocols; /* devices' lock, as the interfaces are one space for all domains */

static void lock(void)
{
	kpi.host->lock(&kpi.devices);
}

static void unlock(void)
{
	kpi.host->unlock(&kpi.devices);
}

/* Once or more. */
static void withdraw(struct kpi_protocol *p)
{
	struct kpi_protocol **at = &protocols;

	lock();
	while (*at && *at != p)
		at = &(*at)->next;
	if (*at)
		*at = p->next;
	unlock();
}

static void cancel(struct object *o)
{
	withdraw((struct kpi_protocol *)o);
}

static void release(struct object *o)
{
	quota_give_cnt(&o->domain->asked);
}

static const struct object_type protocol_type = {
	.name = "protocol",
	.size = sizeof(struct kpi_protocol),
	.cancel = cancel,
	.release = release,
};

/* The first from @p on that takes frames of this type; 0: any. Devices' lock. */
static struct kpi_protocol *from(struct kpi_protocol *p, uint32_t type)
{
	while (p && type && p->type && p->type != type)
		p = p->next;
	return p;
}

/* The @nth that does. Devices' lock. */
static struct kpi_protocol *find(uint32_t type, unsigned nth)
{
	struct kpi_protocol *p = from(protocols, type);

	while (p && nth--)
		p = from(p->next, type);
	return p;
}

/* One function of all that take frames of this type. Their list may change meanwhile; nobody hears anything twice. */
static void call_all(uint32_t type, unsigned op, uint64_t args[KPI_ARGS_MAX])
{
	struct tenon_kpi_thread *self = kpi.host->self();
	struct kpi_protocol *p;
	bool more = true; /* looked for at once, not with the lock taken once more */
	int64_t result;

	for (unsigned nth = 0; more; nth++) {
		struct tenon_kpi_code code = { .type = callback_type("tenon_protocol_ops", op) };
		bool entered = false;

		lock();
		p = find(type, nth);
		more = p && from(p->next, type);
		if (p) {
			code.module = p->object.account->module;
			code.address = p->ops[op];
			args[0] = p->ctx;
			entered = tenon_enter(self->core, code.module);
		}
		unlock();
		if (entered)
			upcall_entered(&code, args, &result);
	}
}

void kpi_protocols_receive(uint32_t index, const uint8_t *frame, size_t len)
{
	uint32_t type = (uint32_t)frame[12] << 8 | frame[13];

	call_all(type, OP_RECEIVE, (uint64_t[KPI_ARGS_MAX]){ 0, index, (uintptr_t)frame, len });
}

void kpi_protocols_changed(uint32_t index)
{
	call_all(0, OP_CHANGE, (uint64_t[KPI_ARGS_MAX]){ 0, index });
}

tenon_handle tenon_protocol_register(struct tenon_this_module *self, uint32_t type,
				     const struct tenon_protocol_ops *ops, void *ctx)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct kpi_protocol *p;
	tenon_handle handle;

	_Static_assert(sizeof(*ops) == sizeof(p->ops), "callbacks and enum agree");
	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	if (!is_code(m, (tenon_addr)ops->receive) || !is_code(m, (tenon_addr)ops->change))
		return (tenon_handle)-TENON_EINVAL;
	if (!quota_take_cnt(&c.d->asked, ASKED_MAX))
		return (tenon_handle)-TENON_ENOMEM;
	p = object_new(&c, &protocol_type, m, 0);
	if (!p) {
		quota_give_cnt(&c.d->asked);
		return (tenon_handle)-TENON_ENOMEM;
	}
	p->type = type;
	p->ctx = (uintptr_t)ctx;
	memcpy(p->ops, ops, sizeof(p->ops));
	handle = object_publish_held(&p->object);
	if ((long)handle < 0)
		return handle;
	lock();
	if (!p->object.dead) {
		p->next = protocols;
		protocols = p;
	}
	unlock();
	object_put(&p->object);
	return handle;
}

int tenon_protocol_send(tenon_handle protocol, uint32_t interface, const void *frame, size_t len)
{
	struct kpi_protocol *p = object_get(caller_thread().d, protocol, &protocol_type);
	struct netdev *nd;
	int err = -TENON_ENODEV;

	if (!p)
		return -TENON_EBADF;
	nd = netdev_next(interface);
	if (nd && nd->index == interface)
		err = netdev_send(nd, frame, len);
	if (nd)
		device_put(&nd->device);
	object_put(&p->object);
	return err;
}

int tenon_protocol_unregister(tenon_handle protocol)
{
	struct kpi_protocol *p = object_get(caller_thread().d, protocol, &protocol_type);

	if (!p)
		return -TENON_EBADF;
	withdraw(p);
	return object_give_back(&p->object);
}

int tenon_interface_next(uint32_t index, struct tenon_interface *interface)
{
	struct netdev *nd = netdev_next(index);

	if (!nd)
		return -TENON_ENODEV;
	*interface = (struct tenon_interface){ .size = sizeof(*interface),
					       .index = nd->index,
					       .flags = netdev_flags(nd),
					       .type = nd->config.type,
					       .mtu = nd->mtu };
	memcpy(interface->mac, nd->config.mac, sizeof(interface->mac));
	strscpy((char *)interface->name, nd->device.name, sizeof(interface->name));
	device_put(&nd->device);
	return 0;
}
