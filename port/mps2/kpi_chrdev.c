/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Character devices: kpi/chrdev.def, and the kernel's side of them, chrdev.h. A file that is open holds the module, so
 * a device is never reclaimed under it.
 */
#include "port/mps2/chrdev.h"
#include "port/mps2/kpi.h"
#include "tenon/runtime.h"

struct device {
	struct object object;
	struct device *next; /* in the list of all */
	struct tenon_chrdev_ops ops;
	void *ctx;
	struct buffer *buffer;
	uint32_t open_cnt;
	char name[TENON_CHRDEV_NAME_BYTES];
};

struct chrdev_file {
	struct device *device;
	struct shared *mapped;
	uint32_t mode;
	void *file; /* the device's own */
};

static struct device *devices;

/* ---- the module's side ---- */

static void detach(struct device *dev)
{
	if (dev->buffer)
		dev->buffer->attached = false;
	dev->buffer = NULL;
}

static void release(struct object *o)
{
	struct device *dev = (struct device *)o, **link = &devices;

	while (*link && *link != dev)
		link = &(*link)->next;
	if (*link)
		*link = dev->next;
	detach(dev);
}

static const struct object_type device_type = { .name = "chrdev", .size = sizeof(struct device), .release = release };

static struct device *find_device(const char *name)
{
	struct device *dev = devices;

	while (dev && strcmp(dev->name, name))
		dev = dev->next;
	return dev;
}

static bool good_name(const char *name)
{
	size_t len = strnlen(name, TENON_CHRDEV_NAME_BYTES);

	return len && len < TENON_CHRDEV_NAME_BYTES && !strchr(name, '/') && *name != '.';
}

static bool good_ops(const struct tenon_module *m, const struct tenon_chrdev_ops *ops)
{
	const void *const *fn = (const void *const *)ops;

	for (size_t i = 0; i < sizeof(*ops) / sizeof(*fn); i++)
		if (fn[i] && !kpi_is_code(m, fn[i]))
			return false;
	return true;
}

tenon_handle tenon_chrdev_register(struct tenon_this_module *self, const char *name, const struct tenon_chrdev_ops *ops,
				   void *ctx)
{
	struct tenon_module *m = kpi_module(self);
	struct device *dev;
	tenon_handle handle;

	if (!good_name(name) || (m && !good_ops(m, ops)))
		return (tenon_handle)-TENON_EINVAL;
	if (find_device(name))
		return (tenon_handle)-TENON_EEXIST;
	dev = object_new(&device_type, 0);
	if (!dev)
		return (tenon_handle)-TENON_ENOMEM;
	dev->ops = *ops;
	dev->ctx = ctx;
	strscpy(dev->name, name, sizeof(dev->name));
	handle = object_publish(&dev->object, m);
	if (!tenon_handle_error(handle)) {
		dev->next = devices;
		devices = dev;
	}
	return handle;
}

int tenon_chrdev_set_buffer(tenon_handle chrdev, tenon_handle buffer)
{
	struct device *dev = object_find(chrdev, &device_type);
	struct buffer *b = buffer ? object_find(buffer, &buffer_type) : NULL;

	kpi_thread_context("tenon_chrdev_set_buffer");
	if (!dev || (buffer && !b))
		return -TENON_EBADF;
	if (!b) {
		detach(dev);
		return 0;
	}
	if (dev->buffer || b->attached)
		return -TENON_EBUSY;
	dev->buffer = b;
	b->attached = true;
	return 0;
}

int tenon_chrdev_unregister(tenon_handle chrdev)
{
	struct device *dev = object_find(chrdev, &device_type);

	if (!dev)
		return -TENON_EBADF;
	return dev->open_cnt ? -TENON_EBUSY : object_destroy(&dev->object);
}

/* ---- the kernel's side ---- */

/* Every callback is an entry into the module: leave() behind enter(). */
static bool enter(const struct chrdev_file *f)
{
	return tenon_enter(mps2_thread(NULL), f->device->object.module);
}

static long leave(long ret)
{
	tenon_leave(mps2_thread(NULL));
	return ret;
}

static void file_free(struct chrdev_file *f)
{
	if (f->mapped)
		shared_put(f->mapped);
	f->device->open_cnt--;
	tenon_put(f->device->object.module, "a file that was open");
	pool_free(&mps2_heap, f, sizeof(*f));
}

int chrdev_open(const char *name, uint32_t mode, struct chrdev_file **out)
{
	struct tenon_chrdev_open open = { .size = sizeof(open), .mode = mode };
	struct device *dev = find_device(name);
	struct chrdev_file *f;
	long err;

	if (!dev)
		return -TENON_ENOENT;
	f = pool_alloc(&mps2_heap, sizeof(*f));
	if (!f)
		return -TENON_ENOMEM;
	if (!tenon_try_get(dev->object.module)) {
		pool_free(&mps2_heap, f, sizeof(*f));
		return -TENON_ENODEV;
	}
	*f = (struct chrdev_file){ .device = dev, .mode = mode };
	dev->open_cnt++;
	err = 0;
	if (dev->ops.open)
		err = enter(f) ? leave(dev->ops.open(dev->ctx, &open)) : -TENON_ENODEV;
	if (err) {
		file_free(f);
		return err < 0 ? (int)err : -TENON_EIO;
	}
	f->file = open.file;
	*out = f;
	return 0;
}

void chrdev_close(struct chrdev_file *f)
{
	const struct device *dev = f->device;

	if (dev->ops.release && enter(f)) {
		dev->ops.release(dev->ctx, f->file);
		leave(0);
	}
	file_free(f);
}

/* A device that says it moved more than was asked for talks nonsense. */
static long checked(long got, size_t len)
{
	return got > (long)len ? -TENON_EIO : got;
}

long chrdev_read(struct chrdev_file *f, void *data, size_t len, uint64_t offset)
{
	const struct device *dev = f->device;

	if (!(f->mode & TENON_CHRDEV_READ))
		return -TENON_EBADF;
	if (!dev->ops.read)
		return -TENON_EOPNOTSUPP;
	if (len > TENON_CHRDEV_IO_BYTES)
		len = TENON_CHRDEV_IO_BYTES;
	if (!enter(f))
		return -TENON_ENODEV;
	return checked(leave(dev->ops.read(dev->ctx, f->file, data, len, offset)), len);
}

long chrdev_write(struct chrdev_file *f, const void *data, size_t len, uint64_t offset)
{
	const struct device *dev = f->device;

	if (!(f->mode & TENON_CHRDEV_WRITE))
		return -TENON_EBADF;
	if (!dev->ops.write)
		return -TENON_EOPNOTSUPP;
	if (len > TENON_CHRDEV_IO_BYTES)
		len = TENON_CHRDEV_IO_BYTES;
	if (!enter(f))
		return -TENON_ENODEV;
	return checked(leave(dev->ops.write(dev->ctx, f->file, data, len, offset)), len);
}

int chrdev_ioctl(struct chrdev_file *f, struct tenon_chrdev_ioctl *call)
{
	const struct device *dev = f->device;

	call->size = sizeof(*call);
	if (!dev->ops.ioctl)
		return -TENON_EOPNOTSUPP;
	return enter(f) ? (int)leave(dev->ops.ioctl(dev->ctx, f->file, call)) : -TENON_ENODEV;
}

void *chrdev_map(struct chrdev_file *f, size_t *bytes)
{
	if (!f->mapped) {
		if (!f->device->buffer)
			return NULL;
		f->mapped = f->device->buffer->shared;
		f->mapped->users++;
	}
	*bytes = f->mapped->bytes;
	return f->mapped->address;
}
