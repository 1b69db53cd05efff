// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Buses of modules: kpi/bus.def. A bus and its devices are memory of the kernel's, since others may have a device for longer
 * than there is the module. What the module has of them are objects; the devices' lock says which object a bus is of.
 */
#include "kernel/device/kpi/kpi.h"
#include "kernel/device/pci.h"
#include "kernel/domain/domain.h"
#include "kernel/mm/heap.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/text.h"
#include "tenon/device_id.h"

enum { OP_STOP, OP_CNT }; /* the order of struct tenon_bus_ops */

struct module_bus {
	struct bus bus; /* must be first */
	char name[TENON_BUS_NAME_BYTES], domain[TENON_NAME_BYTES];
};

struct kpi_bus {
	struct object object;
	struct bus *bus; /* a reference */
	bool registered; /* whoever clears it unregisters. Atomic */
	uint64_t ctx;
	tenon_addr ops[OP_CNT];
};

struct bus_device {
	union {                       /* must be first */
		struct device device; /* has a reference to its bus */
		struct pci_device pci;
	};
	bool left; /* the bus's module has gone without it, or is dead */
	unsigned line_cnt;
	struct {
		struct attr attr; /* its name alone, if it is for events */
		char *value;
	} line[TENON_BUS_LINES];
	char lines[TENON_BUS_LINES_BYTES + 1];
};

struct kpi_busdev {
	struct object object;
	struct bus_device *bd; /* a reference, once it is made */
	bool added;            /* whoever clears it removes it. Atomic */
};

/* ---- what the kernel asks of a bus ------------------------------------------------------------------------------- */

/* A pattern that does not end in its place fits nothing. */
static bool match(const struct device *dev, const void *id)
{
	const char *pattern = ((const struct bus_device_id *)id)->alias, *text = dev->modalias;
	const char *star = NULL, *after = NULL;

	if (strnlen(pattern, sizeof(((struct bus_device_id *)NULL)->alias)) ==
	    sizeof(((struct bus_device_id *)NULL)->alias))
		return false;
	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			after = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++after;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

/* As a user of it. NULL: there is none any more. */
static struct kpi_bus *owner_get(struct bus *bus)
{
	struct kpi_bus *k;

	kpi.host->lock(&kpi.devices);
	k = bus->owner;
	if (k)
		object_hold(&k->object);
	kpi.host->unlock(&kpi.devices);
	return k;
}

/* Return: false: the bus's module cannot do it any more. */
static bool stop(struct device *dev)
{
	struct kpi_bus *k =
	    __atomic_load_n(&((struct bus_device *)dev)->left, __ATOMIC_RELAXED) ? NULL : owner_get(dev->bus);
	struct tenon_kpi_code code;
	int err;

	if (!k)
		return false;
	code = (struct tenon_kpi_code){ .module = k->object.account->module,
					.address = k->ops[OP_STOP],
					.type = callback_type("tenon_bus_ops", OP_STOP) };
	err = kpi_call_last(&k->object, &code, &dev->gone, (uint64_t[KPI_ARGS_MAX]){ k->ctx, dev->identity });
	object_put(&k->object);
	return !err;
}

static int set_dma(struct device *dev, bool on);

/* The device that uses memory for it: the next above that is on no module's bus. Return: NULL: there is none. */
static struct device *master(const struct device *dev)
{
	struct device *above = dev->parent;

	while (above && above->bus && above->bus->release)
		above = above->parent;
	return above && above->bus && above->bus->set_dma ? above : NULL;
}

/* If the bus's module is dead, that which it is behind is stopped: nobody would be there to drive it. */
static int set_dma(struct device *dev, bool on)
{
	struct device *m = master(dev);

	if (on)
		return m && atomic_load(&m->dma_cnt) ? 0 : -TENON_ENODEV;
	if (!stop(dev) && m)
		m->bus->set_dma(m, false);
	return 0;
}

static int dma_map(struct device *dev, uint64_t phys, bool writes)
{
	struct device *m = master(dev);

	return m ? device_dma_map(m, phys, writes) : -TENON_ENODEV;
}

static void dma_unmap(struct device *dev, const uint64_t *phys, size_t cnt)
{
	if (cnt) /* then there is one */
		device_dma_unmap(master(dev), phys, cnt);
}

static bool dma_contained(struct device *dev)
{
	struct device *m = master(dev);

	return m && device_dma_contained(m);
}

static void bus_release(struct bus *bus)
{
	heap_free(bus);
}

/* ---- buses ------------------------------------------------------------------------------------------------------- */

static bool name_valid(const char *name)
{
	for (const char *at = name; *at; at++)
		if (!(*at >= 'a' && *at <= 'z') && (at == name || (*at != '_' && !(*at >= '0' && *at <= '9'))))
			return false;
	return *name;
}

static int unregister(struct kpi_bus *k, bool force)
{
	kpi.host->lock(&kpi.devices);
	if (k->bus->device_cnt && !force) {
		kpi.host->unlock(&kpi.devices);
		return -TENON_EBUSY;
	}
	if (k->bus->owner == k)
		k->bus->owner = NULL;
	kpi.host->unlock(&kpi.devices);
	if (__atomic_exchange_n(&k->registered, false, __ATOMIC_SEQ_CST) && !k->bus->kept)
		bus_unregister(k->bus);
	return 0;
}

static void cancel(struct object *o)
{
	unregister((struct kpi_bus *)o, true);
}

static void release(struct object *o)
{
	quota_give_cnt(&o->domain->buses);
	if (((struct kpi_bus *)o)->bus)
		bus_put(((struct kpi_bus *)o)->bus);
}

static const struct object_type bus_type = {
	.name = "bus",
	.size = sizeof(struct kpi_bus),
	.cancel = cancel,
	.release = release,
};

/* A bus that nobody sees yet, or one that is kept for a module. Return: 0, or a negative errno. */
static int make_bus(struct kpi_bus *k, const char *name)
{
	struct module_bus *mb;

	k->bus = k->object.domain->isolated ? NULL : bus_find(name);
	if (k->bus)
		return k->bus->kept ? 0 : -TENON_EEXIST;
	mb = heap_alloc_zeroed(sizeof(*mb));
	if (!mb)
		return -TENON_ENOMEM;
	strscpy(mb->name, name, sizeof(mb->name));
	mb->bus = (struct bus){ .name = mb->name,
				.id_bytes = sizeof(struct bus_device_id),
				.match = match,
				.dma_map = dma_map,
				.dma_unmap = dma_unmap,
				.dma_contained = dma_contained,
				.release = bus_release };
	if (k->ops[OP_STOP])
		mb->bus.set_dma = set_dma;
	if (k->object.domain->isolated) {
		strscpy(mb->domain, domain_isolated(k->object.domain->pub)->name, sizeof(mb->domain));
		mb->bus.domain = mb->domain;
	}
	k->bus = bus_get(&mb->bus);
	return 0;
}

/* @k is published; its module may be leaving meanwhile. */
static int offer(struct kpi_bus *k)
{
	int err = k->bus->kept ? 0 : bus_register(k->bus);

	kpi.host->lock(&kpi.devices);
	if (k->bus->owner)
		err = -TENON_EEXIST;
	if (!err)
		k->bus->owner = k;
	kpi.host->unlock(&kpi.devices);
	if (err)
		return err;
	__atomic_store_n(&k->registered, true, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&k->object.dead, __ATOMIC_SEQ_CST)) /* else cancel() comes later */
		unregister(k, true);
	return 0;
}

tenon_handle tenon_bus_register(struct tenon_this_module *self, const char *name, const struct tenon_bus_ops *ops,
				void *ctx)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct kpi_bus *k;
	tenon_handle handle;
	int err;

	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	if (!name_valid(name) || (ops->stop && !is_code(m, (tenon_addr)ops->stop)))
		return (tenon_handle)-TENON_EINVAL;
	if (!quota_take_cnt(&c.d->buses, TENON_BUSES))
		return (tenon_handle)-TENON_ENOSPC;
	k = object_new(&c, &bus_type, m, 0);
	if (!k) {
		quota_give_cnt(&c.d->buses);
		return (tenon_handle)-TENON_ENOMEM;
	}
	k->ctx = (uintptr_t)ctx;
	k->ops[OP_STOP] = (tenon_addr)ops->stop;
	err = make_bus(k, name);
	if (err) {
		object_free(&k->object);
		return (tenon_handle)(long)err;
	}
	handle = object_publish_held(&k->object);
	if ((long)handle < 0)
		return handle;
	err = offer(k);
	if (err)
		unregister(k, true);
	return object_settle(&k->object, handle, err);
}

int tenon_bus_unregister(tenon_handle bus)
{
	struct kpi_bus *k = object_get(caller_thread().d, bus, &bus_type);
	int err;

	if (!k)
		return -TENON_EBADF;
	err = unregister(k, false);
	if (!err)
		return object_give_back(&k->object);
	object_put(&k->object);
	return err;
}

/* ---- what is said of a device ------------------------------------------------------------------------------------ */

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

static int show_line(struct text *t, void *value)
{
	text_printf(t, "%s\n", (const char *)value);
	return 0;
}

static int add_files(struct device *dev)
{
	struct bus_device *bd = (struct bus_device *)dev;
	int err = 0;

	for (unsigned i = 0; i < bd->line_cnt && !err; i++)
		if (!is_capital(*bd->line[i].attr.name))
			err = attr_file(dev->dir, &bd->line[i].attr, bd->line[i].value);
	return err;
}

static void describe(struct device *dev, struct text *t)
{
	const struct bus_device *bd = (const struct bus_device *)dev;

	for (unsigned i = 0; i < bd->line_cnt; i++)
		if (is_capital(*bd->line[i].attr.name))
			text_printf(t, "%s=%s\n", bd->line[i].attr.name, bd->line[i].value);
}

/*
 * A name of letters, digits and '_'. Programs make variables of what events say, and run others with them, so these belong to
 * the bus: no PATH. "dev" would be the number of a node in /dev.
 */
static bool line_name_valid(const char *name, const char *bus)
{
	for (const char *at = name; *at; at++)
		if (!is_capital(*at) && !(*at >= 'a' && *at <= 'z') &&
		    (at == name || (*at != '_' && !(*at >= '0' && *at <= '9'))))
			return false;
	if (!is_capital(*name))
		return *name && strcmp(name, "dev") && strcmp(name, "driver");
	for (; *bus; bus++, name++)
		if (*name != (*bus >= 'a' && *bus <= 'z' ? *bus - 'a' + 'A' : *bus))
			return false;
	return *name == '_';
}

static bool printable(const char *text)
{
	while (*text >= ' ' && *text < 0x7f)
		text++;
	return !*text;
}

/* Lines of one name that follow each other are one file. An event has no such: what it says is lines. */
static int parse_lines(struct bus_device *bd)
{
	char *end, *value, *before;

	for (char *line = bd->lines; *line; line = end + 1) {
		end = strchr(line, '\n');
		value = strchr(line, '=');
		if (!end || !value || value > end || bd->line_cnt == TENON_BUS_LINES)
			return -TENON_EINVAL;
		*end = *value++ = '\0';
		if (!line_name_valid(line, bd->device.bus->name) || !printable(value))
			return -TENON_EINVAL;
		if (bd->line_cnt && !is_capital(*line) && !strcmp(line, bd->line[bd->line_cnt - 1].attr.name)) {
			before = strchr(bd->line[bd->line_cnt - 1].value, '\0');
			*before = '\n';
			memmove(before + 1, value, (size_t)(end + 1 - value));
			continue;
		}
		bd->line[bd->line_cnt].attr = (struct attr){ .name = line, .mode = 0444, .show = show_line };
		bd->line[bd->line_cnt++].value = value;
	}
	return 0;
}

/* A name ends in a digit, so that none is that of a file or directory of the kernel's. */
static bool device_name_valid(const char *name)
{
	return tenon_name_valid(name, TENON_BUS_NAME_BYTES) && (uint8_t)(name[strlen(name) - 1] - '0') < 10;
}

/* Only of this bus, so that a module chooses among the drivers of its own bus. For modprobe it is a word, no pattern. */
static bool alias_valid(const char *alias, const char *bus)
{
	size_t len = strlen(bus);

	if (!*alias)
		return true;
	return tenon_name_valid(alias, TENON_BUS_ALIAS_BYTES) && !strncmp(alias, bus, len) && alias[len] == ':' &&
	       !strchr(alias, '*') && !strchr(alias, '?') && !strchr(alias, '[');
}

/* ---- devices ----------------------------------------------------------------------------------------------------- */

static void device_release(struct device *dev)
{
	bus_put(dev->bus);
	heap_free(dev);
}

/* One less. A device on a bus that is kept holds the module that added it, @m. */
static void uncount(struct bus *bus, struct tenon_module *m)
{
	kpi.host->lock(&kpi.devices);
	bus->device_cnt--;
	kpi.host->unlock(&kpi.devices);
	if (bus->kept)
		tenon_put(m, "a device of its bus");
}

/* Once; it is there again if it cannot go. No lock is held. Return: 0, -TENON_EBADF, -TENON_EBUSY. */
static int take_away(struct kpi_busdev *k)
{
	int err;

	if (!__atomic_exchange_n(&k->added, false, __ATOMIC_SEQ_CST))
		return -TENON_EBADF;
	err = device_remove(&k->bd->device);
	if (!err) {
		uncount(k->bd->device.bus, k->object.account->module);
		return 0;
	}
	__atomic_store_n(&k->added, true, __ATOMIC_SEQ_CST);
	return err;
}

static void device_cancel(struct object *o)
{
	struct kpi_busdev *k = (struct kpi_busdev *)o;

	if (k->bd)
		__atomic_store_n(&k->bd->left, true, __ATOMIC_RELAXED);
	take_away(k);
}

static void device_object_release(struct object *o)
{
	if (((struct kpi_busdev *)o)->bd)
		device_put(&((struct kpi_busdev *)o)->bd->device);
}

static const struct object_type busdev_type = {
	.name = "busdev",
	.size = sizeof(struct kpi_busdev),
	.cancel = device_cancel,
	.release = device_object_release,
};

/* One that is not added yet, counted as its bus's. Return: 0, or a negative errno. */
static int make_device(struct bus *bus, const struct tenon_bus_device *is, const void *lines, size_t len,
		       struct bus_device **out)
{
	struct bus_device *bd = heap_alloc_zeroed(sizeof(*bd));
	struct device *dev = &bd->device;
	int err;

	if (!bd)
		return -TENON_ENOMEM;
	memcpy(bd->lines, lines, len);
	dev->bus = bus;
	err = strlen(bd->lines) == len && device_name_valid((const char *)is->name) &&
		      alias_valid((const char *)is->alias, bus->name) ?
		  parse_lines(bd) :
		  -TENON_EINVAL;
	if (err) {
		heap_free(bd);
		return err;
	}
	strscpy(dev->name, (const char *)is->name, sizeof(dev->name));
	strscpy(dev->modalias, (const char *)is->alias, sizeof(dev->modalias));
	dev->identity = is->identity;
	for (unsigned i = 0; i < TENON_BUS_RESOURCES; i++)
		bd->pci.bar[i] = (struct pci_bar){ is->address[i], is->bytes[i] };
	dev->add_files = add_files;
	dev->describe = describe;
	dev->release = device_release;
	bus_get(bus);
	*out = bd;
	return 0;
}

/* The module of @k, which is published, may be leaving meanwhile. */
static int add(struct kpi_busdev *k, struct bus_device *bd)
{
	int err = device_add(&bd->device);

	if (err)
		return err;
	k->bd = (struct bus_device *)device_get(&bd->device);
	__atomic_store_n(&k->added, true, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&k->object.dead, __ATOMIC_SEQ_CST)) /* else device_cancel() comes later */
		take_away(k);
	return 0;
}

/* Is there room on the bus for one more? If so it is taken, until uncount(). */
static int claim(struct kpi_bus *kb, struct tenon_module *m)
{
	int err;

	if (kb->bus->kept && !tenon_try_get(m))
		return -TENON_EBADF;
	kpi.host->lock(&kpi.devices);
	err = !kb->bus->owner ? -TENON_EBADF : kb->bus->device_cnt == TENON_BUS_DEVICES ? -TENON_ENOSPC : 0;
	kb->bus->device_cnt += !err;
	kpi.host->unlock(&kpi.devices);
	if (err && kb->bus->kept)
		tenon_put(m, "a device of its bus");
	return err;
}

static tenon_handle publish(const struct caller *c, struct tenon_module *m, struct bus_device *bd)
{
	struct kpi_busdev *k = object_new(c, &busdev_type, m, 0);
	tenon_handle handle = k ? object_publish_held(&k->object) : (tenon_handle)-TENON_ENOMEM;
	int err;

	if ((long)handle < 0) {
		device_release(&bd->device);
		return handle;
	}
	err = add(k, bd);
	if (err)
		device_release(&bd->device);
	return object_settle(&k->object, handle, err);
}

struct device *kpi_device_find(struct kpi_domain *d, tenon_handle handle)
{
	struct kpi_device *kd = kpi_device_get(d, handle);
	struct kpi_busdev *k = kd ? NULL : object_lock(d, handle, &busdev_type);
	struct device *dev = kd ? device_get(kd->device) : k && k->added ? device_get(&k->bd->device) : NULL;

	if (kd)
		object_put(&kd->object);
	if (k)
		object_unlock(&k->object);
	return dev;
}

/* A device of @kb, behind @parent. */
static tenon_handle add_device(const struct caller *c, struct tenon_module *m, struct kpi_bus *kb,
			       struct device *parent, const struct tenon_bus_device *is, const void *lines, size_t len)
{
	struct bus_device *bd;
	tenon_handle handle;
	int err = claim(kb, m);

	if (err)
		return (tenon_handle)(long)err;
	err = make_device(kb->bus, is, lines, len, &bd);
	if (!err) {
		bd->device.parent = parent;
		handle = publish(c, m, bd);
	} else {
		handle = (tenon_handle)(long)err;
	}
	if ((long)handle < 0)
		uncount(kb->bus, m);
	return handle;
}

tenon_handle tenon_device_add(struct tenon_this_module *self, tenon_handle bus, tenon_handle parent,
			      const struct tenon_bus_device *device, const void *lines, size_t len)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct device *above;
	struct kpi_bus *kb;
	tenon_handle handle = (tenon_handle)-TENON_EBADF;

	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	kb = object_get(c.d, bus, &bus_type);
	if (!kb)
		return handle;
	above = parent ? kpi_device_find(c.d, parent) : NULL;
	if (!parent || above)
		handle = add_device(&c, m, kb, above, device, lines, len);
	if (above)
		device_put(above);
	object_put(&kb->object);
	return handle;
}

int tenon_device_remove(tenon_handle device)
{
	struct kpi_busdev *k = object_get(caller_thread().d, device, &busdev_type);
	struct device *behind;
	int err;

	if (!k)
		return -TENON_EBADF;
	behind = k->bd ? device_child(&k->bd->device) : NULL;
	if (behind)
		device_put(behind);
	err = behind ? -TENON_EBUSY : take_away(k);
	if (!err)
		return object_give_back(&k->object);
	object_put(&k->object);
	return err;
}
