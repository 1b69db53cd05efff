/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Mutexes: kpi/mutex.def. A thread is known by its number, which is never used again. */
#include "port/process/kpi/object.h"

struct mutex {
	struct object object;
	uint64_t owner; /* number of the thread that has it, 0: nobody */
};

static const struct object_type mutex_type = { .name = "mutex", .size = sizeof(struct mutex) };

tenon_handle tenon_mutex_create(struct tenon_this_module *self)
{
	struct caller c = kpi_caller();
	struct mutex *m = object_new(&c, &mutex_type, sizeof(*m));

	return m ? object_publish(&m->object, kpi_module(&c, self)) : (tenon_handle)-TENON_ENOMEM;
}

int tenon_mutex_lock(tenon_handle mutex, uint64_t deadline_ns)
{
	struct caller c = kpi_caller();
	struct mutex *m;
	int err = 0;

	kpi_lock();
	m = object_find(&c, mutex, &mutex_type);
	if (!m)
		err = -TENON_EBADF;
	else if (m->owner == c.self->number)
		err = -TENON_EDEADLK;
	while (!err && m->owner) {
		if (!thread_lives(c.h, m->owner))
			err = -TENON_EOWNERDEAD;
		else
			err = kpi_wait(&c, &m->object, deadline_ns);
	}
	if (!err)
		m->owner = c.self->number;
	kpi_unlock();
	return err;
}

int tenon_mutex_unlock(tenon_handle mutex)
{
	struct caller c = kpi_caller();
	struct mutex *m;
	int err = 0;

	kpi_lock();
	m = object_find(&c, mutex, &mutex_type);
	if (!m) {
		err = -TENON_EBADF;
	} else if (m->owner != c.self->number) {
		err = -TENON_EPERM;
	} else {
		m->owner = 0;
		pthread_cond_signal(&m->object.changed);
	}
	kpi_unlock();
	return err;
}

int tenon_mutex_destroy(tenon_handle mutex)
{
	struct caller c = kpi_caller();
	struct mutex *m;
	int err = -TENON_EBADF;

	kpi_lock();
	m = object_find(&c, mutex, &mutex_type);
	if (m && !m->object.users && (!m->owner || !thread_lives(c.h, m->owner)))
		return object_destroy(&m->object);
	if (m)
		err = -TENON_EBUSY;
	kpi_unlock();
	return err;
}
