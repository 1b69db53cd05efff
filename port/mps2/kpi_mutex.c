/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Mutexes: kpi/mutex.def. There is one thread: a mutex that is locked is locked by who asks. */
#include "port/mps2/kpi.h"

struct mutex {
	struct object object;
	bool locked;
};

static const struct object_type mutex_type = { .name = "mutex", .size = sizeof(struct mutex) };

tenon_handle tenon_mutex_create(struct tenon_this_module *self)
{
	struct mutex *m = object_new(&mutex_type, 0);

	return m ? object_publish(&m->object, kpi_module(self)) : (tenon_handle)-TENON_ENOMEM;
}

int tenon_mutex_lock(tenon_handle mutex, uint64_t deadline_ns)
{
	struct mutex *m = object_find(mutex, &mutex_type);

	(void)deadline_ns;
	kpi_thread_context("tenon_mutex_lock");
	if (!m)
		return -TENON_EBADF;
	if (m->locked)
		return -TENON_EDEADLK;
	m->locked = true;
	return 0;
}

int tenon_mutex_unlock(tenon_handle mutex)
{
	struct mutex *m = object_find(mutex, &mutex_type);

	kpi_thread_context("tenon_mutex_unlock");
	if (!m)
		return -TENON_EBADF;
	if (!m->locked)
		return -TENON_EPERM;
	m->locked = false;
	return 0;
}

int tenon_mutex_destroy(tenon_handle mutex)
{
	struct mutex *m = object_find(mutex, &mutex_type);

	if (!m)
		return -TENON_EBADF;
	return m->locked ? -TENON_EBUSY : object_destroy(&m->object);
}
