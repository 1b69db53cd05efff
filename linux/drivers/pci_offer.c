// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linux's drivers for PCI as drivers of our kernel: those that a module has registered in its init, with their tables,
 * until it goes. One without a table, or with more ids than the kernel takes, serves what Linux's own buses have.
 */
#include <linux/device/bus.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "linux/glue.h"

struct offer {
	struct list_head list;
	struct module *mod;
	void *added;
	struct lx_pci_id ids[];
};

static LIST_HEAD(offers);
static DEFINE_MUTEX(offers_lock);

static unsigned int count(const struct pci_device_id *id)
{
	unsigned int cnt = 0;

	for (; id && (id->vendor || id->subvendor || id->class_mask); id++)
		cnt++;
	return cnt;
}

static struct offer *describe(const struct pci_driver *driver, unsigned int cnt)
{
	struct offer *o = kzalloc(struct_size(o, ids, cnt), GFP_KERNEL);

	for (unsigned int i = 0; o && i < cnt; i++) {
		const struct pci_device_id *id = &driver->id_table[i];

		o->ids[i] = (struct lx_pci_id){ .vendor = id->vendor,
						.device = id->device,
						.subvendor = id->subvendor,
						.subdevice = id->subdevice,
						.class = id->class,
						.class_mask = id->class_mask };
	}
	return o;
}

/* Its devices are probed before this returns. */
static int offer(struct device_driver *drv, void *arg)
{
	struct pci_driver *driver = to_pci_driver(drv);
	struct module *mod = arg;
	unsigned int cnt = drv->owner == mod ? count(driver->id_table) : 0;
	struct offer *o = cnt ? describe(driver, cnt) : NULL;

	if (!o)
		return 0;
	o->mod = mod;
	o->added = lx_pci_driver_add(driver->name, o->ids, cnt, mod, driver);
	if (!o->added) {
		kfree(o);
		return 0;
	}
	mutex_lock(&offers_lock);
	list_add(&o->list, &offers);
	mutex_unlock(&offers_lock);
	return 0;
}

void linux_pci_drivers_offer(struct module *mod)
{
	bus_for_each_drv(&pci_bus_type, NULL, mod, offer);
}

/* A last one of the module's, out of the list. */
static struct offer *take(const struct module *mod)
{
	struct offer *o, *found = NULL;

	mutex_lock(&offers_lock);
	list_for_each_entry(o, &offers, list)
		if (o->mod == mod)
			found = o;
	if (found)
		list_del(&found->list);
	mutex_unlock(&offers_lock);
	return found;
}

void linux_pci_drivers_withdraw(struct module *mod)
{
	struct offer *o;

	while ((o = take(mod))) {
		lx_pci_driver_remove(o->added);
		kfree(o);
	}
}
