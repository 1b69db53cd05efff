/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Character devices: kpi/chrdev.def for modules, tenon/kpi_device.h for those who use them. The list of devices is one
 * for all domains, since their names are one space; it is walked under a lock of its own, and quotas bound its length.
 */
#include "kpi/impl/impl.h"
#include "tenon/kpi_device.h"

enum { OP_OPEN, OP_RELEASE, OP_READ, OP_WRITE, OP_IOCTL, OP_POLL, OP_CNT }; /* the order of struct tenon_chrdev_ops */

struct device {
	struct object object;
	struct device *next; /* devices' lock, as all below but ops, ctx and name, which stay */
	struct buffer *buffer;
	uint32_t open_cnt;
	bool gone;  /* offered no more */
	void *node; /* the kernel's own; NULL: it has none */
	uint64_t ctx;
	tenon_addr ops[OP_CNT];
	char name[TENON_CHRDEV_NAME_BYTES];
};

struct tenon_file {
	struct device *device; /* it is one of its users */
	struct tenon_module *module;
	uint64_t file; /* the device's own */
	uint32_t mode;
};

static struct device *devices; /* all domains': their names are one space, which programs open by name. Devices' lock */

static void lock(void)
{
	kpi.host->lock(&kpi.devices);
}

static void unlock(void)
{
	kpi.host->unlock(&kpi.devices);
}

/* ---- the module's side ---- */

/* Devices' lock. */
static void detach(struct device *dev)
{
	if (dev->buffer)
		dev->buffer->attached = false;
	dev->buffer = NULL;
}

/* Devices' lock. Return: the kernel's node, for remove_node() without the lock. */
static void *withdraw(struct device *dev)
{
	struct device **link = &devices;
	void *node = dev->node;

	while (*link && *link != dev)
		link = &(*link)->next;
	if (*link)
		*link = dev->next;
	dev->gone = true;
	dev->node = NULL;
	detach(dev);
	return node;
}

static void remove_node(void *node)
{
	if (node)
		kpi.host->device_remove(node);
}

static void cancel(struct object *o)
{
	void *node;

	lock();
	node = withdraw((struct device *)o);
	unlock();
	remove_node(node);
}

static const struct object_type device_type = { .name = "chrdev", .size = sizeof(struct device), .cancel = cancel };

/* Devices' lock. */
static struct device *find_device(const char *name)
{
	struct device *dev = devices;

	while (dev && strcmp(dev->name, name))
		dev = dev->next;
	return dev;
}

static bool good_ops(const struct tenon_module *m, const struct tenon_chrdev_ops *ops)
{
	const tenon_addr *fn = (const tenon_addr *)(const void *)ops;

	for (int i = 0; i < OP_CNT; i++)
		if (fn[i] && !is_code(m, fn[i]))
			return false;
	return true;
}

/* Return: 0, -TENON_EEXIST, -TENON_EBADF: reclaimed already. */
static int list_device(struct device *dev)
{
	int err;

	lock();
	err = dev->gone ? -TENON_EBADF : find_device(dev->name) ? -TENON_EEXIST : 0;
	if (!err) {
		dev->next = devices;
		devices = dev;
	}
	unlock();
	return err;
}

/* It is in the list, and may be withdrawn meanwhile. */
static int add_node(struct device *dev)
{
	void *node = NULL;
	bool gone;
	int err = kpi.host->device_add ? kpi.host->device_add(dev->name, &node) : 0;

	lock();
	gone = dev->gone;
	if (err)
		withdraw(dev);
	else if (!gone)
		dev->node = node;
	unlock();
	if (gone)
		remove_node(node);
	return err;
}

/* Where programs find it. Return: 0, or why they do not. */
static int offer(struct device *dev)
{
	int err = list_device(dev);

	return err ? err : add_node(dev);
}

tenon_handle tenon_chrdev_register(struct tenon_this_module *self, const char *name, const struct tenon_chrdev_ops *ops,
				   void *ctx)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	tenon_handle handle;
	struct device *dev;

	_Static_assert(sizeof(*ops) == sizeof(dev->ops), "callbacks and enum agree");
	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	if (!tenon_name_valid(name, TENON_CHRDEV_NAME_BYTES) || !good_ops(m, ops))
		return (tenon_handle)-TENON_EINVAL;
	dev = object_new(&c, &device_type, m, 0);
	if (!dev)
		return (tenon_handle)-TENON_ENOMEM;
	memcpy(dev->ops, ops, sizeof(dev->ops));
	dev->ctx = (uintptr_t)ctx;
	memcpy(dev->name, name, strlen(name) + 1);
	handle = object_publish_held(&dev->object);
	if ((long)handle < 0)
		return handle;
	return object_settle(&dev->object, handle, offer(dev));
}

/* Devices' lock. */
static int attach(struct device *dev, struct buffer *b)
{
	if (dev->gone || (b && b->gone))
		return -TENON_EBADF;
	if (b && (dev->buffer || b->attached))
		return -TENON_EBUSY;
	detach(dev);
	dev->buffer = b;
	if (b)
		b->attached = true;
	return 0;
}

int tenon_chrdev_set_buffer(tenon_handle chrdev, tenon_handle buffer)
{
	struct caller c = caller_thread();
	struct device *dev = object_get(c.d, chrdev, &device_type);
	struct buffer *b = buffer ? object_get(c.d, buffer, &buffer_type) : NULL;
	int err = -TENON_EBADF;

	if (dev && (b || !buffer)) {
		lock();
		err = attach(dev, b);
		unlock();
	}
	if (b)
		object_put(&b->object);
	if (dev)
		object_put(&dev->object);
	return err;
}

int tenon_chrdev_wake(tenon_handle chrdev)
{
	struct caller c = caller_any();
	struct device *dev = object_get(c.d, chrdev, &device_type);

	if (!dev)
		return -TENON_EBADF;
	lock();
	if (dev->node)
		kpi.host->device_wake(dev->node);
	unlock();
	object_put(&dev->object);
	return 0;
}

int tenon_chrdev_unregister(tenon_handle chrdev)
{
	struct caller c = caller_thread();
	struct device *dev = object_get(c.d, chrdev, &device_type);
	void *node = NULL;
	bool open;

	if (!dev)
		return -TENON_EBADF;
	lock();
	open = dev->open_cnt;
	if (!open)
		node = withdraw(dev);
	unlock();
	remove_node(node);
	if (!open)
		return object_give_back(&dev->object);
	object_put(&dev->object);
	return -TENON_EBUSY;
}

void device_forget_buffer(const struct buffer *b)
{
	for (struct device *dev = devices; dev; dev = dev->next)
		if (dev->buffer == b)
			dev->buffer = NULL;
}

/* ---- the user's side ---- */

/* Return: what the callback returned or why it could not be called. */
static int64_t call(const struct tenon_file *f, unsigned int op, const uint64_t args[KPI_ARGS_MAX])
{
	const struct tenon_kpi_code code = { .module = f->module,
					     .address = f->device->ops[op],
					     .type = callback_type("tenon_chrdev_ops", op) };
	int64_t result;
	int err;

	if (!code.address)
		return -TENON_EOPNOTSUPP;
	err = tenon_kpi_upcall(&code, args, &result);
	return err ? err : result;
}

static void forget(struct tenon_file *f)
{
	struct tenon_module *m = f->module;

	lock();
	f->device->open_cnt--;
	unlock();
	object_put(&f->device->object);
	tenon_put(m, "a file that was open");
	kpi.host->free(f, sizeof(*f));
}

/* The device by name, its module held. */
static int find_and_hold(struct tenon_file *f, const char *name)
{
	struct device *dev;
	int err = 0;

	lock();
	dev = find_device(name);
	if (!dev) {
		err = -TENON_ENOENT;
	} else if (!tenon_try_get(dev->object.account->module)) {
		err = -TENON_ENODEV;
	} else {
		object_hold(&dev->object); /* what is in the list has not been withdrawn */
		dev->open_cnt++;
		f->device = dev;
		f->module = dev->object.account->module;
	}
	unlock();
	return err;
}

int tenon_device_each(int (*fn)(const char *name, const struct tenon_module *m, void *arg), void *arg)
{
	int ret = 0;

	lock();
	for (const struct device *dev = devices; dev && !ret; dev = dev->next)
		ret = fn(dev->name, dev->object.account->module, arg);
	unlock();
	return ret;
}

int tenon_device_open(const char *name, uint32_t mode, struct tenon_file **out)
{
	struct tenon_chrdev_open open = { .size = sizeof(open), .mode = mode };
	struct tenon_file *f = kpi.host->alloc(sizeof(*f));
	int64_t err;

	if (!f)
		return -TENON_ENOMEM;
	f->mode = mode;
	err = find_and_hold(f, name);
	if (err) {
		kpi.host->free(f, sizeof(*f));
		return (int)err;
	}
	err = call(f, OP_OPEN, (uint64_t[KPI_ARGS_MAX]){ f->device->ctx, (uintptr_t)&open });
	if (err && err != -TENON_EOPNOTSUPP) {
		forget(f);
		return err > 0 ? -TENON_EIO : (int)err;
	}
	f->file = (uintptr_t)open.file;
	*out = f;
	return 0;
}

void tenon_device_close(struct tenon_file *f)
{
	call(f, OP_RELEASE, (uint64_t[KPI_ARGS_MAX]){ f->device->ctx, f->file });
	forget(f);
}

/* In pieces of what one callback may move; ends with a short one. */
static int64_t move(const struct tenon_file *f, unsigned int op, uint8_t *data, size_t len, uint64_t offset)
{
	size_t done = 0, piece;
	int64_t got;

	do {
		piece = len - done < TENON_CHRDEV_IO_BYTES ? len - done : TENON_CHRDEV_IO_BYTES;
		got = call(f, op,
			   (uint64_t[KPI_ARGS_MAX]){ f->device->ctx, f->file, (uintptr_t)data + done, piece,
						     offset + done });
		if (got > (int64_t)piece)
			got = -TENON_EIO; /* more than there is room for: nonsense */
		if (got > 0)
			done += (size_t)got;
	} while (got == (int64_t)piece && done < len);
	return got < 0 && !done ? got : (int64_t)done;
}

int64_t tenon_device_read(struct tenon_file *f, void *data, size_t len, uint64_t offset)
{
	return f->mode & TENON_CHRDEV_READ ? move(f, OP_READ, data, len, offset) : -TENON_EBADF;
}

int64_t tenon_device_write(struct tenon_file *f, const void *data, size_t len, uint64_t offset)
{
	return f->mode & TENON_CHRDEV_WRITE ? move(f, OP_WRITE, (uint8_t *)(uintptr_t)data, len, offset) : -TENON_EBADF;
}

int tenon_device_ioctl(struct tenon_file *f, uint32_t command, const void *in, size_t in_len, void *out,
		       size_t *out_len)
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
	ret = call(f, OP_IOCTL, (uint64_t[KPI_ARGS_MAX]){ f->device->ctx, f->file, (uintptr_t)&arg });
	if (ret >= 0 && out_len) {
		*out_len = arg.out_len < room ? arg.out_len : room;
		memcpy(out, arg.data, *out_len);
	}
	return (int)ret;
}

int tenon_device_poll(struct tenon_file *f)
{
	int64_t ready = call(f, OP_POLL, (uint64_t[KPI_ARGS_MAX]){ f->device->ctx, f->file });

	return ready == -TENON_EOPNOTSUPP ? TENON_CHRDEV_CAN_READ | TENON_CHRDEV_CAN_WRITE : (int)ready;
}

int tenon_device_map(struct tenon_file *f, struct tenon_mapping *out)
{
	struct shared_pages *s = NULL;

	lock();
	if (f->device->buffer) {
		s = f->device->buffer->pages;
		s->refs++;
	}
	unlock();
	if (!s)
		return -TENON_ENODEV;
	*out = (struct tenon_mapping){ .bytes = s->pages.bytes, .pages = s };
	/* Without addresses for pages all is one address space. */
	out->address = s->pages.extent ? kpi.host->map(f->device->object.domain->pub, s->pages.base, s->pages.bytes) :
					 (void *)s->pages.base;
	if (out->address)
		return 0;
	shared_put(s);
	return -TENON_ENOMEM;
}

void tenon_device_unmap(struct tenon_mapping *m)
{
	if (m->pages->pages.extent)
		kpi.host->unmap(m->address, m->bytes);
	shared_put(m->pages);
}
