/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Events: kpi/event.def. */
#include "kpi/impl/impl.h"

struct event {
	struct object object;
	bool set;
};

static const struct object_type event_type = { .name = "event", .size = sizeof(struct event) };

tenon_handle tenon_event_create(struct tenon_this_module *self)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct event *e;

	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	e = object_new(&c, &event_type, m, sizeof(*e));
	return e ? object_publish(&e->object) : (tenon_handle)-TENON_ENOMEM;
}

int tenon_event_set(tenon_handle event)
{
	struct caller c = caller_any();
	struct event *e = object_lock(c.d, event, &event_type);

	if (!e)
		return -TENON_EBADF;
	e->set = true;
	kpi.host->wake(&e->object.lock);
	object_unlock(&e->object);
	return 0;
}

int tenon_event_wait(tenon_handle event, uint64_t deadline_ns)
{
	struct caller c = caller_thread();
	struct event *e = object_lock(c.d, event, &event_type);
	int err = 0;

	if (!e)
		return -TENON_EBADF;
	while (!err && !e->set)
		err = object_wait(&c, &e->object, deadline_ns);
	if (!err)
		e->set = false;
	object_unlock(&e->object);
	return err;
}

int tenon_event_destroy(tenon_handle event)
{
	return object_destroy_idle(caller_thread().d, event, &event_type);
}
