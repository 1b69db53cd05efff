/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Arenas: kpi/memory.def. */
#include "port/process/kpi/pages.h"

struct arena {
	struct object object;
	struct pages pages;
};

static void release(struct object *o)
{
	pages_release(o->domain, &((struct arena *)o)->pages);
}

static const struct object_type arena_type = { .name = "arena", .size = sizeof(struct arena), .release = release };

tenon_handle tenon_arena_create(struct tenon_this_module *self, size_t bytes, struct tenon_arena *out)
{
	struct caller c = kpi_caller();
	struct arena *a;
	int err;

	if (!pages_round(c.domain, bytes))
		return (tenon_handle)-TENON_EINVAL;
	a = object_new(&c, &arena_type, bytes);
	if (!a)
		return (tenon_handle)-TENON_ENOMEM;
	err = pages_reserve(c.domain, bytes, &a->pages);
	if (err) {
		object_free(&a->object);
		return (tenon_handle)(long)err;
	}
	*out = (struct tenon_arena){
		.size = sizeof(*out),
		.page_bytes = (uint32_t)c.h->tenon.page_size,
		.base = (void *)(uintptr_t)a->pages.base,
		.bytes = a->pages.bytes,
	};
	return object_publish(&a->object, kpi_module(&c, self));
}

/* Find the arena and keep it while its pages change, which may take long: without the lock. */
static struct arena *hold(const struct caller *c, tenon_handle arena, size_t offset, size_t bytes, int *err)
{
	struct arena *a;

	kpi_lock();
	a = object_find(c, arena, &arena_type);
	*err = !a ? -TENON_EBADF : pages_inside(c->domain, &a->pages, offset, bytes) ? 0 : -TENON_EINVAL;
	if (!*err)
		a->object.users++;
	kpi_unlock();
	return a;
}

static void drop(struct arena *a)
{
	kpi_lock();
	a->object.users--;
	pthread_cond_broadcast(&a->object.changed);
	kpi_unlock();
}

int tenon_arena_commit(tenon_handle arena, size_t offset, size_t bytes)
{
	struct caller c = kpi_caller();
	int err;
	struct arena *a = hold(&c, arena, offset, bytes, &err);

	if (err)
		return err;
	err = pages_commit(c.domain, &a->pages, offset, bytes);
	drop(a);
	return err;
}

int tenon_arena_decommit(tenon_handle arena, size_t offset, size_t bytes)
{
	struct caller c = kpi_caller();
	int err;
	struct arena *a = hold(&c, arena, offset, bytes, &err);

	if (err)
		return err;
	pages_decommit(c.domain, &a->pages, offset, bytes);
	drop(a);
	return 0;
}

int tenon_arena_destroy(tenon_handle arena)
{
	struct caller c = kpi_caller();
	struct arena *a;

	kpi_lock();
	a = object_find(&c, arena, &arena_type);
	/* Another thread that is just changing it is a bug of the module, but must not be one of ours. */
	while (a && a->object.users)
		a = kpi_wait(&c, &a->object, UINT64_MAX) ? NULL : object_find(&c, arena, &arena_type);
	if (a)
		return object_destroy(&a->object);
	kpi_unlock();
	return -TENON_EBADF;
}
