/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Events: kpi/event.def. */
#include "port/process/kpi/object.h"

struct event {
	struct object object;
	bool set;
};

static const struct object_type event_type = { .name = "event", .size = sizeof(struct event) };

tenon_handle tenon_event_create(struct tenon_this_module *self)
{
	struct caller c = kpi_caller();
	struct event *e = object_new(&c, &event_type, sizeof(*e));

	return e ? object_publish(&e->object, kpi_module(&c, self)) : (tenon_handle)-TENON_ENOMEM;
}

int tenon_event_set(tenon_handle event)
{
	struct caller c = kpi_caller();
	struct event *e;

	kpi_lock();
	e = object_find(&c, event, &event_type);
	if (e) {
		e->set = true;
		pthread_cond_signal(&e->object.changed);
	}
	kpi_unlock();
	return e ? 0 : -TENON_EBADF;
}

int tenon_event_wait(tenon_handle event, uint64_t deadline_ns)
{
	struct caller c = kpi_caller();
	struct event *e;
	int err = 0;

	kpi_lock();
	e = object_find(&c, event, &event_type);
	if (!e)
		err = -TENON_EBADF;
	while (!err && !e->set)
		err = kpi_wait(&c, &e->object, deadline_ns);
	if (!err)
		e->set = false;
	kpi_unlock();
	return err;
}

int tenon_event_destroy(tenon_handle event)
{
	struct caller c = kpi_caller();
	struct event *e;
	int err = -TENON_EBADF;

	kpi_lock();
	e = object_find(&c, event, &event_type);
	if (e && !e->object.users)
		return object_destroy(&e->object);
	if (e)
		err = -TENON_EBUSY;
	kpi_unlock();
	return err;
}
