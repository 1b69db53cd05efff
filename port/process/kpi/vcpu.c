/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Virtual CPUs: kpi/vcpu.def. This host never takes one away, so the hold word is not looked at: the interface allows
 * to take, it does not promise it.
 */
#include "port/process/kpi/pages.h"

#define VCPU_MAX 64u

struct vcpu_set {
	struct object object;
	struct pages windows;
	uint32_t cnt;
	size_t stride;
	uint64_t taken; /* a bit each */
};

static void release(struct object *o)
{
	pages_release(o->domain, &((struct vcpu_set *)o)->windows);
}

static const struct object_type vcpu_set_type = { .name = "vcpu set", .size = sizeof(struct vcpu_set), .release = release };

static bool good_set(const struct tenon_vcpu_set *s)
{
	return s->size == sizeof(*s) && s->cnt && s->cnt <= VCPU_MAX && s->window_bytes && s->window_bytes <= 1ul << 30 &&
	       !(s->hold_offset & 3) && s->hold_offset < s->window_bytes && s->window_bytes - s->hold_offset >= 4;
}

tenon_handle tenon_vcpu_create(struct tenon_this_module *self, struct tenon_vcpu_set *set)
{
	struct caller c = kpi_caller();
	struct vcpu_set *v;
	int err;

	if (!good_set(set))
		return (tenon_handle)-TENON_EINVAL;
	v = object_new(&c, &vcpu_set_type, set->cnt * set->window_bytes);
	if (!v)
		return (tenon_handle)-TENON_ENOMEM;
	v->cnt = set->cnt;
	v->stride = pages_round(c.domain, set->window_bytes);
	err = pages_reserve(c.domain, v->cnt * v->stride, &v->windows);
	if (!err)
		err = pages_commit(c.domain, &v->windows, 0, v->windows.bytes);
	if (err) {
		object_free(&v->object);
		return (tenon_handle)(long)err;
	}
	set->windows = (void *)(uintptr_t)v->windows.base;
	set->stride = v->stride;
	return object_publish(&v->object, kpi_module(&c, self));
}

int tenon_vcpu_acquire(tenon_handle set, uint64_t deadline_ns)
{
	struct caller c = kpi_caller();
	struct vcpu_set *v;
	uint32_t nr = 0;
	uint64_t all;
	int err = 0;

	if (c.self->vcpu_set)
		return -TENON_EDEADLK;
	kpi_lock();
	v = object_find(&c, set, &vcpu_set_type);
	if (!v) {
		kpi_unlock();
		return -TENON_EBADF;
	}
	all = v->cnt == 64 ? ~0ull : (1ull << v->cnt) - 1;
	while (!err && v->taken == all)
		err = kpi_wait(&c, &v->object, deadline_ns);
	if (!err) {
		nr = (uint32_t)__builtin_ctzll(~v->taken);
		v->taken |= 1ull << nr;
		c.self->vcpu_set = v->object.handle;
		c.self->vcpu = nr;
	}
	kpi_unlock();
	if (err)
		return err;
	thread_set_base(c.self, c.domain, v->windows.base + nr * v->stride);
	return (int)nr;
}

int tenon_vcpu_release(void)
{
	struct caller c = kpi_caller();
	struct vcpu_set *v;

	if (!c.self->vcpu_set)
		return -TENON_ENODEV;
	kpi_lock();
	v = object_find(&c, c.self->vcpu_set, &vcpu_set_type);
	if (v) {
		v->taken &= ~(1ull << c.self->vcpu);
		pthread_cond_signal(&v->object.changed);
	}
	kpi_unlock();
	c.self->vcpu_set = 0;
	thread_set_base(c.self, c.domain, 0);
	return 0;
}

int tenon_vcpu_current(void)
{
	struct caller c = kpi_caller();

	return c.self->vcpu_set ? (int)c.self->vcpu : -TENON_ENODEV;
}

void *tenon_vcpu_window(void)
{
	struct caller c = kpi_caller();

	return c.self->vcpu_set ? (void *)(uintptr_t)c.self->base : NULL;
}

int tenon_vcpu_destroy(tenon_handle set)
{
	struct caller c = kpi_caller();
	struct vcpu_set *v;
	int err = -TENON_EBADF;

	kpi_lock();
	v = object_find(&c, set, &vcpu_set_type);
	if (v && !v->taken && !v->object.users)
		return object_destroy(&v->object);
	if (v)
		err = -TENON_EBUSY;
	kpi_unlock();
	return err;
}
