/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Virtual CPUs: kpi/vcpu.def. None is ever taken away, so the hold word is not looked at: the interface allows to take,
 * it does not promise it.
 */
#include "kpi/impl/impl.h"

#define VCPU_MAX 64u

struct vcpu_set {
	struct object object;
	struct pages windows;
	uint32_t cnt;
	size_t stride;
	uint64_t taken; /* a bit each; object's lock */
};

static void release(struct object *o)
{
	pages_give(o->domain, &((struct vcpu_set *)o)->windows);
}

static const struct object_type vcpu_set_type = { .name = "vcpu set",
						  .size = sizeof(struct vcpu_set),
						  .release = release };

static bool good_set(const struct tenon_vcpu_set *s)
{
	return s->size == sizeof(*s) && s->cnt && s->cnt <= VCPU_MAX && s->window_bytes &&
	       s->window_bytes <= 1ul << 30 && s->window_bytes <= SIZE_MAX / 2 / VCPU_MAX && !(s->hold_offset & 3) &&
	       s->hold_offset < s->window_bytes && s->window_bytes - s->hold_offset >= 4 &&
	       s->thread_bytes <= TENON_VCPU_THREAD_BYTES && s->thread_offset <= s->window_bytes &&
	       s->thread_bytes <= s->window_bytes - s->thread_offset;
}

tenon_handle tenon_vcpu_create(struct tenon_this_module *self, struct tenon_vcpu_set *set)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct vcpu_set *v;
	int err;

	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	if (!good_set(set))
		return (tenon_handle)-TENON_EINVAL;
	v = object_new(&c, &vcpu_set_type, m, set->cnt * set->window_bytes);
	if (!v)
		return (tenon_handle)-TENON_ENOMEM;
	v->cnt = set->cnt;
	v->stride = pages_round(set->window_bytes);
	err = pages_take(c.d, v->cnt * v->stride, &v->windows);
	if (err) {
		object_free(&v->object);
		return (tenon_handle)(long)err;
	}
	set->windows = (void *)v->windows.base;
	set->stride = v->stride;
	return object_publish(&v->object);
}

int tenon_vcpu_acquire(tenon_handle set, uint64_t deadline_ns)
{
	struct caller c = caller_thread();
	struct tenon_kpi_thread *self = c.self;
	struct vcpu_set *v;
	uint64_t all;
	int err = 0;

	if (self->vcpu.domain)
		return -TENON_EDEADLK;
	v = object_lock(c.d, set, &vcpu_set_type);
	if (!v)
		return -TENON_EBADF;
	all = v->cnt == 64 ? ~0ull : (1ull << v->cnt) - 1;
	while (!err && v->taken == all)
		err = object_wait(&c, &v->object, deadline_ns);
	if (!err) {
		self->vcpu = (struct tenon_kpi_vcpu){ .domain = c.d->pub,
						      .set = set,
						      .number = (uint32_t)__builtin_ctzll(~v->taken) };
		v->taken |= 1ull << self->vcpu.number;
		self->vcpu.window = v->windows.base + self->vcpu.number * v->stride;
	}
	object_unlock(&v->object);
	if (err)
		return err;
	kpi.host->set_base(self, self->vcpu.window);
	return (int)self->vcpu.number;
}

/* Without touching the base. */
static void give_back(struct tenon_kpi_thread *t)
{
	struct vcpu_set *v = object_get(t->vcpu.domain->impl, t->vcpu.set, &vcpu_set_type);

	if (v) {
		kpi.host->lock(&v->object.lock);
		v->taken &= ~(1ull << t->vcpu.number);
		kpi.host->wake(&v->object.lock);
		object_unlock(&v->object);
	}
	t->vcpu = (struct tenon_kpi_vcpu){ 0 };
}

int tenon_vcpu_release(void)
{
	struct caller c = caller_any();

	if (!c.self->vcpu.domain)
		return -TENON_ENODEV;
	give_back(c.self);
	kpi.host->set_base(c.self, 0);
	return 0;
}

int tenon_vcpu_current(void)
{
	const struct tenon_kpi_thread *self = kpi.host->self();

	return self->vcpu.domain ? (int)self->vcpu.number : -TENON_ENODEV;
}

void *tenon_vcpu_window(void)
{
	const struct tenon_kpi_thread *self = kpi.host->self();

	return self->vcpu.domain ? (void *)self->vcpu.window : NULL;
}

int tenon_vcpu_destroy(tenon_handle set)
{
	struct caller c = caller_thread();
	struct vcpu_set *v = object_lock(c.d, set, &vcpu_set_type);

	if (!v)
		return -TENON_EBADF;
	if (!v->taken && !v->object.waiters)
		return object_destroy(&v->object);
	object_unlock(&v->object);
	return -TENON_EBUSY;
}

/* ---- entries ---- */

/* Another domain sees none. */
void tenon_kpi_hide_vcpu(struct tenon_kpi_thread *t, struct tenon_kpi_entry *e)
{
	e->vcpu = t->vcpu;
	if (e->domain == t->domain)
		return;
	t->vcpu = (struct tenon_kpi_vcpu){ 0 };
	kpi.host->set_base(t, 0);
}

void tenon_kpi_restore_vcpu(struct tenon_kpi_thread *t, const struct tenon_kpi_entry *e)
{
	bool outside = e->domain != t->domain, set = outside;

	/* Within a domain one that it came with may have been exchanged for another; that is the domain's affair. */
	if (t->vcpu.domain && (outside || !e->vcpu.domain)) {
		give_back(t);
		set = true;
	}
	if (outside)
		t->vcpu = e->vcpu.domain ? e->vcpu : (struct tenon_kpi_vcpu){ 0 };
	t->domain = e->domain;
	if (set)
		kpi.host->set_base(t, t->vcpu.window);
}
