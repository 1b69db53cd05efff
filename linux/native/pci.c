// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drivers of Linux's for devices of our kernel. A driver is offered with Linux's own table of ids; each function that the
 * kernel gives to it is put on a bus of Linux's (drivers/pci_bus.c). Its registers are mapped in the name of the driver's
 * module, and it reaches one pool of memory, through which Linux's buffers pass (drivers/dma.c): where the machine has an
 * IOMMU, nothing else.
 *
 * Our kernel gives drivers messages for interrupts and no lines, and those drivers want lines. So a thread of each
 * function calls what Linux's driver would do in its interrupt: often while there was something to be done, and then less
 * and less.
 */
#include "linux/native/native.h"
#include "linux/native/pci.h"
#include "tenon/device_id.h"

#define POOL_BYTES (4u << 20) /* drivers keep up to 1,024 buffers to be filled */
#define PAGE_BYTES 4096u
#define POOL_PAGES (POOL_BYTES / PAGE_BYTES)
#define SOON_NS 250000u
#define LATE_NS 4000000u /* a tick of Linux's */

_Static_assert(sizeof(struct lx_pci_id) == sizeof(struct pci_device_id), "one is the other");

struct driver {
	struct driver *next;
	tenon_handle handle;
	const char *name;
	const struct lx_pci_id *ids;
	unsigned int id_cnt;
	struct module *owner;
	void *in_linux;
};

struct function {
	struct lx_pci pci;
	struct driver *driver;
	tenon_handle device, bar[LX_PCI_BARS], buffer, dma, thread;
	uint64_t bus[POOL_PAGES];
	struct interface *interfaces;
};

static struct driver *drivers; /* newest first */
static int drivers_lock;

/* ---- which of Linux's drivers is meant --------------------------------------------------------------------------- */

static bool is(uint32_t wanted, uint32_t value)
{
	return wanted == PCI_ANY_ID || wanted == value;
}

/* It has vendor, device, class and subsystem in the first 0x30 bytes of configuration space (PCI Local Bus 3.0, 6.1). */
static bool fits(const struct lx_pci_id *id, const uint32_t config[12])
{
	return is(id->vendor, config[0] & 0xffff) && is(id->device, config[0] >> 16) &&
	       is(id->subvendor, config[11] & 0xffff) && is(id->subdevice, config[11] >> 16) &&
	       !((id->class ^ config[2] >> 8) & id->class_mask);
}

/* The kernel has found that entry @id_idx of a driver's table means @device, and says no more. NULL: none of ours. */
static struct driver *find_driver(tenon_handle device, unsigned int id_idx)
{
	uint32_t config[12];
	struct driver *d;

	if (tenon_pci_config_read(device, 0, config, sizeof(config)) < 0)
		return NULL;
	brief_lock(&drivers_lock);
	for (d = drivers; d && (id_idx >= d->id_cnt || !fits(&d->ids[id_idx], config)); d = d->next)
		;
	brief_unlock(&drivers_lock);
	return d;
}

/* ---- what it has ------------------------------------------------------------------------------------------------- */

/* The kernel's own domain runs where instructions for ports do what they say; another one's trap (kernel/traps.c). */
static bool has_ports(void)
{
	uint16_t cs;

	__asm__("movw %%cs, %0" : "=r"(cs));
	return !(cs & 3);
}

/* What cannot be had is not there for the driver, who says which it misses. */
static void map_registers(struct function *f)
{
	struct tenon_this_module *owner = (struct tenon_this_module *)f->driver->owner;
	struct tenon_mmio m;

	for (uint32_t i = 0; i < LX_PCI_BARS; i++) {
		tenon_handle h = tenon_mmio_map(owner, f->device, i, 0, 0, &m);

		if (tenon_handle_error(h))
			continue;
		f->bar[i] = h;
		f->pci.bar[i].address = m.address;
		f->pci.bar[i].bytes = m.bytes;
	}
}

static int make_pool(struct function *f)
{
	struct tenon_buffer b;
	int err;

	f->buffer = tenon_buffer_create(THIS_MODULE, POOL_BYTES, &b);
	err = tenon_handle_error(f->buffer);
	if (err) {
		f->buffer = 0;
		return err;
	}
	f->dma = tenon_dma_map(THIS_MODULE, f->device, f->buffer);
	err = tenon_handle_error(f->dma);
	if (err) {
		f->dma = 0;
		return err;
	}
	for (uint32_t i = 0; i < POOL_PAGES; i += TENON_DMA_BYTES / sizeof(*f->bus))
		if (tenon_dma_addresses(f->dma, i, &f->bus[i], TENON_DMA_BYTES) != TENON_DMA_BYTES)
			return -TENON_EIO;
	f->pci.memory = b.address;
	f->pci.bus = (unsigned long long *)f->bus;
	f->pci.page_cnt = POOL_PAGES;
	return 0;
}

static void give_back(struct function *f)
{
	if (f->thread) {
		tenon_thread_stop(f->thread);
		tenon_thread_join(f->thread, NEVER_NS);
	}
	interfaces_free(f->interfaces);
	if (f->dma)
		tenon_dma_unmap(f->dma);
	if (f->buffer)
		tenon_buffer_destroy(f->buffer);
	for (int i = 0; i < LX_PCI_BARS; i++)
		if (f->bar[i])
			tenon_mmio_unmap(f->bar[i]);
	tenon_free(f);
}

/* ---- its thread -------------------------------------------------------------------------------------------------- */

static long interrupt(void *arg)
{
	return linux_pci_interrupt(arg);
}

static void poll(void *arg)
{
	struct function *f = arg;
	uint64_t pause = SOON_NS;

	while (tenon_sleep_until(tenon_clock_ns() + pause) != -TENON_EINTR) {
		bool busy = lx_on_cpu(interrupt, &f->pci) > 0;

		pause = busy ? SOON_NS : pause * 2 < LATE_NS ? pause * 2 : LATE_NS;
		interfaces_look(__atomic_load_n(&f->interfaces, __ATOMIC_ACQUIRE));
	}
}

/* ---- probe and remove -------------------------------------------------------------------------------------------- */

static long add(void *arg)
{
	struct function *f = arg;

	return linux_pci_add(&f->pci, f->driver->in_linux);
}

static long take_out(void *arg)
{
	linux_pci_remove(arg);
	return 0;
}

/* Linux's driver must not meet the pool or the registers when they have gone, so it leaves first. */
static void leave(struct function *f)
{
	interfaces_withdraw(f->interfaces);
	lx_on_cpu(take_out, &f->pci);
}

static int start(struct function *f)
{
	struct interface *interfaces = NULL;
	int err = make_pool(f);

	if (err)
		return err;
	f->thread = tenon_thread_create(THIS_MODULE, poll, f, "linux-irq");
	err = tenon_handle_error(f->thread);
	if (err) {
		f->thread = 0;
		return err;
	}
	err = (int)lx_on_cpu(add, f);
	if (err)
		return err;
	err = interfaces_offer(&f->pci, &interfaces);
	__atomic_store_n(&f->interfaces, interfaces, __ATOMIC_RELEASE);
	if (err)
		leave(f);
	return err;
}

static int probe(tenon_handle device, struct tenon_driver_probe *p)
{
	struct driver *d = find_driver(device, p->id_idx);
	struct function *f = d ? tenon_alloc(THIS_MODULE, sizeof(*f)) : NULL;
	int err;

	if (!f)
		return d ? -TENON_ENOMEM : -TENON_ENODEV;
	*f = (struct function){ .pci = { .at = p->identity, .ports = has_ports() }, .device = device, .driver = d };
	f->pci.host = f;
	map_registers(f);
	err = start(f);
	if (err) {
		pr_err("%s does not serve %04x:%02x:%02x.%x: error %d\n", d->name, p->identity >> 16,
		       p->identity >> 8 & 0xff, p->identity >> 3 & 31, p->identity & 7, -err);
		give_back(f);
		return err;
	}
	p->data = f;
	return 0;
}

static void remove(tenon_handle device, void *data)
{
	struct function *f = data;

	(void)device;
	leave(f);
	give_back(f);
}

int lx_pci_config_read(const struct lx_pci *p, unsigned int off, void *to, unsigned int len)
{
	const struct function *f = p->host;
	long done = tenon_pci_config_read(f->device, off, to, len);

	return done < 0 ? (int)done : 0;
}

/* ---- drivers ----------------------------------------------------------------------------------------------------- */

static void unlist(struct driver *d)
{
	struct driver **at = &drivers;

	brief_lock(&drivers_lock);
	while (*at != d)
		at = &(*at)->next;
	*at = d->next;
	brief_unlock(&drivers_lock);
}

/* Not where a host has no devices of PCI. */
void *lx_pci_driver_add(const char *name, const struct lx_pci_id *ids, unsigned int cnt, struct module *owner,
			void *in_linux)
{
	static const struct tenon_driver_ops ops = { .probe = probe, .remove = remove };
	struct driver *d = tenon_driver_register ? tenon_alloc(THIS_MODULE, sizeof(*d)) : NULL;
	void *task;
	int err;

	if (!d)
		return NULL;
	*d = (struct driver){ .name = name, .ids = ids, .id_cnt = cnt, .owner = owner, .in_linux = in_linux };
	task = lx_park();
	brief_lock(&drivers_lock);
	d->next = drivers;
	drivers = d; /* probe is called before it is registered */
	brief_unlock(&drivers_lock);
	d->handle = tenon_driver_register(THIS_MODULE, name, "pci", ids, cnt * sizeof(*ids), &ops);
	err = tenon_handle_error(d->handle);
	if (err) {
		pr_warn("%s: no driver of the kernel's devices: error %d\n", name, -err);
		unlist(d);
		tenon_free(d);
	}
	lx_unpark(task, -1);
	return err ? NULL : d;
}

void lx_pci_driver_remove(void *added)
{
	struct driver *d = added;
	void *task = lx_park();

	tenon_driver_unregister(d->handle);
	unlist(d);
	tenon_free(d);
	lx_unpark(task, -1);
}
