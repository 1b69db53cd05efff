/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Threads of modules: kpi/thread.def. Each is a thread of the kernel that calls the module's function once, as a user
 * of its object meanwhile; so an object that is reclaimed while its thread still runs goes when the thread does.
 */
#include "kpi/impl/impl.h"
#include "kpi/impl/task.h"

/* Its last user has let it go: the function has returned. */
static void release(struct object *o)
{
	quota_give_cnt(&o->domain->used.threads);
}

/* Object's lock. */
static void ask_to_end(struct kpi_task *t)
{
	__atomic_store_n(&t->stop, true, __ATOMIC_RELAXED);
	if (t->record)
		kpi.host->interrupt(t->record);
}

/* It has ended as far as the module is concerned: now it is gone. */
static void join(uint64_t number)
{
	if (kpi.host->thread_join && number != kpi.host->self()->number)
		kpi.host->thread_join(number);
}

static void end_domain(const struct kpi_task *t)
{
	struct line l = { 0 };

	line_add(&l, tenon_module_name(t->code.module));
	line_add(&l, ": a thread did not end within ");
	line_add_number(&l, t->object.domain->quota.thread_end_ms, 10);
	line_add(&l, " ms");
	kpi.host->fault(t->object.domain->pub, l.text);
}

/* It has some time to end. In the kernel's own domain nothing can make it: the core sees that it is still inside. */
static void cancel(struct object *o)
{
	struct kpi_task *t = (struct kpi_task *)o;
	uint64_t until = add_ns(now_ns(), o->domain->quota.thread_end_ms * 1000000ull);
	bool ended;

	kpi.host->lock(&o->lock);
	ask_to_end(t);
	while (!t->ended && now_ns() < until && !kpi.host->wait(&o->lock, until))
		;
	ended = t->ended;
	kpi.host->unlock(&o->lock);
	if (ended)
		join(t->number);
	else if (o->domain->isolated)
		end_domain(t);
}

static const struct object_type thread_type = {
	.name = "thread",
	.size = sizeof(struct kpi_task),
	.release = release,
	.cancel = cancel,
};

static void set_record(struct kpi_task *t, struct tenon_kpi_thread *record)
{
	kpi.host->lock(&t->object.lock);
	t->record = record;
	if (record)
		t->number = record->number;
	else
		t->ended = true;
	kpi.host->wake(&t->object.lock);
	kpi.host->unlock(&t->object.lock);
}

/*
 * A thread of the module's own is let in also while an unload has closed it: exit waits for the thread, or the module opens again.
 * Opened again between the two questions: they are asked again.
 */
static bool enter(struct kpi_task *t, struct tenon_thread *self)
{
	do
		if (tenon_enter(self, t->code.module) || enter_closed(&t->object, self))
			return true;
	while (tenon_module_state(t->code.module) == TENON_LIVE);
	return false;
}

static void run(void *arg)
{
	struct kpi_task *t = arg;
	struct tenon_kpi_thread *self = kpi.host->self();
	const uint64_t args[KPI_ARGS_MAX] = { t->arg };
	int64_t result;

	self->core->owner = t->code.module;
	self->task = t;
	set_record(t, self);
	if (enter(t, self->core))
		upcall_entered(&t->code, args, &result);
	set_record(t, NULL);
	self->task = NULL;
	self->core->owner = NULL;
	object_put(&t->object);
}

/* A user of @t for the thread, before it can end. */
static int start(struct kpi_task *t)
{
	int err;

	object_hold(&t->object);
	err = kpi.host->thread_make(t->object.domain->pub, run, t, t->name);
	if (err)
		object_put(&t->object);
	return err;
}

tenon_handle tenon_thread_create(struct tenon_this_module *self, tenon_thread_fn *fn, void *arg, const char *name)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	tenon_handle handle;
	struct kpi_task *t;

	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	if (!is_code(m, (tenon_addr)fn) || !tenon_name_valid(name, TENON_THREAD_NAME_BYTES))
		return (tenon_handle)-TENON_EINVAL;
	if (!quota_take_cnt(&c.d->used.threads, c.d->quota.threads))
		return (tenon_handle)-TENON_ENOMEM;
	t = object_new(&c, &thread_type, m, 0);
	if (!t) {
		quota_give_cnt(&c.d->used.threads);
		return (tenon_handle)-TENON_ENOMEM;
	}
	t->code = (struct tenon_kpi_code){ .module = m,
					   .address = (tenon_addr)fn,
					   .type = callback_type("tenon_thread_fn", 0) };
	t->arg = (uintptr_t)arg;
	memcpy(t->name, name, strlen(name) + 1);
	handle = object_publish_held(&t->object);
	if ((long)handle < 0)
		return handle;
	if (start(t)) {
		kpi.host->lock(&t->object.lock);
		object_destroy(&t->object);
		return (tenon_handle)-TENON_ENOMEM;
	}
	object_put(&t->object);
	return handle;
}

int tenon_thread_stop(tenon_handle thread)
{
	struct caller c = caller_any();
	struct kpi_task *t = object_lock(c.d, thread, &thread_type);

	if (!t)
		return -TENON_EBADF;
	ask_to_end(t);
	object_unlock(&t->object);
	return 0;
}

int tenon_thread_should_stop(void)
{
	return asked_to_end(kpi.host->self());
}

int tenon_thread_join(tenon_handle thread, uint64_t deadline_ns)
{
	struct caller c = caller_thread();
	struct kpi_task *t = object_lock(c.d, thread, &thread_type);
	uint64_t number;
	int err = 0;

	if (!t)
		return -TENON_EBADF;
	if (t->record == c.self)
		err = -TENON_EDEADLK;
	else if (t->joining)
		err = -TENON_EBUSY;
	if (err) {
		object_unlock(&t->object);
		return err;
	}
	t->joining = true;
	while (!err && !t->ended)
		err = object_wait(&c, &t->object, deadline_ns);
	if (!err) {
		number = t->number;
		err = object_destroy(&t->object);
		join(number);
		return err;
	}
	t->joining = false;
	object_unlock(&t->object);
	return err;
}

uint64_t tenon_thread_id(void)
{
	return kpi.host->self()->number;
}

int tenon_sleep_until(uint64_t deadline_ns)
{
	struct caller c = caller_thread();
	int err;

	kpi.host->lock(&c.self->sleep);
	do
		err = wait_on(&c, &c.self->sleep, deadline_ns);
	while (!err);
	kpi.host->unlock(&c.self->sleep);
	return err == -TENON_ETIMEDOUT ? 0 : err;
}

void tenon_yield(void)
{
	caller_thread();
	kpi.host->yield();
}
