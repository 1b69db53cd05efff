/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Character devices: kpi/chrdev.def, and the side of those who use them, process_device_* of process.h. A device is in
 * the list while it is registered. An open file holds the module and counts as the device's user.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/kpi/buffer.h"

enum { OP_OPEN, OP_RELEASE, OP_READ, OP_WRITE, OP_IOCTL, OP_CNT }; /* the order of struct tenon_chrdev_ops */

struct device {
	struct object object;
	struct device *next; /* in the list of all; kpi_lock */
	uint64_t ops[OP_CNT], ctx;
	struct buffer *buffer;
	uint32_t open_cnt;
	char name[TENON_CHRDEV_NAME_BYTES];
};

struct process_file {
	struct process_host *h;
	struct device *device; /* NULL: it is gone; kpi_lock */
	struct tenon_module *module;
	uint64_t ops[OP_CNT], ctx, file;
	uint32_t mode;
	struct process_file *next; /* of all that are open; kpi_lock */
};

static struct device *devices;
static struct process_file *files;

/* ---- the module's side ---- */

static void detach(struct device *dev)
{
	if (dev->buffer)
		dev->buffer->attached = false;
	dev->buffer = NULL;
}

/* It is offered no more. Files that are open lose it: their module is dead, or nobody has it open. kpi_lock held. */
static void withdraw(struct device *dev)
{
	struct device **link = &devices;

	while (*link && *link != dev)
		link = &(*link)->next;
	if (*link)
		*link = dev->next;
	for (struct process_file *f = files; f; f = f->next)
		if (f->device == dev)
			f->device = NULL;
	detach(dev);
}

static void cancel(struct object *o)
{
	withdraw((struct device *)o);
}

static const struct object_type device_type = { .name = "chrdev", .size = sizeof(struct device), .cancel = cancel };

static struct device *find_device(const char *name)
{
	struct device *dev = devices;

	while (dev && strcmp(dev->name, name))
		dev = dev->next;
	return dev;
}

static bool good_name(const char *name)
{
	return *name && strlen(name) < TENON_CHRDEV_NAME_BYTES && !strchr(name, '/') && *name != '.';
}

tenon_handle tenon_chrdev_register(struct tenon_this_module *self, const char *name, const struct tenon_chrdev_ops *ops,
				   void *ctx)
{
	struct caller c = kpi_caller();
	struct tenon_module *m = kpi_module(&c, self);
	tenon_handle handle;
	struct device *dev;

	_Static_assert(sizeof(*ops) == sizeof(dev->ops), "callbacks and enum agree");
	if (!good_name(name))
		return (tenon_handle)-TENON_EINVAL;
	dev = object_new(&c, &device_type, 0);
	if (!dev)
		return (tenon_handle)-TENON_ENOMEM;
	memcpy(dev->ops, ops, sizeof(dev->ops));
	dev->ctx = (uintptr_t)ctx;
	snprintf(dev->name, sizeof(dev->name), "%s", name);
	for (int i = 0; i < OP_CNT; i++) {
		if (dev->ops[i] && !kpi_is_code(&c, m, dev->ops[i])) {
			object_free(&dev->object);
			return (tenon_handle)-TENON_EINVAL;
		}
	}
	kpi_lock();
	handle = find_device(name) ? (tenon_handle)-TENON_EEXIST : object_publish_locked(&dev->object, m);
	if ((long)handle > 0) {
		dev->next = devices;
		devices = dev;
	}
	kpi_unlock();
	if ((long)handle < 0)
		object_free(&dev->object);
	return handle;
}

int tenon_chrdev_set_buffer(tenon_handle chrdev, tenon_handle buffer)
{
	struct caller c = kpi_caller();
	struct device *dev;
	struct buffer *b;
	int err = 0;

	kpi_lock();
	dev = object_find(&c, chrdev, &device_type);
	b = buffer ? object_find(&c, buffer, &buffer_type) : NULL;
	if (!dev || (buffer && !b)) {
		err = -TENON_EBADF;
	} else if (!b) {
		detach(dev);
	} else if (dev->buffer || b->attached) {
		err = -TENON_EBUSY;
	} else {
		dev->buffer = b;
		b->attached = true;
	}
	kpi_unlock();
	return err;
}

int tenon_chrdev_unregister(tenon_handle chrdev)
{
	struct caller c = kpi_caller();
	struct device *dev;
	int err = -TENON_EBADF;

	kpi_lock();
	dev = object_find(&c, chrdev, &device_type);
	if (dev && !dev->open_cnt) {
		withdraw(dev);
		return object_destroy(&dev->object);
	}
	if (dev)
		err = -TENON_EBUSY;
	kpi_unlock();
	return err;
}

void device_forget_buffer(const struct buffer *b)
{
	for (struct device *dev = devices; dev; dev = dev->next)
		if (dev->buffer == b)
			dev->buffer = NULL;
}

/* ---- the client's side ---- */

/* Call back. Return: what the callback returned or why it could not be called. */
static int64_t call(struct process_file *f, int op, const uint64_t args[KPI_ARGS_MAX])
{
	const struct process_code code = {
		.module = f->module, .address = f->ops[op], .type = kpi_callback("tenon_chrdev_ops", op)
	};
	char why[64];
	int64_t result;
	int err;

	if (!code.address)
		return -TENON_EOPNOTSUPP;
	err = process_upcall(f->h, &code, args, &result, why);
	return err ? err : result;
}

static void forget(struct process_file *f)
{
	struct process_file **link = &files;

	kpi_lock();
	while (*link != f)
		link = &(*link)->next;
	*link = f->next;
	if (f->device)
		f->device->open_cnt--;
	kpi_unlock();
	tenon_put(f->module, "a file that was open");
	free(f);
}

/* The device by name, its module held. */
static int attach(struct process_file *f, const char *name)
{
	struct device *dev;
	int err = -TENON_ENOENT;

	kpi_lock();
	dev = find_device(name);
	if (dev && !dev->object.cancelled && !tenon_try_get(dev->object.module)) {
		err = -TENON_ENODEV;
	} else if (dev && !dev->object.cancelled) {
		err = 0;
		dev->open_cnt++;
		f->device = dev;
		f->module = dev->object.module;
		memcpy(f->ops, dev->ops, sizeof(f->ops));
		f->ctx = dev->ctx;
		f->next = files;
		files = f;
	}
	kpi_unlock();
	return err;
}

int process_device_each(struct process_host *h, int (*fn)(const char *name, const struct tenon_module *m, void *arg), void *arg)
{
	int ret = 0;

	(void)h; /* there is one */
	kpi_lock();
	for (const struct device *dev = devices; dev && !ret; dev = dev->next)
		ret = fn(dev->name, dev->object.module, arg);
	kpi_unlock();
	return ret;
}

int process_device_open(struct process_host *h, const char *name, uint32_t mode, struct process_file **out)
{
	struct tenon_chrdev_open open = { .size = sizeof(open), .mode = mode };
	struct process_file *f = calloc(1, sizeof(*f));
	int64_t err;

	if (!f)
		return -TENON_ENOMEM;
	f->h = h;
	f->mode = mode;
	err = attach(f, name);
	if (err) {
		free(f);
		return (int)err;
	}
	err = call(f, OP_OPEN, (uint64_t[KPI_ARGS_MAX]){ f->ctx, (uintptr_t)&open });
	if (err && err != -TENON_EOPNOTSUPP) {
		forget(f);
		return err > 0 ? -TENON_EIO : (int)err;
	}
	f->file = (uintptr_t)open.file;
	*out = f;
	return 0;
}

void process_device_close(struct process_file *f)
{
	call(f, OP_RELEASE, (uint64_t[KPI_ARGS_MAX]){ f->ctx, f->file });
	forget(f);
}

/* In pieces of what one callback may move; ends with a short one. */
static int64_t move(struct process_file *f, int op, uint8_t *data, size_t len, uint64_t offset)
{
	size_t done = 0, piece;
	int64_t got;

	do {
		piece = len - done < TENON_CHRDEV_IO_BYTES ? len - done : TENON_CHRDEV_IO_BYTES;
		got = call(f, op, (uint64_t[KPI_ARGS_MAX]){ f->ctx, f->file, (uintptr_t)data + done, piece, offset + done });
		if (got > (int64_t)piece)
			got = -TENON_EIO; /* more than there is room for: nonsense */
		if (got > 0)
			done += (size_t)got;
	} while (got == (int64_t)piece && done < len);
	return got < 0 && !done ? got : (int64_t)done;
}

int64_t process_device_read(struct process_file *f, void *data, size_t len, uint64_t offset)
{
	return f->mode & TENON_CHRDEV_READ ? move(f, OP_READ, data, len, offset) : -TENON_EBADF;
}

int64_t process_device_write(struct process_file *f, const void *data, size_t len, uint64_t offset)
{
	return f->mode & TENON_CHRDEV_WRITE ? move(f, OP_WRITE, (uint8_t *)(uintptr_t)data, len, offset) : -TENON_EBADF;
}

int process_device_ioctl(struct process_file *f, uint32_t command, const void *in, size_t in_len, void *out, size_t *out_len)
{
	struct tenon_chrdev_ioctl arg = { .size = sizeof(arg), .command = command, .in_len = (uint32_t)in_len };
	size_t room = out_len ? *out_len : 0;
	int64_t ret;

	if (in_len > sizeof(arg.data))
		return -TENON_EINVAL;
	arg.out_len = room < sizeof(arg.data) ? (uint32_t)room : (uint32_t)sizeof(arg.data);
	room = arg.out_len;
	if (in_len)
		memcpy(arg.data, in, in_len);
	ret = call(f, OP_IOCTL, (uint64_t[KPI_ARGS_MAX]){ f->ctx, f->file, (uintptr_t)&arg });
	if (ret >= 0 && out_len) {
		*out_len = arg.out_len < room ? arg.out_len : room;
		memcpy(out, arg.data, *out_len);
	}
	return (int)ret;
}

int process_device_map(struct process_file *f, struct process_mapping *out)
{
	struct shared_memory *m = NULL;

	kpi_lock();
	if (f->device && f->device->buffer) {
		m = f->device->buffer->memory;
		atomic_fetch_add(&m->refs, 1);
	}
	kpi_unlock();
	if (!m)
		return -TENON_ENODEV;
	out->address = shared_map(m);
	out->bytes = out->address ? m->bytes : 0;
	out->memory = m;
	return out->address ? 0 : -TENON_ENOMEM;
}

void process_device_unmap(struct process_mapping *mapping)
{
	shared_unmap(mapping->memory, mapping->address);
}
