/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Mutexes: kpi/mutex.def. A thread is known by its number, which is never used again. */
#include "kpi/impl/impl.h"

struct mutex {
	struct object object;
	uint64_t owner; /* number of the thread that has it, 0: nobody */
};

static const struct object_type mutex_type = { .name = "mutex", .size = sizeof(struct mutex) };

static bool lives(uint64_t number)
{
	return !kpi.host->thread_lives || kpi.host->thread_lives(number);
}

tenon_handle tenon_mutex_create(struct tenon_this_module *self)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct mutex *x;

	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	x = object_new(&c, &mutex_type, m, sizeof(*x));
	return x ? object_publish(&x->object) : (tenon_handle)-TENON_ENOMEM;
}

int tenon_mutex_lock(tenon_handle mutex, uint64_t deadline_ns)
{
	struct caller c = caller_thread();
	struct mutex *x = object_lock(c.d, mutex, &mutex_type);
	int err = 0;

	if (!x)
		return -TENON_EBADF;
	if (x->owner == c.self->number)
		err = -TENON_EDEADLK;
	while (!err && x->owner)
		err = lives(x->owner) ? object_wait(&c, &x->object, deadline_ns) : -TENON_EOWNERDEAD;
	if (!err)
		x->owner = c.self->number;
	object_unlock(&x->object);
	return err;
}

int tenon_mutex_unlock(tenon_handle mutex)
{
	struct caller c = caller_thread();
	struct mutex *x = object_lock(c.d, mutex, &mutex_type);
	int err = 0;

	if (!x)
		return -TENON_EBADF;
	if (x->owner == c.self->number) {
		x->owner = 0;
		kpi.host->wake(&x->object.lock);
	} else {
		err = -TENON_EPERM;
	}
	object_unlock(&x->object);
	return err;
}

int tenon_mutex_destroy(tenon_handle mutex)
{
	struct caller c = caller_thread();
	struct mutex *x = object_lock(c.d, mutex, &mutex_type);

	if (!x)
		return -TENON_EBADF;
	if (!x->object.waiters && (!x->owner || !lives(x->owner)))
		return object_destroy(&x->object);
	object_unlock(&x->object);
	return -TENON_EBUSY;
}
