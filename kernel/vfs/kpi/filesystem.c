// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * File systems of modules: kpi/filesystem.def, over kernel/vfs/disk.h. It is linked together with kpi/impl, and gives the
 * kernel nothing but the interface's own functions.
 */
#include "kernel/domain/domain.h"
#include "kernel/vfs/disk.h"
#include "kpi/impl/impl.h"

struct kpi_filesystem {
	struct object object;
	struct disk_kind *kind; /* object's lock: NULL: unregistered, or being so */
	uint64_t ctx;
	tenon_addr ops[DISK_OP_CNT];
	const struct kpi_call *types; /* of these */
};

struct kpi_volume {
	struct object object;
	struct volume *volume; /* a reference, or NULL: not yet */
};

/* ---- volumes ----------------------------------------------------------------------------------------------------- */

static void volume_release(struct object *o)
{
	struct kpi_volume *k = (struct kpi_volume *)o;

	if (k->volume)
		volume_put(k->volume);
}

static const struct object_type volume_type = {
	.name = "volume",
	.size = sizeof(struct kpi_volume),
	.release = volume_release,
};

static int volume_begin(void *owner, struct volume *v, uint64_t *handle)
{
	struct kpi_filesystem *k = owner;
	const struct caller c = { .self = kpi.host->self(), .d = k->object.domain, .m = k->object.account->module };
	struct kpi_volume *kv = object_new(&c, &volume_type, c.m, 0);

	if (!kv)
		return -TENON_ENOMEM;
	kv->volume = volume_get(v);
	*handle = object_publish(&kv->object);
	return (long)*handle < 0 ? (int)*handle : 0;
}

static void volume_end(void *owner, uint64_t handle)
{
	struct kpi_filesystem *k = owner;
	struct object *o = object_get(k->object.domain, (tenon_handle)handle, &volume_type);

	if (o)
		object_give_back(o);
}

long tenon_volume_read(tenon_handle volume, uint64_t offset, void *data, size_t len)
{
	struct kpi_volume *k = object_get(caller_thread().d, volume, &volume_type);
	int err;

	if (!k)
		return -TENON_EBADF;
	err = volume_read(k->volume, offset, data, len);
	object_put(&k->object);
	return err ? err : (long)len;
}

long tenon_volume_write(tenon_handle volume, uint64_t offset, const void *data, size_t len)
{
	struct kpi_volume *k = object_get(caller_thread().d, volume, &volume_type);
	int err;

	if (!k)
		return -TENON_EBADF;
	err = volume_write(k->volume, offset, data, len);
	object_put(&k->object);
	return err ? err : (long)len;
}

int tenon_volume_fail(tenon_handle volume)
{
	struct kpi_volume *k = object_get(caller_thread().d, volume, &volume_type);

	if (!k)
		return -TENON_EBADF;
	volume_fail(k->volume);
	object_put(&k->object);
	return 0;
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

static bool hold(void *held)
{
	return tenon_try_get(held);
}

static void unhold(void *held)
{
	domain_module_put(held, "a file system that was mounted");
}

static int call(void *owner, enum disk_op op, const uint64_t given[6], int64_t *result)
{
	struct kpi_filesystem *k = owner;
	const struct tenon_kpi_code code = { .module = k->object.account->module,
					     .address = k->ops[op],
					     .type = &k->types[op] };
	uint64_t args[KPI_ARGS_MAX];

	if (!code.address) {
		*result = -TENON_EROFS;
		return 0;
	}
	memcpy(args, given, sizeof(args));
	if (op == DISK_MOUNT)
		args[0] = k->ctx;
	return tenon_kpi_upcall(&code, args, result);
}

/* ---- registering ------------------------------------------------------------------------------------------------- */

/* Once. No lock is held. */
static void unregister(struct kpi_filesystem *k)
{
	struct disk_kind *kind;

	kpi.host->lock(&k->object.lock);
	kind = k->kind;
	k->kind = NULL;
	kpi.host->unlock(&k->object.lock);
	if (kind)
		disk_kind_unregister(kind);
}

static void cancel(struct object *o)
{
	unregister((struct kpi_filesystem *)o);
}

static const struct object_type filesystem_type = {
	.name = "filesystem",
	.size = sizeof(struct kpi_filesystem),
	.cancel = cancel,
};

static bool can_write(const struct kpi_filesystem *k)
{
	for (unsigned op = DISK_CHANGE; op <= DISK_RENAME; op++)
		if (!k->ops[op])
			return false;
	return k->ops[DISK_FORGET];
}

/* What there is is the module's own, and what reading takes is there. */
static bool ops_valid(const struct kpi_filesystem *k)
{
	for (unsigned op = 0; op < DISK_OP_CNT; op++)
		if (k->ops[op] ? !is_code(k->object.account->module, k->ops[op]) : op < DISK_CHANGE)
			return false;
	return true;
}

tenon_handle tenon_filesystem_register(struct tenon_this_module *self, const char *name,
				       const struct tenon_filesystem_ops *ops, void *ctx)
{
	static const struct disk_kind_ops kind_ops = {
		.hold = hold, .unhold = unhold, .call = call, .volume_begin = volume_begin, .volume_end = volume_end
	};
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct kpi_filesystem *k;
	tenon_handle handle;
	int err;

	_Static_assert(sizeof(*ops) == sizeof(k->ops), "callbacks and enum agree");
	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	k = object_new(&c, &filesystem_type, m, 0);
	if (!k)
		return (tenon_handle)-TENON_ENOMEM;
	memcpy(k->ops, ops, sizeof(k->ops));
	k->types = callback_type("tenon_filesystem_ops", 0);
	k->ctx = (uintptr_t)ctx;
	if (!tenon_name_valid(name, TENON_FILESYSTEM_NAME_BYTES) || !ops_valid(k)) {
		object_free(&k->object);
		return (tenon_handle)-TENON_EINVAL;
	}
	handle = object_publish_held(&k->object);
	if ((long)handle < 0)
		return handle;
	err = disk_kind_register(name, can_write(k), &kind_ops, k, m, &k->kind);
	if (err)
		k->kind = NULL;
	return object_settle(&k->object, handle, err);
}

int tenon_filesystem_unregister(tenon_handle filesystem)
{
	struct kpi_filesystem *k = object_get(caller_thread().d, filesystem, &filesystem_type);

	if (!k)
		return -TENON_EBADF;
	unregister(k);
	return object_give_back(&k->object);
}
