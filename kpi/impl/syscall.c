/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * System calls of modules: kpi/syscall.def for them, tenon/kpi_program.h for the kernel. Numbers are one space for all
 * domains, so the table is shared like the list of devices, under the same lock. A name keeps its number for ever.
 */
#include "kpi/impl/impl.h"
#include "tenon/kpi_program.h"

struct call {
	struct object object;
	struct number *number; /* that it has, or NULL. Devices' lock, as the next two */
	void *node;            /* the kernel's own */
	bool gone;             /* offered no more */
	struct tenon_kpi_code code;
};

#define LINUX_PREFIX "linux-" /* before one of Linux's own numbers */
#define LINUX_CNT 512

struct number {
	char name[TENON_SYSCALL_NAME_BYTES]; /* "": nobody's yet, as all that follow; written once. Devices' lock */
	uint32_t number;
	struct call *call; /* NULL: nobody offers it */
};

static struct number numbers[TENON_SYSCALL_CNT];

static void lock(void)
{
	kpi.host->lock(&kpi.devices);
}

static void unlock(void)
{
	kpi.host->unlock(&kpi.devices);
}

/* ---- offering ---------------------------------------------------------------------------------------------------- */

/* The name's, or the first that is nobody's. NULL: there is none. Devices' lock. */
static struct number *find_number(const char *name)
{
	struct number *n = numbers;

	while (n < numbers + TENON_SYSCALL_CNT && n->name[0] && strcmp(n->name, name))
		n++;
	return n < numbers + TENON_SYSCALL_CNT ? n : NULL;
}

/* The number in "linux-N". Return: false: it is another name, or *@number is LINUX_CNT: no number. */
static bool is_linux(const char *name, uint32_t *number)
{
	size_t len = strlen(LINUX_PREFIX);

	*number = 0;
	if (strncmp(name, LINUX_PREFIX, len))
		return false;
	name += len;
	if (!*name || (name[0] == '0' && name[1]))
		*number = LINUX_CNT;
	for (; *name && *number < LINUX_CNT; name++)
		*number = *name >= '0' && *name <= '9' ? *number * 10 + (uint32_t)(*name - '0') : LINUX_CNT;
	return *number < LINUX_CNT;
}

/* Whose number it is. Devices' lock. */
static struct number *number_of(uint32_t number)
{
	struct number *n = numbers;

	if (number >= TENON_SYSCALL_FIRST)
		n += number - TENON_SYSCALL_FIRST;
	while (n < numbers + TENON_SYSCALL_CNT && n->name[0] && n->number != number)
		n++;
	return n < numbers + TENON_SYSCALL_CNT && n->name[0] ? n : NULL;
}

/* Return: 0, -TENON_ENOSPC, -TENON_EEXIST, -TENON_EBADF: reclaimed already. */
static int take_number(struct call *call, const char *name)
{
	struct number *n;
	int err = 0;

	lock();
	n = find_number(name);
	if (call->gone) {
		err = -TENON_EBADF;
	} else if (!n) {
		err = -TENON_ENOSPC;
	} else if (n->call) {
		err = -TENON_EEXIST;
	} else {
		memcpy(n->name, name, strlen(name) + 1);
		if (!is_linux(name, &n->number))
			n->number = TENON_SYSCALL_FIRST + (uint32_t)(n - numbers);
		n->call = call;
		call->number = n;
	}
	unlock();
	return err;
}

/* From now on nobody enters its function by it. Once or more. */
static void withdraw(struct call *call)
{
	void *node;

	lock();
	if (call->number)
		call->number->call = NULL;
	call->number = NULL;
	call->gone = true;
	node = call->node;
	call->node = NULL;
	unlock();
	if (node)
		kpi.host->syscall_remove(node);
}

static void cancel(struct object *o)
{
	withdraw((struct call *)o);
}

static const struct object_type call_type = { .name = "syscall", .size = sizeof(struct call), .cancel = cancel };

/* Programs can find it. It may be withdrawn meanwhile. */
static int show(struct call *call, const char *name)
{
	uint32_t number = 0;
	void *node;
	bool gone;
	int err;

	lock();
	if (call->number)
		number = call->number->number;
	unlock();
	err = kpi.host->syscall_add(name, number, &node);
	if (err)
		return err;
	lock();
	gone = call->gone;
	if (!gone)
		call->node = node;
	unlock();
	if (gone)
		kpi.host->syscall_remove(node);
	return 0;
}

tenon_handle tenon_syscall_register(struct tenon_this_module *self, const char *name, tenon_syscall_fn *fn)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct call *call;
	uint32_t number;
	tenon_handle handle;
	int err;

	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	if (!is_linux(name, &number) && number)
		return (tenon_handle)-TENON_EINVAL;
	if (!tenon_name_valid(name, TENON_SYSCALL_NAME_BYTES) || !is_code(m, (tenon_addr)fn))
		return (tenon_handle)-TENON_EINVAL;
	call = object_new(&c, &call_type, m, 0);
	if (!call)
		return (tenon_handle)-TENON_ENOMEM;
	call->code = (struct tenon_kpi_code){ .module = m, .address = (tenon_addr)fn };
	handle = object_publish_held(&call->object);
	if ((long)handle < 0)
		return handle;
	err = take_number(call, name);
	if (!err)
		err = show(call, name);
	if (err)
		withdraw(call);
	return object_settle(&call->object, handle, err);
}

int tenon_syscall_unregister(tenon_handle handle)
{
	struct caller c = caller_thread();
	struct call *call = object_get(c.d, handle, &call_type);

	if (!call)
		return -TENON_EBADF;
	withdraw(call);
	return object_give_back(&call->object);
}

/* ---- the program's memory ---------------------------------------------------------------------------------------- */

static bool serves(const struct caller *c)
{
	return c->self->serves == c->d;
}

long tenon_program_read(unsigned long from, void *to, size_t len)
{
	struct caller c = caller_thread();

	if (!serves(&c))
		return -TENON_EPERM;
	return kpi.host->program_read(to, from, len) ? -TENON_EFAULT : (long)len;
}

long tenon_program_write(unsigned long to, const void *from, size_t len)
{
	struct caller c = caller_thread();

	if (!serves(&c))
		return -TENON_EPERM;
	return kpi.host->program_write(to, from, len) ? -TENON_EFAULT : (long)len;
}

/* ---- the kernel's side ------------------------------------------------------------------------------------------- */

/*
 * Enter the module whose function it is. Whoever withdraws it does so under the same lock, and then sees that a thread is
 * inside. Return: 0, or tenon_syscall_call()'s error, with @name.
 */
static int enter(uint32_t number, struct tenon_thread *self, struct tenon_kpi_code *code, struct kpi_domain **d,
		 char name[TENON_SYSCALL_NAME_BYTES])
{
	const struct number *n;
	int err = -TENON_ENOSYS;

	name[0] = '\0';
	lock();
	n = number_of(number);
	if (n && n->call && tenon_enter(self, n->call->code.module)) {
		*code = n->call->code;
		*d = n->call->object.domain;
		err = 0;
	} else if (n) {
		if (n->call && tenon_module_state(n->call->code.module) != TENON_QUARANTINED)
			err = -TENON_EBUSY;
		memcpy(name, n->name, sizeof(n->name));
	}
	unlock();
	return err;
}

int64_t tenon_syscall_call(uint32_t number, const uint64_t args[KPI_ARGS_MAX], char name[TENON_SYSCALL_NAME_BYTES])
{
	struct tenon_kpi_thread *self = kpi.host->self();
	struct kpi_domain *outer = self->serves, *d = NULL;
	struct tenon_kpi_code code;
	int64_t result;
	int err;

	err = enter(number, self->core, &code, &d, name);
	if (err)
		return err;
	self->serves = d;
	err = upcall_entered(&code, args, &result);
	self->serves = outer;
	return err ? err : result;
}
