// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Formats of programs of modules: kpi/binformat.def. One list for all domains, under the devices' lock, the last first. */
#include "kernel/process/exec_format.h"
#include "kpi/impl/impl.h"

enum { OP_RECOGNISE, OP_CONTROL, OP_SHOW, OP_CNT }; /* the order of struct tenon_binformat_ops */

struct kpi_binformat {
	struct object object;
	struct kpi_binformat *next; /* devices' lock */
	bool files;                 /* that programs write to are its own. Devices' lock */
	uint64_t ctx;
	tenon_addr ops[OP_CNT];
};

static struct kpi_binformat *formats; /* devices' lock */

static void lock(void)
{
	kpi.host->lock(&kpi.devices);
}

static void unlock(void)
{
	kpi.host->unlock(&kpi.devices);
}

/* Call the @nth that has this function. Return: as the upcall; -TENON_ENOENT: there is none. The list may change meanwhile. */
static int call(unsigned op, unsigned nth, uint64_t args[KPI_ARGS_MAX], int64_t *result)
{
	struct tenon_kpi_thread *self = kpi.host->self();
	struct tenon_kpi_code code = { .type = callback_type("tenon_binformat_ops", op) };
	struct kpi_binformat *f;
	bool entered = false;

	lock();
	f = formats;
	while (f && (!f->ops[op] || nth--))
		f = f->next;
	if (f) {
		code.module = f->object.account->module;
		code.address = f->ops[op];
		args[0] = f->ctx;
		entered = tenon_enter(self->core, code.module);
	}
	unlock();
	if (!f)
		return -TENON_ENOENT;
	return entered ? upcall_entered(&code, args, result) : -TENON_ENOEXEC;
}

/* Both are strings, within their bytes. */
static bool is_valid(const struct tenon_binformat_program *p)
{
	return p->path[0] && memchr(p->path, 0, sizeof(p->path)) && memchr(p->argument, 0, sizeof(p->argument));
}

int kpi_binformat_recognise(const uint8_t *head, size_t len, const char *path, struct tenon_binformat_program *program)
{
	for (unsigned nth = 0;; nth++) {
		uint64_t args[KPI_ARGS_MAX] = { 0, (uintptr_t)head, len, (uintptr_t)path, (uintptr_t)program };
		int64_t result = -TENON_ENOEXEC;
		int err = call(OP_RECOGNISE, nth, args, &result);

		if (err == -TENON_ENOENT)
			return -TENON_ENOEXEC;
		if (err || result == -TENON_ENOEXEC) /* one that has died knows nothing */
			continue;
		if (result)
			return result < 0 && result >= -4095 ? (int)result : -TENON_EIO;
		return is_valid(program) ? 0 : -TENON_EIO;
	}
}

long kpi_binformat_text(bool show, void *text, size_t len, uint32_t status)
{
	uint64_t args[KPI_ARGS_MAX] = { 0, (uintptr_t)text, len, status };
	int64_t result;
	int err = call(show ? OP_SHOW : OP_CONTROL, 0, args, &result);

	if (err)
		return err == -TENON_ENOENT ? err : -TENON_EIO;
	if (result < -4095 || result > (int64_t)(show ? len : 0))
		return -TENON_EIO;
	return (long)result;
}

/* ---- registering ------------------------------------------------------------------------------------------------- */

/* Once or more. */
static void withdraw(struct kpi_binformat *f)
{
	struct kpi_binformat **at = &formats;
	bool files;

	lock();
	while (*at && *at != f)
		at = &(*at)->next;
	if (*at)
		*at = f->next;
	files = f->files;
	f->files = false;
	unlock();
	if (files)
		exec_format_files_remove();
}

static void cancel(struct object *o)
{
	withdraw((struct kpi_binformat *)o);
}

static void release(struct object *o)
{
	quota_give_cnt(&o->domain->asked);
}

static const struct object_type binformat_type = {
	.name = "binformat",
	.size = sizeof(struct kpi_binformat),
	.cancel = cancel,
	.release = release,
};

tenon_handle tenon_binformat_register(struct tenon_this_module *self, const struct tenon_binformat_ops *ops, void *ctx)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct kpi_binformat *f;
	tenon_handle handle;
	bool dead;
	int err;

	_Static_assert(sizeof(*ops) == sizeof(f->ops), "callbacks and enum agree");
	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	if (!quota_take_cnt(&c.d->asked, ASKED_MAX))
		return (tenon_handle)-TENON_ENOMEM;
	f = object_new(&c, &binformat_type, m, 0);
	if (!f) {
		quota_give_cnt(&c.d->asked);
		return (tenon_handle)-TENON_ENOMEM;
	}
	memcpy(f->ops, ops, sizeof(f->ops));
	f->ctx = (uintptr_t)ctx;
	for (unsigned op = 0; op < OP_CNT; op++)
		if (f->ops[op] ? !is_code(m, f->ops[op]) : op == OP_RECOGNISE) {
			object_free(&f->object);
			return (tenon_handle)-TENON_EINVAL;
		}
	handle = object_publish_held(&f->object);
	if ((long)handle < 0)
		return handle;
	err = f->ops[OP_CONTROL] ? exec_format_files_add() : 0;
	if (err) {
		object_give_back(&f->object);
		return (tenon_handle)(long)err;
	}
	lock();
	dead = f->object.dead;
	if (!dead) {
		f->next = formats;
		formats = f;
		f->files = f->ops[OP_CONTROL];
	}
	unlock();
	if (dead && f->ops[OP_CONTROL])
		exec_format_files_remove();
	object_put(&f->object);
	return handle;
}

int tenon_binformat_unregister(tenon_handle format)
{
	struct kpi_binformat *f = object_get(caller_thread().d, format, &binformat_type);

	if (!f)
		return -TENON_EBADF;
	withdraw(f);
	return object_give_back(&f->object);
}
