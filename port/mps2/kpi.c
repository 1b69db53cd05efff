/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Which functions there are, who calls, and handles. */
#include "port/mps2/kpi.h"

#include "port/mps2/board.h"
#include "tenon/kpi_call.h"
#include "tenon/runtime.h"

#define INDEX_BITS 8
#define OBJECT_MAX ((1u << INDEX_BITS) - 1)

/*
 * The generated table names every function of the interface, weakly (build.mk): where this port has none, the linker
 * has put 0. Only the others are provided, so that a module which needs more is refused with the symbol's name.
 */
int kpi_provide(struct tenon *t)
{
	struct tenon_export *have = pool_alloc(&mps2_heap, kpi_export_cnt * sizeof(*have));
	size_t cnt = 0;

	if (!have)
		return -TENON_ENOMEM;
	for (size_t i = 0; i < kpi_export_cnt; i++)
		if (kpi_exports[i].value)
			have[cnt++] = kpi_exports[i];
	return tenon_provide(t, NULL, have, cnt, NULL);
}

void kpi_thread_context(const char *what)
{
	if (!in_interrupt())
		return;
	mps2_log(NULL, TENON_LOG_ERR, what, strlen(what));
	mps2_panic(NULL, "an interrupt did what only the thread may do");
}

struct tenon_module *kpi_module(const struct tenon_this_module *self)
{
	const struct tenon_module *m = tenon_find_address(mps2_core, mps2_kernel, (uintptr_t)self);

	return m && tenon_module_this(m) == (uintptr_t)self ? (struct tenon_module *)m : NULL;
}

bool kpi_is_code(const struct tenon_module *m, const void *fn)
{
	uintptr_t address = (uintptr_t)fn;
	struct tenon_module_info info;

	tenon_module_info(m, &info);
	return address & 1 && (address - info.address[TENON_MEM_TEXT] < info.size[TENON_MEM_TEXT] ||
			       address - info.address[TENON_MEM_INIT_TEXT] < info.size[TENON_MEM_INIT_TEXT]);
}

/* ---- objects ---- */

static struct object *objects[OBJECT_MAX + 1];

/* A handle is an index and a number that no other handle has had for a long time, and as a signed number positive. */
static bool add_handle(struct object *o)
{
	static uint32_t serial;

	for (uint32_t i = 1; i <= OBJECT_MAX; i++) {
		if (objects[i])
			continue;
		serial = (serial + 1) & (INT32_MAX >> INDEX_BITS);
		o->handle = serial << INDEX_BITS | i;
		objects[i] = o;
		return true;
	}
	return false;
}

void object_free(struct object *o)
{
	if (o->handle)
		objects[o->handle & OBJECT_MAX] = NULL;
	if (o->type->release)
		o->type->release(o);
	pool_free(&mps2_heap, o, o->type->size);
}

static void reclaim(struct tenon_owned *owned)
{
	object_free((struct object *)owned);
}

void *object_new(const struct object_type *type, size_t bytes)
{
	struct object *o;

	kpi_thread_context(type->name);
	o = pool_alloc(&mps2_heap, type->size);
	if (!o)
		return NULL;
	memset(o, 0, type->size);
	o->type = type;
	o->owned = (struct tenon_owned){ .kind = type->name, .bytes = type->size + bytes, .reclaim = reclaim };
	return o;
}

tenon_handle object_publish(struct object *o, struct tenon_module *m)
{
	int err = m ? 0 : -TENON_EFAULT;

	o->module = m;
	if (!err && !add_handle(o))
		err = -TENON_ENOMEM;
	if (!err)
		err = tenon_own(m, &o->owned);
	if (!err)
		return o->handle;
	object_free(o);
	return (tenon_handle)(long)err;
}

void *object_find(tenon_handle handle, const struct object_type *type)
{
	struct object *o = objects[handle & OBJECT_MAX];

	return o && o->handle == handle && o->type == type ? o : NULL;
}

int object_destroy(struct object *o)
{
	kpi_thread_context(o->type->name);
	if (!tenon_disown(mps2_core, &o->owned))
		return -TENON_EBADF;
	object_free(o);
	return 0;
}
