/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include "kpi/impl/offer.h"

/* Devices' lock. Return: where the one of this name is, or would be. */
static struct offer **place(const struct offer_type *type, const char *name)
{
	struct offer **at = type->list;

	while (*at && strcmp((*at)->name, name))
		at = &(*at)->next;
	return at;
}

/* Once or more. */
void offer_cancel(struct object *object)
{
	struct offer *o = (struct offer *)object, **at;

	kpi.host->lock(&kpi.devices);
	at = place((const struct offer_type *)object->type, o->name);
	if (*at == o)
		*at = o->next;
	kpi.host->unlock(&kpi.devices);
}

/* Return: 0, -TENON_EEXIST, -TENON_EBADF: reclaimed already. */
static int list(struct offer *o)
{
	struct offer **at;
	int err;

	kpi.host->lock(&kpi.devices);
	at = place((const struct offer_type *)o->object.type, o->name);
	err = *at ? -TENON_EEXIST : __atomic_load_n(&o->object.dead, __ATOMIC_ACQUIRE) ? -TENON_EBADF : 0;
	if (!err)
		*at = o;
	kpi.host->unlock(&kpi.devices);
	return err;
}

static bool ops_valid(struct tenon_module *m, const struct offer_type *type, const tenon_addr *ops)
{
	for (unsigned op = 0; op < type->op_cnt; op++)
		if (ops[op] ? !is_code(m, ops[op]) : op >= type->optional)
			return false;
	return true;
}

tenon_handle offer_register(struct tenon_this_module *self, const struct offer_type *type, const char *name,
			    const void *ops, void *ctx)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	tenon_handle handle;
	struct offer *o;

	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	if (!tenon_name_valid(name, OFFER_NAME_BYTES) || !ops_valid(m, type, ops))
		return (tenon_handle)-TENON_EINVAL;
	o = object_new(&c, &type->object, m, 0);
	if (!o)
		return (tenon_handle)-TENON_ENOMEM;
	memcpy(o->name, name, strlen(name) + 1);
	memcpy(o->ops, ops, type->op_cnt * sizeof(*o->ops));
	o->ctx = (uintptr_t)ctx;
	handle = object_publish_held(&o->object);
	if ((long)handle < 0)
		return handle;
	return object_settle(&o->object, handle, list(o));
}

int offer_unregister(const struct offer_type *type, tenon_handle handle)
{
	struct object *o = object_get(caller_thread().d, handle, &type->object);

	if (!o)
		return -TENON_EBADF;
	offer_cancel(o);
	return object_give_back(o);
}

/* ---- the kernel's side ------------------------------------------------------------------------------------------- */

struct offer *offer_hold(const struct offer_type *type, const char *name)
{
	struct offer *o;

	kpi.host->lock(&kpi.devices);
	o = *place(type, name);
	if (o && tenon_try_get(o->object.account->module))
		object_hold(&o->object);
	else
		o = NULL;
	kpi.host->unlock(&kpi.devices);
	return o;
}

void offer_drop(struct offer *o)
{
	tenon_put(o->object.account->module, o->object.type->name);
	object_put(&o->object);
}

int offer_call(const struct offer *o, unsigned op, const struct kpi_call *type, uint64_t args[KPI_ARGS_MAX],
	       int64_t *result)
{
	const struct tenon_kpi_code code = { .module = o->object.account->module, .address = o->ops[op], .type = type };

	args[0] = o->ctx;
	return tenon_kpi_upcall(&code, args, result);
}
