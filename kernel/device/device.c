// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Devices, drivers and how they come together. What /sys shows of it is made in device_files.c. */
#include "kernel/device/device.h"

#include "kernel/device/device_files.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/sched/lock.h"
#include "kernel/sched/timer.h"
#include "kernel/sched/wait.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define BUSY_NS (60 * NS_PER_SECOND) /* longer than a call into an isolated domain may take */

static struct mutex model_lock = MUTEX_INIT(LOCK_MODEL);
static struct wait_queue not_busy = WAIT_QUEUE_INIT;
static struct bus *buses;
static uint64_t last_serial;
static bool retrying, retry_again;
static void (*request)(void);
static void (*leave)(struct device *dev);

/* ---- lists ------------------------------------------------------------------------------------------------------- */

struct bus *bus_get(struct bus *bus)
{
	atomic_fetch_add_explicit(&bus->refs, 1, memory_order_relaxed);
	return bus;
}

void bus_put(struct bus *bus)
{
	if (atomic_fetch_sub_explicit(&bus->refs, 1, memory_order_acq_rel) > 1)
		return;
	bus_files_release(bus);
	bus->release(bus);
}

/* model_lock. */
static struct bus **bus_place(const char *name)
{
	struct bus **at = &buses;

	while (*at && strcmp((*at)->name, name))
		at = &(*at)->next;
	return at;
}

struct bus *bus_find(const char *name)
{
	struct bus *bus;

	mutex_lock(&model_lock);
	bus = *bus_place(name);
	if (bus)
		bus_get(bus);
	mutex_unlock(&model_lock);
	return bus;
}

int bus_register(struct bus *bus)
{
	int err = bus_files_make(bus); /* two of one name would be two directories */

	if (err)
		return err;
	mutex_lock(&model_lock);
	bus->next = buses;
	buses = bus_get(bus);
	mutex_unlock(&model_lock);
	return 0;
}

void bus_unregister(struct bus *bus)
{
	mutex_lock(&model_lock);
	*bus_place(bus->name) = bus->next;
	mutex_unlock(&model_lock);
	bus_files_remove(bus);
	bus_put(bus);
}

void device_set_request(void (*fn)(void))
{
	request = fn;
}

void device_set_leave(void (*fn)(struct device *dev))
{
	leave = fn;
}

struct device *device_get(struct device *dev)
{
	atomic_fetch_add_explicit(&dev->refs, 1, memory_order_relaxed);
	return dev;
}

void device_put(struct device *dev)
{
	struct device *parent;

	while (dev && atomic_fetch_sub_explicit(&dev->refs, 1, memory_order_acq_rel) == 1) {
		parent = dev->parent;
		device_files_release(dev);
		dev->release(dev);
		dev = parent;
	}
}

struct device *device_child(const struct device *parent)
{
	struct device *found;

	mutex_lock(&model_lock);
	for (found = parent->bus->devices; found && found->parent != parent; found = found->next)
		;
	if (found)
		device_get(found);
	mutex_unlock(&model_lock);
	return found;
}

/* The first device after the one with this serial; model_lock. */
static struct device *device_after(const struct bus *bus, uint64_t serial)
{
	struct device *dev = bus->devices;

	while (dev && dev->serial <= serial)
		dev = dev->next;
	return dev;
}

static struct driver *driver_after(const struct bus *bus, uint64_t serial)
{
	struct driver *drv = bus->drivers;

	while (drv && drv->serial <= serial)
		drv = drv->next;
	return drv;
}

static bool matches(const struct driver *drv, const struct device *dev, size_t *id_idx)
{
	for (size_t i = 0; i < drv->id_cnt; i++)
		if (drv->bus->match(dev, (const uint8_t *)drv->ids + i * drv->bus->id_bytes)) {
			*id_idx = i;
			return true;
		}
	return false;
}

struct device *device_unserved(void)
{
	struct device *found = NULL;

	mutex_lock(&model_lock);
	for (struct bus *bus = buses; bus && !found; bus = bus->next)
		for (found = bus->devices; found && !found->unserved; found = found->next)
			;
	if (found) {
		found->unserved = false;
		device_get(found);
	}
	mutex_unlock(&model_lock);
	return found;
}

/* ---- bringing together ------------------------------------------------------------------------------------------- */

/* model_lock is held, and not meanwhile. Return: false: its driver does not come back, which the log says. */
static bool wait_until_not_busy(const struct device *dev)
{
	uint64_t until = clock_ns() + BUSY_NS;
	int late = 0;

	while (dev->state == DEVICE_BUSY && !late) {
		mutex_unlock(&model_lock);
		late = wait_event(&not_busy, __atomic_load_n(&dev->state, __ATOMIC_ACQUIRE) != DEVICE_BUSY, until,
				  WAIT_DEADLINE);
		mutex_lock(&model_lock);
	}
	if (dev->state != DEVICE_BUSY)
		return true;
	log_err("%s %s: driver %s does not come back", dev->bus->name, dev->name, dev->driver->name);
	return false;
}

static void set_state(struct device *dev, enum device_state state)
{
	__atomic_store_n(&dev->state, state, __ATOMIC_RELEASE);
	wait_wake_all(&not_busy);
}

/* The device is nobody's: whatever its driver left in it, it touches no memory. It is busy, model_lock is not held. */
static void let_go(struct device *dev)
{
	if (dev->bus->set_dma)
		dev->bus->set_dma(dev, false);
}

/*
 * Offer @dev to @drv, which matches. model_lock is held, and not while the driver is asked; the caller has a reference
 * on @dev, and a driver does not go while a device is busy with it. Return: whether it took it.
 */
static bool bind(struct device *dev, struct driver *drv, size_t id_idx)
{
	int err;

	dev->state = DEVICE_BUSY;
	dev->driver = drv;
	dev->deferred = false;
	mutex_unlock(&model_lock);
	err = drv->probe(drv, dev, id_idx);
	if (!err)
		driver_files_link(drv, dev);
	else
		let_go(dev);
	if (err && err != -TENON_ENODEV && err != -TENON_EAGAIN)
		log_warn("%s %s: driver %s failed: error %d", dev->bus->name, dev->name, drv->name, -err);
	if (!err)
		uevent_send("bind", dev, drv);
	mutex_lock(&model_lock);
	if (err) {
		dev->driver = NULL;
		dev->deferred = err == -TENON_EAGAIN;
	} else {
		dev->unserved = false;
	}
	set_state(dev, err ? DEVICE_UNBOUND : DEVICE_BOUND);
	return !err;
}

/* The opposite, of a device that is bound. */
static void unbind(struct device *dev)
{
	struct driver *drv = dev->driver;

	dev->state = DEVICE_BUSY;
	mutex_unlock(&model_lock);
	drv->remove(drv, dev);
	let_go(dev);
	driver_files_unlink(drv, dev);
	uevent_send("unbind", dev, NULL);
	mutex_lock(&model_lock);
	dev->driver = NULL;
	set_state(dev, DEVICE_UNBOUND);
}

/*
 * Offer @dev to each driver of its bus until one takes it. It gets none before its turn: a driver gives names in the order
 * in which it is asked, which is that of the devices. model_lock is held. Return: whether one did.
 */
static bool offer_device(struct device *dev)
{
	uint64_t serial = 0;
	struct driver *drv;
	size_t id_idx;

	while (!dev->gone && dev->state == DEVICE_UNBOUND && (drv = driver_after(dev->bus, serial)) != NULL) {
		serial = drv->serial;
		if (!drv->gone && dev->serial <= drv->reached && matches(drv, dev, &id_idx) && bind(dev, drv, id_idx))
			return true;
	}
	return false;
}

/* Is there a deferred device after this one? model_lock. */
static struct device *deferred_after(uint64_t serial)
{
	struct device *found = NULL;

	for (struct bus *bus = buses; bus; bus = bus->next)
		for (struct device *dev = device_after(bus, serial); dev; dev = dev->next)
			if (dev->deferred && (!found || dev->serial < found->serial)) {
				found = dev;
				break;
			}
	return found;
}

/*
 * A device has got its driver: those that were deferred are asked again, as long as that helps another one. One thread
 * does it at a time; a success meanwhile makes it begin again. model_lock is held.
 */
static void retry_deferred(void)
{
	struct device *dev;
	uint64_t serial;

	retry_again = true;
	if (retrying)
		return;
	retrying = true;
	while (retry_again) {
		retry_again = false;
		serial = 0;
		while ((dev = deferred_after(serial)) != NULL) {
			serial = dev->serial;
			device_get(dev);
			if (dev->state == DEVICE_UNBOUND && offer_device(dev))
				retry_again = true;
			mutex_unlock(&model_lock);
			device_put(dev);
			mutex_lock(&model_lock);
		}
	}
	retrying = false;
}

/* ---- devices ----------------------------------------------------------------------------------------------------- */

static void append(struct bus *bus, struct device *dev)
{
	struct device **at = &bus->devices;

	dev->serial = ++last_serial;
	while (*at)
		at = &(*at)->next;
	*at = dev;
}

static void take_out(struct bus *bus, const struct device *dev)
{
	struct device **at = &bus->devices;

	while (*at != dev)
		at = &(*at)->next;
	*at = dev->next;
}

void device_init(struct device *dev)
{
	atomic_init(&dev->refs, 1);
}

int device_add(struct device *dev)
{
	bool wanting;
	int err;

	if (!atomic_load(&dev->refs))
		device_init(dev);
	err = device_files_make(dev);
	if (err)
		return err;
	if (dev->parent)
		device_get(dev->parent);
	uevent_send("add", dev, NULL);
	if (!dev->bus)
		return 0;
	mutex_lock(&model_lock);
	append(dev->bus, dev);
	if (offer_device(dev))
		retry_deferred();
	else
		dev->unserved = *dev->modalias;
	wanting = dev->unserved;
	mutex_unlock(&model_lock);
	if (wanting && request)
		request();
	return 0;
}

int device_remove(struct device *dev)
{
	if (dev->bus) {
		mutex_lock(&model_lock);
		dev->gone = true;
		dev->deferred = false;
		if (!wait_until_not_busy(dev)) {
			mutex_unlock(&model_lock);
			return -TENON_EBUSY;
		}
		if (dev->state == DEVICE_BOUND)
			unbind(dev);
		take_out(dev->bus, dev);
		mutex_unlock(&model_lock);
		if (leave)
			leave(dev);
	}
	device_files_remove(dev);
	uevent_send("remove", dev, NULL);
	device_put(dev);
	return 0;
}

int device_dma_begin(struct device *dev)
{
	int err;

	if (!dev->bus || !dev->bus->set_dma)
		return -TENON_ENODEV;
	if (atomic_fetch_add(&dev->dma_cnt, 1))
		return 0;
	if (!device_dma_contained(dev))
		log_line(LOG_INFO, "%s %s: DMA uncontained: there is no IOMMU, so it can reach all memory",
			 dev->bus->name, dev->name);
	err = dev->bus->set_dma(dev, true);
	if (err)
		atomic_fetch_sub(&dev->dma_cnt, 1);
	return err;
}

int device_dma_map(struct device *dev, uint64_t phys, bool writes)
{
	return dev->bus && dev->bus->dma_map ? dev->bus->dma_map(dev, phys, writes) : 0;
}

void device_dma_unmap(struct device *dev, const uint64_t *phys, size_t cnt)
{
	if (dev->bus && dev->bus->dma_unmap)
		dev->bus->dma_unmap(dev, phys, cnt);
}

bool device_dma_contained(struct device *dev)
{
	return dev->bus && dev->bus->dma_contained && dev->bus->dma_contained(dev);
}

void device_dma_end(struct device *dev)
{
	if (atomic_fetch_sub(&dev->dma_cnt, 1) == 1)
		dev->bus->set_dma(dev, false);
}

void device_changed(struct device *dev)
{
	uevent_send("change", dev, NULL);
}

/* ---- drivers ----------------------------------------------------------------------------------------------------- */

static int list_driver(struct driver *drv)
{
	struct driver **at = &drv->bus->drivers;

	for (; *at; at = &(*at)->next)
		if (!strcmp((*at)->name, drv->name))
			return -TENON_EEXIST;
	drv->serial = ++last_serial;
	drv->next = NULL;
	*at = drv;
	return 0;
}

static void unlist_driver(struct driver *drv)
{
	struct driver **at = &drv->bus->drivers;

	while (*at != drv)
		at = &(*at)->next;
	*at = drv->next;
}

/* To all devices that have no driver. model_lock is held. */
static void offer_driver(struct driver *drv)
{
	struct device *dev;
	uint64_t serial = 0;
	size_t id_idx;
	bool any = false;

	while (!drv->gone && (dev = device_after(drv->bus, serial)) != NULL) {
		drv->reached = serial = dev->serial;
		if (dev->gone || dev->state != DEVICE_UNBOUND || !matches(drv, dev, &id_idx))
			continue;
		device_get(dev);
		any |= bind(dev, drv, id_idx);
		mutex_unlock(&model_lock);
		device_put(dev);
		mutex_lock(&model_lock);
	}
	drv->reached = UINT64_MAX;
	if (any)
		retry_deferred();
}

int driver_register(struct driver *drv)
{
	int err;

	mutex_lock(&model_lock);
	drv->gone = true; /* offered to nobody before its directory is there */
	drv->reached = 0;
	err = list_driver(drv);
	mutex_unlock(&model_lock);
	if (err)
		return err;
	err = driver_files_make(drv);
	mutex_lock(&model_lock);
	if (err) {
		unlist_driver(drv);
	} else {
		drv->gone = false;
		offer_driver(drv);
	}
	mutex_unlock(&model_lock);
	return err;
}

static struct device *device_of(const struct driver *drv)
{
	struct device *dev = drv->bus->devices;

	while (dev && dev->driver != drv)
		dev = dev->next;
	return dev;
}

void driver_retry(void)
{
	mutex_lock(&model_lock);
	retry_deferred();
	mutex_unlock(&model_lock);
}

int driver_unregister(struct driver *drv)
{
	struct device *dev;
	int err = 0;

	mutex_lock(&model_lock);
	drv->gone = true;
	while (!err && (dev = device_of(drv)) != NULL) {
		device_get(dev);
		if (!wait_until_not_busy(dev))
			err = -TENON_EBUSY;
		else if (dev->driver == drv && dev->state == DEVICE_BOUND)
			unbind(dev);
		mutex_unlock(&model_lock);
		device_put(dev);
		mutex_lock(&model_lock);
	}
	if (!err)
		unlist_driver(drv);
	mutex_unlock(&model_lock);
	if (!err)
		driver_files_remove(drv);
	return err;
}
