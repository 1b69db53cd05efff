// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Block devices of modules: kpi/blkdev.def, over kernel/device/block.h. */
#include "kernel/device/block_request.h"
#include "kernel/device/kpi/kpi.h"
#include "kernel/domain/domain.h"
#include "kernel/vfs/file.h"

enum { OP_SUBMIT, OP_IOCTL, OP_CLOSED, OP_CNT }; /* the order of struct tenon_blkdev_ops */

struct kpi_blkdev {
	struct kpi_part part;
	struct block_device *bd; /* object's lock: NULL: unregistered, or being so */
	uint64_t ctx;
	tenon_addr ops[OP_CNT];
};

static void *hold(void *owner)
{
	struct kpi_blkdev *k = owner;
	struct tenon_module *m = k->part.object.account->module;

	return tenon_try_get(m) ? m : NULL;
}

static void unhold(void *held)
{
	domain_module_put(held, "a block device that was open");
}

static bool dead(void *owner)
{
	struct domain *d = domain_isolated(((struct kpi_blkdev *)owner)->part.object.domain->pub);

	return d && atomic_load(&d->dead);
}

static int call(struct kpi_blkdev *k, unsigned op, const uint64_t args[KPI_ARGS_MAX], int64_t *result)
{
	const struct tenon_kpi_code code = { .module = k->part.object.account->module,
					     .address = k->ops[op],
					     .type = callback_type("tenon_blkdev_ops", op) };
	int err;

	object_hold(&k->part.object); /* block_unregister() does not wait for ever */
	err = tenon_kpi_upcall(&code, args, result);
	object_put(&k->part.object);
	return err;
}

/* -TENON_EOWNERDEAD is what only the death of the domain may be, not what the module says. */
static int submit(void *owner, const struct tenon_blkdev_request *r, unsigned cnt)
{
	struct kpi_blkdev *k = owner;
	int64_t result;
	int err = call(k, OP_SUBMIT, (uint64_t[KPI_ARGS_MAX]){ k->ctx, (uintptr_t)r, cnt * sizeof(*r) }, &result);

	if (err && dead(owner))
		return -TENON_EOWNERDEAD;
	return err ? err : result > 0 || result == -TENON_EOWNERDEAD ? -TENON_EIO : (int)result;
}

/* The program's memory and descriptors are the module's meanwhile. */
static int ioctl(void *owner, unsigned command, uint64_t argument)
{
	struct tenon_kpi_thread *self = kpi.host->self();
	struct kpi_domain *outer = self->serves;
	struct kpi_blkdev *k = owner;
	int64_t result;
	int err;

	if (!k->ops[OP_IOCTL])
		return -TENON_ENOTTY;
	self->serves = k->part.object.domain;
	err = call(k, OP_IOCTL, (uint64_t[KPI_ARGS_MAX]){ k->ctx, command, argument }, &result);
	self->serves = outer;
	return err ? err : (int)result;
}

static void closed(void *owner)
{
	struct kpi_blkdev *k = owner;
	int64_t result;

	if (k->ops[OP_CLOSED])
		call(k, OP_CLOSED, (uint64_t[KPI_ARGS_MAX]){ k->ctx }, &result);
}

/* Once. No lock is held. */
static struct block_device *take_device(struct kpi_blkdev *k)
{
	struct block_device *bd;

	kpi.host->lock(&k->part.object.lock);
	bd = k->bd;
	k->bd = NULL;
	kpi.host->unlock(&k->part.object.lock);
	return bd;
}

static void unregister(struct kpi_blkdev *k)
{
	struct block_device *bd = take_device(k);

	if (bd)
		block_unregister(bd);
}

static void cancel(struct object *o)
{
	struct domain *d = domain_isolated(o->domain->pub);
	struct block_device *bd = take_device((struct kpi_blkdev *)o);

	/* One that is on no device is made of what its module had, and nobody knows that. */
	if (bd && d && ((struct kpi_part *)o)->device && restart_awaits(d, tenon_module_name(o->account->module)))
		block_suspend(bd);
	else if (bd)
		block_unregister(bd);
}

static void release(struct object *o)
{
	kpi_part_release((struct kpi_part *)o);
}

static const struct object_type blkdev_type = {
	.name = "blkdev",
	.size = sizeof(struct kpi_blkdev),
	.cancel = cancel,
	.release = release,
};

tenon_handle tenon_blkdev_register(struct tenon_this_module *self, tenon_handle device, const char *name,
				   const struct tenon_blkdev_config *config, const struct tenon_blkdev_ops *ops,
				   void *ctx)
{
	static const struct block_ops block_ops = {
		.hold = hold, .unhold = unhold, .dead = dead, .submit = submit, .ioctl = ioctl, .closed = closed
	};
	struct caller c = caller_thread();
	struct kpi_blkdev *k = NULL;
	tenon_handle handle;
	int err = kpi_part_or_none(&c, self, device, &blkdev_type, (void **)&k);

	_Static_assert(sizeof(*ops) == sizeof(k->ops), "callbacks and enum agree");
	if (err)
		return (tenon_handle)(long)err;
	if (!tenon_name_valid(name, TENON_BLKDEV_NAME_BYTES) ||
	    !blkdev_ops_valid(k->part.object.account->module, ops)) {
		object_free(&k->part.object);
		return (tenon_handle)-TENON_EINVAL;
	}
	memcpy(k->ops, ops, sizeof(k->ops));
	k->ctx = (uintptr_t)ctx;
	handle = object_publish_held(&k->part.object);
	if ((long)handle < 0)
		return handle;
	err = block_register(k->part.device, name, config, &block_ops, k, &k->bd);
	if (err)
		k->bd = NULL;
	return object_settle(&k->part.object, handle, err);
}

int tenon_blkdev_complete(tenon_handle blkdev, const void *completions, size_t len)
{
	struct caller c = caller_thread();
	struct kpi_blkdev *k = object_lock(c.d, blkdev, &blkdev_type);
	struct tenon_blkdev_completion done;
	int err = len % sizeof(done) ? -TENON_EINVAL : 0;

	if (!k)
		return -TENON_EBADF;
	for (size_t at = 0; at < len && !err; at += sizeof(done)) {
		memcpy(&done, (const uint8_t *)completions + at, sizeof(done));
		err = k->bd ? block_complete(k->bd, done.tag, done.result) : -TENON_EINVAL;
	}
	object_unlock(&k->part.object);
	return err;
}

/* The block device, with a reference for device_put(); NULL: it has gone, or @err says that there is no such object. */
static struct block_device *device_of(tenon_handle blkdev, int *err)
{
	struct kpi_blkdev *k = object_lock(caller_thread().d, blkdev, &blkdev_type);
	struct block_device *bd = k ? k->bd : NULL;

	*err = !k ? -TENON_EBADF : !bd ? -TENON_EINVAL : 0;
	if (bd)
		device_get(&bd->device);
	if (k)
		object_unlock(&k->part.object);
	return bd;
}

int tenon_blkdev_serve(tenon_handle blkdev, uint32_t tag, tenon_handle file, uint64_t offset)
{
	struct file *f = kpi_file_get(caller_thread().d, file);
	struct block_device *bd;
	int err;

	if (!f)
		return -TENON_EBADF;
	bd = device_of(blkdev, &err);
	if (!err) {
		err = block_serve(bd, tag, f, offset);
		device_put(&bd->device);
	}
	file_put(f);
	return err;
}

int tenon_blkdev_resize(tenon_handle blkdev, uint64_t sector_cnt, uint32_t read_only)
{
	int err;
	struct block_device *bd = device_of(blkdev, &err);

	if (!err) {
		err = block_resize(bd, sector_cnt, read_only);
		device_put(&bd->device);
	}
	return err;
}

bool kpi_blkdev_is_of(const struct block_range *r, struct tenon_module *m)
{
	return r->bd->held == m; /* hold() says so */
}

int tenon_blkdev_unregister(tenon_handle blkdev)
{
	struct kpi_blkdev *k = object_get(caller_thread().d, blkdev, &blkdev_type);

	if (!k)
		return -TENON_EBADF;
	unregister(k);
	return object_give_back(&k->part.object);
}
