/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The interface's side of the kernel: objects that modules obtain, named by handles, owned by the module that asked.
 * Handles are given out and back by the thread; the interrupt looks them up only. Other functions of the interface are
 * in the files kpi_*.c; a function that is in none of them cannot be imported.
 */
#ifndef PORT_MPS2_KPI_H
#define PORT_MPS2_KPI_H

#include "port/mps2/mps2.h"
#include "tenon/kpi.h"

/** kpi_provide - tell the core which functions there are. Return: what tenon_provide() says, or -TENON_ENOMEM. */
int kpi_provide(struct tenon *t);

/** kpi_thread_context - stop with a panic that names @what if this is an interrupt and not the thread. */
void kpi_thread_context(const char *what);

/** kpi_module - Return: the module that THIS_MODULE means, or NULL. */
struct tenon_module *kpi_module(const struct tenon_this_module *self);

/** kpi_is_code - is @fn a Thumb function of @m? */
bool kpi_is_code(const struct tenon_module *m, const void *fn);

/* ---- objects ---- */

struct object;

struct object_type {
	const char *name; /* as the owner list shows it */
	size_t size;      /* of the structure that begins with struct object */
	/* Its handle is gone, and it is freed next: give up what it holds. May be NULL. */
	void (*release)(struct object *o);
};

struct object {
	struct tenon_owned owned; /* first */
	const struct object_type *type;
	struct tenon_module *module;
	tenon_handle handle; /* 0: none yet */
};

/** object_new - make one, zeroed beyond its head; @bytes is what it costs besides. Return: NULL: no memory. */
void *object_new(const struct object_type *type, size_t bytes);
/** object_publish - it is complete: give it to @m. Return: its handle, or a negative error and it is freed. */
tenon_handle object_publish(struct object *o, struct tenon_module *m);
/** object_free - free one that was never published. */
void object_free(struct object *o);
/** object_find - Return: the object, or NULL: no such handle, or it is of another type. Context: any. */
void *object_find(tenon_handle handle, const struct object_type *type);
/** object_destroy - the module gives it back. Return: 0, or -TENON_EBADF: an unload is reclaiming it. */
int object_destroy(struct object *o);

/* ---- kpi_timer.c ---- */

/** timers_tick - call back the timers that have expired. Context: the tick's interrupt. */
void timers_tick(uint64_t now_ns);

/* ---- kpi_buffer.c ---- */

/* Memory of a buffer. It lives until the buffer and all who map it have let it go. */
struct shared {
	uint32_t users;
	size_t bytes;
	void *address;
};

extern const struct object_type buffer_type;

struct buffer {
	struct object object;
	struct shared *shared;
	bool attached;
};

void shared_put(struct shared *s);

#endif
