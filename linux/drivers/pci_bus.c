// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buses of Linux's PCI core for functions that our kernel gives to Linux's drivers (native/pci.c). Configuration space is
 * the kernel's, who has set up what a driver may use: what a driver writes to the header stays here and is read again,
 * and beyond it nothing can be written. So a function has no messages for interrupts, but a line.
 *
 * Registers in memory are mapped already, and Linux's physical addresses are its virtual ones: a resource says where they
 * are.
 *
 * Functions and buses are listed under pci_rescan_remove_lock, as in Linux; registers' list has its own lock.
 */
#include <linux/dma-map-ops.h>
#include <linux/ioport.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/list.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "linux/glue.h"
#include "linux/drivers/drivers.h"
#include "linux/kernel/kernel.h"
#include "linux/versions.h"

#define HEADER_BYTES 64
#define PORTS_MAX 256 /* PCI Local Bus 3.0, 6.2.5.1 */

struct host {
	struct pci_sysdata sysdata; /* first: Linux reads it there */
	struct list_head list;
	struct pci_bus *bus;
	unsigned int at; /* segment << 8 | bus */
};

struct function {
	struct list_head list;
	struct lx_pci *p;
	struct host *host;
	struct pci_dev *dev;
	struct pool *pool;
	unsigned int irq;
	bool handled; /* the last time, by its driver */
	u8 header[HEADER_BYTES];
};

static LIST_HEAD(hosts);
static LIST_HEAD(functions);
static arch_spinlock_t functions_lock = __ARCH_SPIN_LOCK_UNLOCKED;

/* ---- configuration space ----------------------------------------------------------------------------------------- */

static struct function *find(struct pci_bus *bus, unsigned int devfn)
{
	const struct host *host = bus->sysdata;
	struct function *f, *found = NULL;

	arch_spin_lock(&functions_lock);
	list_for_each_entry(f, &functions, list)
		if (f->p->at == (host->at << 8 | devfn))
			found = f;
	arch_spin_unlock(&functions_lock);
	return found;
}

static int read_config(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *value)
{
	struct function *f = find(bus, devfn);

	*value = ~0u;
	if (!f)
		return PCIBIOS_DEVICE_NOT_FOUND;
	*value = 0;
	if (where + size <= HEADER_BYTES)
		memcpy(value, f->header + where, size);
	else if (lx_pci_config_read(f->p, where, value, size))
		return PCIBIOS_BAD_REGISTER_NUMBER;
	return PCIBIOS_SUCCESSFUL;
}

/* Those that say how it works, and not what it is or where. */
static bool may_write(int where)
{
	return where == PCI_COMMAND || where == PCI_COMMAND + 1 || where == PCI_CACHE_LINE_SIZE ||
	       where == PCI_LATENCY_TIMER || where == PCI_INTERRUPT_LINE;
}

static int write_config(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 value)
{
	struct function *f = find(bus, devfn);

	if (!f)
		return PCIBIOS_DEVICE_NOT_FOUND;
	for (int i = 0; i < size; i++) {
		if (where + i >= HEADER_BYTES || !may_write(where + i))
			return PCIBIOS_BAD_REGISTER_NUMBER;
		f->header[where + i] = (u8)(value >> 8 * i);
	}
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops config_ops = { .read = read_config, .write = write_config };

/* ---- what it has ------------------------------------------------------------------------------------------------- */

bool linux_pci_has(unsigned long long address, unsigned long bytes)
{
	struct function *f;
	bool has = false;

	arch_spin_lock(&functions_lock);
	list_for_each_entry(f, &functions, list)
		for (int i = 0; i < LX_PCI_BARS && !has; i++) {
			unsigned long off = address - (unsigned long)f->p->bar[i].address;

			has = f->p->bar[i].address && off < f->p->bar[i].bytes && bytes <= f->p->bar[i].bytes - off;
		}
	arch_spin_unlock(&functions_lock);
	return has;
}

struct pci_dev *linux_pci_dev(const struct lx_pci *p)
{
	return ((struct function *)p->in_linux)->dev;
}

/* Is it one of ours, whose base address registers Linux is not to look at? */
bool linux_pci_is_ours(const struct pci_dev *dev)
{
	return dev->bus->ops == &config_ops;
}

static u32 base_register(const struct function *f, int nr)
{
	u32 value;

	memcpy(&value, f->header + PCI_BASE_ADDRESS_0 + 4 * nr, sizeof(value));
	return value;
}

/* How many ports there are cannot be read without writing: as many as what they are aligned to allows. */
static void set_resource(struct function *f, int nr)
{
	u32 bar = base_register(f, nr), ports = bar & (u32)PCI_BASE_ADDRESS_IO_MASK;
	struct resource *r = &f->dev->resource[nr];

	if (f->p->bar[nr].address) {
		r->start = (resource_size_t)f->p->bar[nr].address;
		r->end = r->start + f->p->bar[nr].bytes - 1;
		r->flags = IORESOURCE_MEM | (bar & PCI_BASE_ADDRESS_MEM_PREFETCH ? IORESOURCE_PREFETCH : 0);
	} else if (bar & PCI_BASE_ADDRESS_SPACE_IO && ports && f->p->ports) {
		r->start = ports;
		r->end = ports + min_t(u32, ports & -ports, PORTS_MAX) - 1;
		r->flags = IORESOURCE_IO;
	}
	if (r->flags && pci_claim_resource(f->dev, nr))
		r->flags = 0;
}

/* ---- its interrupt ----------------------------------------------------------------------------------------------- */

/* A line that is looked at: while it is disabled it is not, and what it says stays. */
static void handle_line(struct irq_desc *desc)
{
	struct function *f = irq_desc_get_handler_data(desc);

	raw_spin_lock(&desc->lock);
	if (desc->action && !irqd_irq_disabled(&desc->irq_data) && !irqd_irq_inprogress(&desc->irq_data))
		f->handled = handle_irq_event(desc) != IRQ_NONE;
	raw_spin_unlock(&desc->lock);
}

static int make_irq(struct function *f)
{
	int irq = irq_alloc_desc(NUMA_NO_NODE);

	if (irq < 0)
		return irq;
	irq_set_chip(irq, &dummy_irq_chip);
	irq_set_handler_data(irq, f);
	irq_set_handler(irq, handle_line);
	irq_set_status_flags(irq, IRQ_IS_POLLED); /* that nobody had caused it is no mistake */
	irq_clear_status_flags(irq, IRQ_NOREQUEST);
	f->irq = irq;
	return 0;
}

bool linux_pci_interrupt(struct lx_pci *p)
{
	struct function *f;
	bool handled = false;

	rcu_read_lock();
	f = READ_ONCE(p->in_linux);
	if (f) {
		f->handled = false;
		linux_irq_run(f->irq);
		handled = f->handled;
	}
	rcu_read_unlock();
	return handled;
}

/* ---- coming and going -------------------------------------------------------------------------------------------- */

static struct host *host_get(unsigned int at)
{
	LIST_HEAD(windows);
	struct host *h;

	list_for_each_entry(h, &hosts, list)
		if (h->at == at)
			return h;
	h = kzalloc(sizeof(*h), GFP_KERNEL);
	if (!h)
		return NULL;
	h->at = at;
	h->sysdata.domain = at >> 8;
	h->sysdata.node = NUMA_NO_NODE;
	pci_add_resource(&windows, &ioport_resource);
	pci_add_resource(&windows, &iomem_resource);
	h->bus = pci_create_root_bus(NULL, at & 0xff, &config_ops, h, &windows);
	if (!h->bus) {
		pci_free_resource_list(&windows);
		kfree(h);
		return NULL;
	}
	h->bus->bus_flags |= PCI_BUS_FLAGS_NO_MSI;
	pci_cache_line_size = L1_CACHE_BYTES / sizeof(u32); /* as Linux's x86 sets it */
	list_add(&h->list, &hosts);
	return h;
}

/* With its last function. */
static void host_put(struct host *h)
{
	struct device *bridge = h->bus->bridge;

	if (!list_empty(&h->bus->devices))
		return;
	list_del(&h->list);
	pci_remove_root_bus(h->bus);
	put_device(bridge); /* the first reference, of pci_create_root_bus() */
	kfree(h);
}

static int add_device(struct function *f, const struct pci_driver *driver)
{
	struct pci_dev *dev = pci_scan_single_device(f->host->bus, f->p->at & 0xff);

	if (!dev)
		return -ENODEV;
	f->dev = dev;
	dev->irq = f->irq;
#if LINUX_SINCE(6, 12)
	if (device_set_driver_override(&dev->dev, driver->name))
		return -ENOMEM;
#else
	dev->driver_override = kstrdup(driver->name, GFP_KERNEL);
#endif
	linux_dma_use(dev, f->pool);
	for (int i = 0; i < LX_PCI_BARS; i++)
		set_resource(f, i);
	WRITE_ONCE(f->p->in_linux, f);
	pci_bus_add_device(dev);
	return dev->driver ? 0 : -ENODEV;
}

static void remove_device(struct function *f)
{
	if (f->dev)
		pci_stop_and_remove_bus_device(f->dev);
	WRITE_ONCE(f->p->in_linux, NULL);
	host_put(f->host);
	arch_spin_lock(&functions_lock);
	list_del(&f->list);
	arch_spin_unlock(&functions_lock);
	synchronize_rcu(); /* linux_pci_interrupt() */
}

static int add(struct function *f, const struct pci_driver *driver)
{
	int err;

	f->host = host_get(f->p->at >> 8);
	if (!f->host)
		return -ENOMEM;
	arch_spin_lock(&functions_lock);
	list_add(&f->list, &functions);
	arch_spin_unlock(&functions_lock);
	err = add_device(f, driver);
	if (err)
		remove_device(f);
	return err;
}

int linux_pci_add(struct lx_pci *p, void *driver)
{
	struct function *f = kzalloc(sizeof(*f), GFP_KERNEL);
	int err = -ENOMEM;

	if (!f)
		return err;
	f->p = p;
	f->pool = linux_dma_start(p);
	if (!f->pool)
		goto no_dma;
	err = lx_pci_config_read(p, 0, f->header, sizeof(f->header));
	if (!err)
		err = make_irq(f);
	if (err)
		goto no_irq;
	pci_lock_rescan_remove();
	err = add(f, driver);
	pci_unlock_rescan_remove();
	if (!err)
		return 0;
	irq_free_desc(f->irq);
no_irq:
	linux_dma_stop(f->pool);
no_dma:
	kfree(f);
	return err;
}

void linux_pci_remove(struct lx_pci *p)
{
	struct function *f = p->in_linux;

	pci_lock_rescan_remove();
	remove_device(f);
	pci_unlock_rescan_remove();
	irq_free_desc(f->irq);
	linux_dma_stop(f->pool);
	kfree(f);
}
