/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The list of devices, and drivers of modules for them: kpi/driver.def. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "port/process/device/device.h"
#include "port/process/internal.h"
#include "tenon/device_id.h"

#define DEVICE_NAME "virtio-mmio-2" /* 2: a disk, as the register says that tells what it is */

enum { OP_PROBE, OP_REMOVE, OP_CNT }; /* the order of struct tenon_driver_ops */

struct kpi_driver {
	struct object object;
	tenon_addr ops[OP_CNT];
	uint32_t id_idx; /* of the first entry that means our devices */
};

/* A device, for the driver that has it: from before probe until after remove. */
struct kpi_device {
	struct device_part part;
	tenon_handle handle;
	void *data; /* from probe: an address of the domain's */
};

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct device *devices; /* the host's, of which there is one in a process; oldest first */

static const struct object_type device_type = { .name = "device", .size = sizeof(struct kpi_device) };

struct device *device_find(struct kpi_domain *d, tenon_handle handle)
{
	struct kpi_device *kd = object_get(d, handle, &device_type);
	struct device *dev = kd ? kd->part.device : NULL;

	if (kd)
		object_put(&kd->part.object);
	return dev;
}

struct device *device_search(bool (*fn)(struct device *dev, void *arg), void *arg)
{
	struct device *dev;

	pthread_mutex_lock(&list_lock);
	dev = devices;
	while (dev && !fn(dev, arg))
		dev = dev->next;
	pthread_mutex_unlock(&list_lock);
	return dev;
}

int device_part_new(const struct caller *c, struct tenon_this_module *self, tenon_handle device,
		    const struct object_type *type, void **out)
{
	struct tenon_module *m = caller_module(c, (tenon_addr)self);
	struct device *dev = device_find(c->d, device);
	struct device_part *p;

	if (!m || !dev)
		return m ? -TENON_EBADF : -TENON_EFAULT;
	p = object_new(c, type, m, 0);
	if (!p)
		return -TENON_ENOMEM;
	p->device = dev;
	*out = p;
	return 0;
}

/* ---- probe and remove -------------------------------------------------------------------------------------------- */

static int upcall(struct kpi_driver *k, unsigned op, uint64_t handle, uint64_t arg)
{
	const struct tenon_kpi_code code = { .module = k->object.account->module,
					     .address = k->ops[op],
					     .type = callback_type("tenon_driver_ops", op) };
	int64_t result;
	int err = tenon_kpi_upcall(&code, (uint64_t[KPI_ARGS_MAX]){ handle, arg }, &result);

	return err ? err : result > 0 ? -TENON_EIO : (int)result;
}

static bool is_part(const struct object *o, const void *device)
{
	return o->type->of_device && ((const struct device_part *)o)->device == device;
}

/* @kd is not the driver's any more, nor is what its domain still has of the device: the next one's memory is not its to reach. */
static void give_up(struct kpi_device *kd, struct device *dev)
{
	struct kpi_domain *d = kd->part.object.domain;

	object_give_back(&kd->part.object);
	objects_reclaim(d, is_part, dev);
}

/* Return: whether it serves @dev, which is the caller's to give it. */
static struct kpi_device *probe(const struct caller *c, struct kpi_driver *k, struct device *dev)
{
	struct tenon_driver_probe p = { .size = sizeof(p), .id_idx = k->id_idx };
	struct kpi_device *kd = object_new(c, &device_type, k->object.account->module, 0);
	tenon_handle handle;

	if (!kd)
		return NULL;
	kd->part.device = dev;
	handle = object_publish_held(&kd->part.object);
	if ((long)handle < 0)
		return NULL;
	kd->handle = handle;
	if (upcall(k, OP_PROBE, handle, (uintptr_t)&p)) {
		give_up(kd, dev);
		return NULL;
	}
	kd->data = p.data;
	return kd;
}

/* For a driver that nobody has. */
static bool claim(struct device *dev, void *driver)
{
	if (dev->driver)
		return false;
	dev->driver = driver;
	return true;
}

static bool is_of(struct device *dev, void *driver)
{
	return dev->driver == driver && dev->served;
}

/* What @k has of @dev, which is nobody's now. */
static void drop(struct kpi_driver *k, struct device *dev, bool remove)
{
	struct kpi_device *kd;

	pthread_mutex_lock(&list_lock);
	kd = is_of(dev, k) ? dev->served : NULL;
	if (kd)
		dev->served = NULL;
	pthread_mutex_unlock(&list_lock);
	if (!kd)
		return;
	if (remove)
		upcall(k, OP_REMOVE, kd->handle, (uintptr_t)kd->data);
	give_up(kd, dev);
	pthread_mutex_lock(&list_lock);
	dev->driver = NULL;
	pthread_mutex_unlock(&list_lock);
}

/* Every device that no driver has. One that this does not serve is free for the next. */
static void bind(const struct caller *c, struct kpi_driver *k)
{
	struct device *dev, *refused = NULL;

	while ((dev = device_search(claim, k))) {
		struct kpi_device *kd = probe(c, k, dev);
		bool dead;

		pthread_mutex_lock(&list_lock);
		dev->served = kd;
		dead = __atomic_load_n(&k->object.dead, __ATOMIC_ACQUIRE);
		pthread_mutex_unlock(&list_lock);
		if (kd && dead)
			drop(k, dev, false); /* its module died meanwhile: cancel() may have been before us */
		if (!kd)
			refused = dev;
		if (dead)
			break;
	}
	pthread_mutex_lock(&list_lock);
	for (dev = refused ? devices : NULL; dev; dev = dev->next)
		if (dev->driver == k && !dev->served)
			dev->driver = NULL;
	pthread_mutex_unlock(&list_lock);
}

/* ---- drivers ----------------------------------------------------------------------------------------------------- */

static void unregister(struct kpi_driver *k, bool remove)
{
	struct device *dev;

	while ((dev = device_search(is_of, k)))
		drop(k, dev, remove);
}

static void cancel(struct object *o)
{
	unregister((struct kpi_driver *)o, false);
}

static const struct object_type driver_type = { .name = "driver", .size = sizeof(struct kpi_driver), .cancel = cancel };

/* Bytes of an entry of its table of ids; 0: there is no such bus. */
static size_t id_bytes(const char *bus)
{
	return !strcmp(bus, "platform") ? sizeof(struct platform_device_id) :
	       !strcmp(bus, "pci")      ? sizeof(struct pci_device_id) :
					  0;
}

/* Is one of the ids that of our devices? There are none on PCI. */
static bool find_id(const char *bus, const uint8_t *ids, size_t len, uint32_t *idx)
{
	struct platform_device_id id;

	*idx = 0;
	for (size_t at = 0; strcmp(bus, "pci") && at < len; at += sizeof(id), ++*idx) {
		memcpy(&id, ids + at, sizeof(id));
		if (!strncmp(id.name, DEVICE_NAME, sizeof(id.name)))
			return true;
	}
	return false;
}

tenon_handle tenon_driver_register(struct tenon_this_module *self, const char *name, const char *bus, const void *ids,
				   size_t len, const struct tenon_driver_ops *ops)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	size_t bytes = id_bytes(bus);
	struct kpi_driver *k;
	tenon_handle handle;

	_Static_assert(sizeof(*ops) == sizeof(k->ops), "callbacks and enum agree");
	if (!m || !bytes)
		return (tenon_handle)(m ? -TENON_ENODEV : -TENON_EFAULT);
	if (!tenon_name_valid(name, TENON_DRIVER_NAME_BYTES) || !len || len % bytes ||
	    !is_code(m, (tenon_addr)ops->probe) || !is_code(m, (tenon_addr)ops->remove))
		return (tenon_handle)-TENON_EINVAL;
	k = object_new(&c, &driver_type, m, 0);
	if (!k)
		return (tenon_handle)-TENON_ENOMEM;
	memcpy(k->ops, ops, sizeof(k->ops));
	handle = object_publish_held(&k->object);
	if ((long)handle < 0)
		return handle;
	if (find_id(bus, ids, len, &k->id_idx))
		bind(&c, k);
	return object_settle(&k->object, handle, 0);
}

int tenon_driver_unregister(tenon_handle driver)
{
	struct kpi_driver *k = object_get(caller_thread().d, driver, &driver_type);

	if (!k)
		return -TENON_EBADF;
	unregister(k, true);
	return object_give_back(&k->object);
}

long tenon_pci_config_read(tenon_handle device, uint32_t off, void *data, size_t len)
{
	(void)off;
	memset(data, 0, len);
	return device_find(caller_thread().d, device) ? -TENON_ENODEV : -TENON_EBADF;
}

/* ---- making them ------------------------------------------------------------------------------------------------- */

/* Return: the file, locked against whoever else would use it as a disk, or a negative errno value. */
static int open_disk(const char *path, bool *read_only)
{
	const int flags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY; /* a pipe is not waited for */
	int fd = open(path, O_RDWR | flags), err;

	*read_only = fd < 0 && (errno == EACCES || errno == EROFS);
	if (*read_only)
		fd = open(path, O_RDONLY | flags);
	if (fd < 0)
		return -errno;
	if (!flock(fd, (*read_only ? LOCK_SH : LOCK_EX) | LOCK_NB))
		return fd;
	err = errno == EWOULDBLOCK ? -TENON_EBUSY : -errno;
	close(fd);
	return err;
}

static void disk_free(struct device *dev)
{
	munmap(dev->transfer.window.memory, TRANSFER_BYTES);
	close(dev->fd);
	free(dev);
}

static int start(struct device *dev)
{
	void *memory = mmap(NULL, TRANSFER_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return -TENON_ENOMEM;
	dev->transfer.window = (struct device_window){ .memory = memory, .bytes = TRANSFER_BYTES };
	pthread_mutex_init(&dev->transfer.turn, NULL);
	pthread_mutex_init(&dev->lock, NULL);
	pthread_mutex_init(&dev->block_lock, NULL);
	pthread_cond_init(&dev->changed, NULL);
	window_add(dev, &dev->transfer.window);
	return pthread_create(&dev->thread, NULL, disk_run, dev) ? -TENON_ENOMEM : 0;
}

int process_disk_add(const char *path)
{
	struct device *dev = calloc(1, sizeof(*dev)), **link = &devices;
	off_t end;
	int err;

	if (!dev)
		return -TENON_ENOMEM;
	dev->transfer.window.memory = MAP_FAILED;
	dev->fd = open_disk(path, &dev->read_only);
	end = dev->fd < 0 ? 0 : lseek(dev->fd, 0, SEEK_END);
	dev->bytes = end > 0 ? (uint64_t)end & ~(TENON_BLKDEV_SECTOR_BYTES - 1ull) : 0;
	err = dev->fd < 0 ? dev->fd : !dev->bytes ? -TENON_EINVAL : start(dev);
	if (err) {
		disk_free(dev);
		return err;
	}
	pthread_mutex_lock(&list_lock);
	while (*link)
		link = &(*link)->next;
	*link = dev;
	pthread_mutex_unlock(&list_lock);
	return 0;
}

bool process_has_disks(void)
{
	bool has;

	pthread_mutex_lock(&list_lock);
	has = devices;
	pthread_mutex_unlock(&list_lock);
	return has;
}

void devices_free(void)
{
	struct device *dev;

	while ((dev = devices)) {
		devices = dev->next;
		pthread_mutex_lock(&dev->lock);
		dev->ends = true;
		pthread_cond_broadcast(&dev->changed);
		pthread_mutex_unlock(&dev->lock);
		pthread_join(dev->thread, NULL);
		disk_free(dev);
	}
}
