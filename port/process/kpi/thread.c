/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Threads of modules: kpi/thread.def. Each is a thread of the host that calls the module's function once. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "port/process/kpi/object.h"

struct thread {
	struct object object;
	pthread_t id;
	struct process_code code;
	uint64_t arg;
	uint64_t number;               /* 0: not begun */
	struct process_thread *record; /* NULL: not begun, or ended; kpi_lock */
	bool begun, ended, joining;
	_Atomic bool stop;
	char name[TENON_THREAD_NAME_BYTES];
};

/* It runs, or has run, so it must be joined; asked to end, or its domain is dead, it does so. */
static void release(struct object *o)
{
	struct thread *t = (struct thread *)o;
	struct watch w;

	if (!t->begun)
		return;
	watch_begin(o->domain, &w, o->module, "its thread's end");
	pthread_join(t->id, NULL);
	watch_end(o->domain, &w);
}

static void ask_to_end(struct thread *t)
{
	atomic_store(&t->stop, true);
	if (t->record && t->record->waits)
		pthread_cond_broadcast(t->record->waits);
}

static void cancel(struct object *o)
{
	ask_to_end((struct thread *)o);
}

static const struct object_type thread_type = {
	.name = "thread",
	.size = sizeof(struct thread),
	.release = release,
	.cancel = cancel,
};

static void *run(void *arg)
{
	struct thread *t = arg;
	struct process_host *h = t->object.domain->h;
	const uint64_t args[KPI_ARGS_MAX] = { t->arg };
	struct process_thread *self;
	char why[64];
	int64_t result;

	pthread_setname_np(pthread_self(), t->name);
	self = thread_self(h);
	self->core.owner = t->code.module;
	self->unlimited = true;
	self->stop = &t->stop;
	kpi_lock();
	t->number = self->number;
	t->record = self;
	pthread_cond_broadcast(&t->object.changed);
	kpi_unlock();
	process_upcall(h, &t->code, args, &result, why);
	kpi_lock();
	t->record = NULL;
	t->ended = true;
	pthread_cond_broadcast(&t->object.changed);
	kpi_unlock();
	self->core.owner = NULL;
	self->stop = NULL;
	return NULL;
}

tenon_handle tenon_thread_create(struct tenon_this_module *self, tenon_thread_fn *fn, void *arg, const char *name)
{
	struct caller c = kpi_caller();
	struct tenon_module *m = kpi_module(&c, self);
	tenon_handle handle;
	struct thread *t;

	if (!kpi_is_code(&c, m, (uintptr_t)fn) || !*name || strlen(name) >= TENON_THREAD_NAME_BYTES)
		return (tenon_handle)-TENON_EINVAL;
	t = object_new(&c, &thread_type, 0);
	if (!t)
		return (tenon_handle)-TENON_ENOMEM;
	t->code = (struct process_code){ .module = m, .address = (uintptr_t)fn, .type = kpi_callback("tenon_thread_fn", 0) };
	t->arg = (uintptr_t)arg;
	snprintf(t->name, sizeof(t->name), "%s", name);
	kpi_lock(); /* so that nobody sees it before it has begun */
	handle = object_publish_locked(&t->object, m);
	if ((long)handle > 0) {
		t->begun = !pthread_create(&t->id, NULL, run, t);
		if (!t->begun) {
			object_destroy(&t->object); /* unlocks */
			return (tenon_handle)-TENON_ENOMEM;
		}
	}
	kpi_unlock();
	if ((long)handle < 0)
		object_free(&t->object);
	return handle;
}

int tenon_thread_stop(tenon_handle thread)
{
	struct caller c = kpi_caller();
	struct thread *t;

	kpi_lock();
	t = object_find(&c, thread, &thread_type);
	if (t)
		ask_to_end(t);
	kpi_unlock();
	return t ? 0 : -TENON_EBADF;
}

int tenon_thread_should_stop(void)
{
	struct caller c = kpi_caller();

	return c.self->stop && atomic_load(c.self->stop);
}

int tenon_thread_join(tenon_handle thread, uint64_t deadline_ns)
{
	struct caller c = kpi_caller();
	struct thread *t;
	int err = 0;

	kpi_lock();
	t = object_find(&c, thread, &thread_type);
	if (!t)
		err = -TENON_EBADF;
	else if (t->record == c.self)
		err = -TENON_EDEADLK;
	else if (t->joining)
		err = -TENON_EBUSY;
	else
		t->joining = true;
	if (err) {
		kpi_unlock();
		return err;
	}
	while (!err && !t->ended)
		err = kpi_wait(&c, &t->object, deadline_ns);
	if (!err)
		return object_destroy(&t->object);
	if (err != -TENON_EBADF)
		t->joining = false;
	kpi_unlock();
	return err;
}

uint64_t tenon_thread_id(void)
{
	return kpi_caller().self->number;
}

int tenon_sleep_until(uint64_t deadline_ns)
{
	struct caller c = kpi_caller();
	int err;

	kpi_lock();
	do
		err = kpi_sleep(&c, deadline_ns);
	while (!err);
	kpi_unlock();
	return err == -TENON_ETIMEDOUT ? 0 : err;
}

void tenon_yield(void)
{
	sched_yield();
}
