// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Block devices of modules: kpi/blkdev.def, over kernel/device/block.h. */
#include "kernel/device/block.h"

#include "kernel/device/kpi/kpi.h"

enum { OP_SUBMIT, OP_CNT }; /* the order of struct tenon_blkdev_ops */

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
	tenon_put(held, "a block device that was open");
}

static int submit(void *owner, const struct tenon_blkdev_request *r, unsigned cnt)
{
	struct kpi_blkdev *k = owner;
	const struct tenon_kpi_code code = { .module = k->part.object.account->module,
					     .address = k->ops[OP_SUBMIT],
					     .type = callback_type("tenon_blkdev_ops", OP_SUBMIT) };
	int64_t result;
	int err;

	object_hold(&k->part.object); /* block_unregister() does not wait for ever */
	err = tenon_kpi_upcall(&code, (uint64_t[KPI_ARGS_MAX]){ k->ctx, (uintptr_t)r, cnt * sizeof(*r) }, &result);
	object_put(&k->part.object);
	return err ? err : result > 0 ? -TENON_EIO : (int)result;
}

/* Once. No lock is held. */
static void unregister(struct kpi_blkdev *k)
{
	struct block_device *bd;

	kpi.host->lock(&k->part.object.lock);
	bd = k->bd;
	k->bd = NULL;
	kpi.host->unlock(&k->part.object.lock);
	if (bd)
		block_unregister(bd);
}

static void cancel(struct object *o)
{
	unregister((struct kpi_blkdev *)o);
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
	static const struct block_ops block_ops = { .hold = hold, .unhold = unhold, .submit = submit };
	struct caller c = caller_thread();
	struct kpi_blkdev *k = NULL;
	tenon_handle handle;
	int err = kpi_part_new(&c, self, device, &blkdev_type, (void **)&k);

	_Static_assert(sizeof(*ops) == sizeof(k->ops), "callbacks and enum agree");
	if (err)
		return (tenon_handle)(long)err;
	if (!tenon_name_valid(name, TENON_BLKDEV_NAME_BYTES) ||
	    !is_code(k->part.object.account->module, (tenon_addr)ops->submit)) {
		object_free(&k->part.object);
		return (tenon_handle)-TENON_EINVAL;
	}
	memcpy(k->ops, ops, sizeof(k->ops));
	k->ctx = (uintptr_t)ctx;
	handle = object_publish_held(&k->part.object);
	if ((long)handle < 0)
		return handle;
	err = block_register(k->part.device, name, config, &block_ops, k, &k->bd);
	if (!err) {
		object_put(&k->part.object);
		return handle;
	}
	k->bd = NULL;
	object_give_back(&k->part.object);
	return (tenon_handle)(long)err;
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

int tenon_blkdev_unregister(tenon_handle blkdev)
{
	struct kpi_blkdev *k = object_get(caller_thread().d, blkdev, &blkdev_type);

	if (!k)
		return -TENON_EBADF;
	unregister(k);
	return object_give_back(&k->part.object);
}
