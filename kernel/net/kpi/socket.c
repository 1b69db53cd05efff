// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Protocol families of modules: kpi/socket.def. A socket holds its family's module, so it is not unloaded; if its domain
 * dies the socket stays, and answers -TENON_EOWNERDEAD.
 */
#include "kernel/domain/domain.h"
#include "kernel/mm/heap.h"
#include "kernel/net/family.h"
#include "kernel/sched/wait.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/text.h"
#include "kpi/impl/impl.h"

struct kpi_family {
	struct object object;
	struct kpi_family *next; /* devices' lock, as gone */
	bool gone;
	uint32_t family, protocol;
	uint64_t ctx;
	tenon_addr ops[SOCKET_OP_CNT];
	char files[TENON_SOCKET_FILES_BYTES];
};

struct kpi_socket {
	struct object object;
	struct kpi_family *family; /* a user of it */
	struct tenon_module *module;
	tenon_handle handle;
	uint64_t id; /* the module's */
	struct wait_queue queue;
};

struct kpi_rights {
	struct object object;
	unsigned cnt; /* 0: taken. Object's lock */
	struct file *file[SOCKET_FILES_MAX];
};

static struct kpi_family *families; /* devices' lock: numbers and names of files are one space for all domains */

static void lock(void)
{
	kpi.host->lock(&kpi.devices);
}

static void unlock(void)
{
	kpi.host->unlock(&kpi.devices);
}

/* ---- families ---------------------------------------------------------------------------------------------------- */

static void withdraw(struct kpi_family *f)
{
	struct kpi_family **at = &families;

	lock();
	while (*at && *at != f)
		at = &(*at)->next;
	if (*at)
		*at = f->next;
	f->gone = true;
	unlock();
}

static void cancel_family(struct object *o)
{
	withdraw((struct kpi_family *)o);
}

static const struct object_type family_type = {
	.name = "family",
	.size = sizeof(struct kpi_family),
	.cancel = cancel_family,
};

/* Which of its files has this name? -1: none. */
static int file_of_name(const struct kpi_family *f, const char *name)
{
	size_t len = strlen(name);
	int i = 0;

	for (const char *at = f->files; *at; at += *at == ' ') {
		size_t word = strchr(at, ' ') ? (size_t)(strchr(at, ' ') - at) : strlen(at);

		if (word == len && !memcmp(at, name, len))
			return i;
		at += word;
		i++;
	}
	return -1;
}

static bool ops_valid(const struct tenon_module *m, const tenon_addr *ops)
{
	for (int i = 0; i < SOCKET_OP_CNT; i++)
		if ((ops[i] || i == SOCKET_CREATE) && !is_code(m, ops[i]))
			return false;
	return true;
}

/* Devices' lock. */
static struct kpi_family *find(uint32_t family, uint32_t protocol)
{
	struct kpi_family *f = families;

	while (f && (f->family != family || f->protocol != protocol))
		f = f->next;
	return f;
}

static int offer(struct kpi_family *f)
{
	int err;

	lock();
	err = f->gone ? -TENON_EBADF : find(f->family, f->protocol) ? -TENON_EEXIST : 0;
	if (!err) {
		f->next = families;
		families = f;
	}
	unlock();
	return err;
}

tenon_handle tenon_family_register(struct tenon_this_module *self, uint32_t family, uint32_t protocol,
				   const char *files, const struct tenon_family_ops *ops, void *ctx)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct kpi_family *f;
	tenon_handle handle;

	_Static_assert(sizeof(*ops) == sizeof(f->ops), "callbacks and enum agree");
	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	if (!ops_valid(m, (const tenon_addr *)(const void *)ops))
		return (tenon_handle)-TENON_EINVAL;
	f = object_new(&c, &family_type, m, 0);
	if (!f)
		return (tenon_handle)-TENON_ENOMEM;
	f->family = family;
	f->protocol = protocol;
	f->ctx = (uintptr_t)ctx;
	memcpy(f->ops, ops, sizeof(f->ops));
	strscpy(f->files, files, sizeof(f->files));
	handle = object_publish_held(&f->object);
	if ((long)handle < 0)
		return handle;
	return object_settle(&f->object, handle, offer(f));
}

int tenon_family_unregister(tenon_handle family)
{
	struct kpi_family *f = object_get(caller_thread().d, family, &family_type);

	if (!f)
		return -TENON_EBADF;
	withdraw(f);
	return object_give_back(&f->object);
}

/* ---- calls ------------------------------------------------------------------------------------------------------- */

static int64_t call(const struct kpi_family *f, struct tenon_module *m, enum socket_op op,
		    const uint64_t args[KPI_ARGS_MAX])
{
	const struct tenon_kpi_code code = { .module = m,
					     .address = f->ops[op],
					     .type = callback_type("tenon_family_ops", op) };
	int64_t result;
	int err;

	if (!code.address)
		return -TENON_EOPNOTSUPP;
	err = tenon_kpi_upcall(&code, args, &result);
	return err ? err : result < -4095 ? -TENON_EIO : result;
}

int64_t kpi_socket_call(const struct kpi_socket *s, enum socket_op op, const uint64_t a[4])
{
	const uint64_t args[KPI_ARGS_MAX] = { s->family->ctx, s->id, a[0], a[1], a[2], a[3] };

	return call(s->family, s->module, op, args);
}

int64_t kpi_socket_pair(const struct kpi_socket *s, const struct kpi_socket *other)
{
	if (s->family != other->family)
		return -TENON_EINVAL;
	return kpi_socket_call(s, SOCKET_PAIR, (const uint64_t[4]){ other->id });
}

int kpi_family_show(const char *file, struct text *t)
{
	struct kpi_family *f;
	struct tenon_module *m = NULL;
	int64_t len = -TENON_ENOMEM;
	char *text;
	int nr = -1;

	lock();
	for (f = families; f && (nr = file_of_name(f, file)) < 0; f = f->next)
		;
	if (f && tenon_try_get(f->object.account->module)) {
		m = f->object.account->module;
		object_hold(&f->object);
	}
	unlock();
	if (!m)
		return 0;
	text = heap_alloc(TENON_SOCKET_IO_BYTES);
	if (text)
		len = call(f, m, SOCKET_SHOW,
			   (uint64_t[KPI_ARGS_MAX]){ f->ctx, (uint64_t)nr, (uintptr_t)text, TENON_SOCKET_IO_BYTES });
	if (len > 0 && len <= TENON_SOCKET_IO_BYTES)
		text_add(t, text, (size_t)len);
	heap_free(text);
	object_put(&f->object);
	domain_module_put(m, "a file of /proc/net");
	return len < 0 ? (int)len : 0;
}

/* ---- sockets ----------------------------------------------------------------------------------------------------- */

static void cancel_socket(struct object *o)
{
	wait_wake_all(&((struct kpi_socket *)o)->queue); /* they ask once more, and hear that it is gone */
}

static void release_socket(struct object *o)
{
	struct kpi_socket *s = (struct kpi_socket *)o;

	if (s->family)
		object_put(&s->family->object);
}

static const struct object_type socket_type = {
	.name = "socket",
	.size = sizeof(struct kpi_socket),
	.cancel = cancel_socket,
	.release = release_socket,
};

struct wait_queue *kpi_socket_queue(struct kpi_socket *s)
{
	return &s->queue;
}

int tenon_socket_wake(tenon_handle socket)
{
	struct kpi_socket *s = object_get(caller_any().d, socket, &socket_type);

	if (!s)
		return -TENON_EBADF;
	wait_wake_all(&s->queue);
	object_put(&s->object);
	return 0;
}

/* As a user of it; takes the caller's references to family and module, also on errors. */
static int make(struct kpi_family *f, struct tenon_module *m, struct kpi_socket **out)
{
	const struct caller c = { .self = kpi.host->self(), .d = f->object.domain, .m = m };
	struct kpi_socket *s = object_new(&c, &socket_type, m, 0);

	if (!s) {
		object_put(&f->object);
		tenon_put(m, "a socket");
		return -TENON_ENOMEM;
	}
	s->family = f;
	s->module = m;
	wait_queue_init(&s->queue);
	s->handle = object_publish_held(&s->object);
	if ((long)s->handle > 0) {
		*out = s;
		return 0;
	}
	tenon_put(m, "a socket"); /* s has gone */
	return -TENON_ENOMEM;
}

void kpi_socket_drop(struct kpi_socket *s)
{
	struct tenon_module *m = s->module;

	object_give_back(&s->object);
	tenon_put(m, "a socket");
}

void kpi_socket_release(struct kpi_socket *s)
{
	kpi_socket_call(s, SOCKET_RELEASE, (const uint64_t[4]){ 0 });
	kpi_socket_drop(s);
}

/* Create or accept: the module says what it calls the socket. */
static int begin(struct kpi_socket *s, enum socket_op op, uint64_t args[KPI_ARGS_MAX], struct tenon_socket_open *open)
{
	int64_t result = call(s->family, s->module, op, args);

	s->id = (uintptr_t)open->socket;
	return result > 0 ? -TENON_EIO : (int)result;
}

int kpi_socket_create(uint32_t family, uint32_t protocol, const struct tenon_socket_open *open, struct kpi_socket **out)
{
	struct tenon_socket_open o = *open;
	struct tenon_module *m = NULL;
	struct kpi_family *f;
	int err;

	lock();
	f = find(family, protocol);
	if (f && tenon_try_get(f->object.account->module)) {
		m = f->object.account->module;
		object_hold(&f->object);
	}
	unlock();
	if (!m)
		return -TENON_EAFNOSUPPORT;
	err = make(f, m, out);
	if (err)
		return err;
	err = begin(*out, SOCKET_CREATE, (uint64_t[KPI_ARGS_MAX]){ f->ctx, (*out)->handle, (uintptr_t)&o }, &o);
	if (err)
		kpi_socket_drop(*out);
	return err;
}

int kpi_socket_prepare(const struct kpi_socket *from, struct kpi_socket **out)
{
	if (!tenon_try_get(from->module))
		return -TENON_EOWNERDEAD;
	object_hold(&from->family->object);
	return make(from->family, from->module, out);
}

int kpi_socket_accept(const struct kpi_socket *from, struct kpi_socket *s, const struct tenon_socket_open *open)
{
	struct tenon_socket_open o = *open;

	return begin(s, SOCKET_ACCEPT,
		     (uint64_t[KPI_ARGS_MAX]){ from->family->ctx, from->id, s->handle, (uintptr_t)&o }, &o);
}

/* ---- descriptors on their way ------------------------------------------------------------------------------------ */

static unsigned take_files(struct kpi_rights *r, struct file *files[SOCKET_FILES_MAX])
{
	unsigned cnt;

	kpi.host->lock(&r->object.lock);
	cnt = r->cnt;
	r->cnt = 0;
	memcpy(files, r->file, sizeof(r->file));
	kpi.host->unlock(&r->object.lock);
	return cnt;
}

static void release_rights(struct object *o)
{
	struct file *files[SOCKET_FILES_MAX];
	unsigned cnt = take_files((struct kpi_rights *)o, files);

	while (cnt)
		file_put(files[--cnt]);
}

static const struct object_type rights_type = {
	.name = "rights",
	.size = sizeof(struct kpi_rights),
	.release = release_rights,
};

int kpi_rights_make(const struct kpi_socket *s, struct file **files, unsigned cnt, uint64_t *rights)
{
	const struct caller c = { .self = kpi.host->self(), .d = s->object.domain, .m = s->module };
	struct kpi_rights *r = object_new(&c, &rights_type, s->module, 0);
	tenon_handle handle;

	if (!r)
		return -TENON_ENOMEM;
	handle = object_publish_held(&r->object);
	if ((long)handle < 0)
		return -TENON_ENOMEM;
	memcpy(r->file, files, cnt * sizeof(struct file *));
	r->cnt = cnt;
	object_put(&r->object);
	*rights = handle;
	return 0;
}

unsigned kpi_rights_take(const struct kpi_socket *s, uint64_t rights, struct file *files[SOCKET_FILES_MAX])
{
	struct kpi_rights *r = object_get(s->object.domain, rights, &rights_type);
	unsigned cnt;

	if (!r)
		return 0;
	cnt = take_files(r, files);
	object_give_back(&r->object);
	return cnt;
}

int tenon_rights_drop(tenon_handle rights)
{
	struct kpi_rights *r = object_get(caller_thread().d, rights, &rights_type);

	return r ? object_give_back(&r->object) : -TENON_EBADF;
}
