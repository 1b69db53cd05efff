// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Input devices of modules: kpi/input.def, over kernel/device/input.h. */
#include "kernel/device/input.h"

#include "kernel/device/kpi/kpi.h"

struct kpi_input {
	struct object object;
	struct input_device *dev; /* object's lock; NULL: unregistered */
};

/* At most once has something to do. No lock is held. */
static void unregister(struct object *o)
{
	struct kpi_input *k = (struct kpi_input *)o;
	struct input_device *dev;

	kpi.host->lock(&o->lock);
	dev = k->dev;
	k->dev = NULL;
	kpi.host->unlock(&o->lock);
	if (dev)
		input_unregister(dev);
}

static const struct object_type input_type = {
	.name = "input", .size = sizeof(struct kpi_input), .cancel = unregister, .release = unregister
};

tenon_handle tenon_input_register(struct tenon_this_module *self)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct kpi_input *k;
	int err;

	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	k = object_new(&c, &input_type, m, 0);
	if (!k)
		return (tenon_handle)-TENON_ENOMEM;
	err = input_register(&k->dev);
	if (!err)
		return object_publish(&k->object);
	object_free(&k->object);
	return (tenon_handle)(long)err;
}

int tenon_input_report(tenon_handle input, const void *events, size_t len)
{
	struct kpi_input *k = object_lock(caller_any().d, input, &input_type);
	const struct tenon_input_event *e = events;
	int err = len % sizeof(*e) ? -TENON_EINVAL : 0;

	if (!k)
		return -TENON_EBADF;
	if (!err && k->dev)
		input_report(k->dev, e, (unsigned)(len / sizeof(*e)));
	object_unlock(&k->object);
	return err;
}

int tenon_input_unregister(tenon_handle input)
{
	struct kpi_input *k = object_get(caller_thread().d, input, &input_type);

	if (!k)
		return -TENON_EBADF;
	unregister(&k->object);
	return object_give_back(&k->object);
}
