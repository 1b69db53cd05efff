// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Finding PCI functions, over pci_read() and pci_write() alone. What a device says is not believed before it is checked. */
#include "kernel/device/pci.h"

#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "tenon/device_id.h"
#include "tenon/runtime.h"

#define SLOTS 32
#define FUNCTIONS 8
#define DEPTH_MAX 16          /* of bridges behind bridges */
#define CAPABILITIES_MAX 48   /* as many as there is room for: a list that is longer is a cycle */
#define CAPABILITIES_FIRST 0x40

/* ---- one function ------------------------------------------------------------------------------------------------ */

unsigned pci_capability(const struct pci_device *dev, uint8_t kind)
{
	unsigned off;

	if (!(pci_read(dev->at, PCI_STATUS, 2) & PCI_STATUS_CAPABILITIES))
		return 0;
	off = pci_read(dev->at, PCI_CAPABILITIES, 1) & ~3u;
	for (unsigned i = 0; i < CAPABILITIES_MAX && off >= CAPABILITIES_FIRST; i++) {
		if (pci_read(dev->at, off, 1) == kind)
			return off;
		off = pci_read(dev->at, off + 1, 1) & ~3u;
	}
	return 0;
}

/*
 * How large is it? All bits are written, and those that stay 0 say it (6.2.5.1); decoding is off meanwhile. Return: how
 * many registers it took.
 */
static unsigned read_bar(struct pci_device *dev, unsigned index)
{
	struct pci_bar *bar = &dev->bar[index];
	unsigned off = PCI_BAR_0 + 4 * index;
	uint32_t low = pci_read(dev->at, off, 4), high = 0;
	uint64_t mask, value;

	bar->io = low & 1;
	bar->wide = !bar->io && (low & 6) == 4 && index + 1 < PCI_BAR_CNT;
	bar->prefetchable = !bar->io && low & 8;
	pci_write(dev->at, off, 4, UINT32_MAX);
	mask = pci_read(dev->at, off, 4) | 0xffffffff00000000ull;
	pci_write(dev->at, off, 4, low);
	if (bar->wide) {
		high = pci_read(dev->at, off + 4, 4);
		pci_write(dev->at, off + 4, 4, UINT32_MAX);
		mask = (mask & UINT32_MAX) | (uint64_t)pci_read(dev->at, off + 4, 4) << 32;
		pci_write(dev->at, off + 4, 4, high);
	}
	value = (uint64_t)high << 32 | low;
	mask &= bar->io ? ~3ull : ~15ull;
	bar->address = value & (bar->io ? ~3ull : ~15ull);
	if ((uint32_t)mask && bar->address)
		bar->bytes = bar->io ? (~mask + 1) & 0xffff : ~mask + 1;
	return bar->wide ? 2 : 1;
}

static void read_bars(struct pci_device *dev)
{
	unsigned cnt = dev->header == 0 ? PCI_BAR_CNT : dev->header == PCI_HEADER_BRIDGE ? 2 : 0;
	uint32_t command = pci_read(dev->at, PCI_COMMAND, 2);

	pci_write(dev->at, PCI_COMMAND, 2, command & ~(uint32_t)(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
	for (unsigned i = 0; i < cnt;)
		i += read_bar(dev, i);
	pci_write(dev->at, PCI_COMMAND, 2, command);
}

static void release(struct device *dev)
{
	heap_free(pci_of(dev));
}

static void name_device(struct pci_device *dev)
{
	struct device *d = &dev->device;

	tenon_snprintf(d->name, sizeof(d->name), "%04x:%02x:%02x.%x", dev->at.segment, dev->at.bus, dev->at.slot,
		       dev->at.function);
	tenon_snprintf(d->modalias, sizeof(d->modalias), "pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X", dev->vendor,
		       dev->id, dev->subvendor, dev->subid, dev->class >> 16, dev->class >> 8 & 0xff,
		       dev->class & 0xff);
}

struct pci_device *pci_probe(struct pci_address at)
{
	uint32_t id = pci_read(at, PCI_VENDOR, 4), class;
	struct pci_device *dev;

	if ((uint16_t)id == 0xffff || !(uint16_t)id)
		return NULL;
	dev = heap_alloc_zeroed(sizeof(*dev));
	if (!dev) {
		log_err("no memory for a PCI device");
		return NULL;
	}
	class = pci_read(at, PCI_REVISION, 4);
	dev->at = at;
	dev->vendor = (uint16_t)id;
	dev->id = (uint16_t)(id >> 16);
	dev->class = class >> 8;
	dev->revision = (uint8_t) class;
	dev->header = (uint8_t)(pci_read(at, PCI_HEADER_TYPE, 1) & ~(uint32_t)PCI_HEADER_MULTI);
	if (dev->header == 0) {
		dev->subvendor = (uint16_t)pci_read(at, PCI_SUBSYSTEM_VENDOR, 2);
		dev->subid = (uint16_t)pci_read(at, PCI_SUBSYSTEM, 2);
	} else if (dev->header == PCI_HEADER_BRIDGE) {
		dev->bus_below = (uint8_t)pci_read(at, PCI_BUS_SECONDARY, 1);
	}
	read_bars(dev);
	name_device(dev);
	dev->device.bus = &pci_bus;
	dev->device.attrs = pci_attrs;
	dev->device.describe = pci_describe;
	dev->device.release = release;
	return dev;
}

bool pci_match(const struct device *device, const void *entry)
{
	const struct pci_device *dev = (const struct pci_device *)device;
	struct pci_device_id id;

	memcpy(&id, entry, sizeof(id)); /* a module's table, of any alignment */
	return (id.vendor == PCI_ANY_ID || id.vendor == dev->vendor) &&
	       (id.device == PCI_ANY_ID || id.device == dev->id) &&
	       (id.subvendor == PCI_ANY_ID || id.subvendor == dev->subvendor) &&
	       (id.subdevice == PCI_ANY_ID || id.subdevice == dev->subid) && !((id.class ^ dev->class) & id.class_mask);
}

/* ---- buses ------------------------------------------------------------------------------------------------------- */

static struct pci_device *add(struct pci_address at, struct device *parent)
{
	struct pci_device *dev = pci_probe(at);
	int err;

	if (!dev)
		return NULL;
	dev->device.parent = parent;
	if (dev->header == PCI_HEADER_BRIDGE)
		pci_command(dev, PCI_COMMAND_NO_INTX | PCI_COMMAND_MASTER,
			    0); /* it passes on what those behind it do */
	else
		pci_command(dev, PCI_COMMAND_NO_INTX, PCI_COMMAND_MASTER);
	err = device_add(&dev->device);
	if (!err)
		return dev;
	log_warn("pci %s: cannot be added: error %d", dev->device.name, -err);
	heap_free(dev);
	return NULL;
}

struct walk {
	struct device *parent;
	struct pci_address at;
};

/* The next place of a bus, functions above 0 only where function 0 says that there are any. Return: false: the end. */
static bool next_place(struct pci_address *at)
{
	bool multi = at->function || pci_read(*at, PCI_HEADER_TYPE, 1) & PCI_HEADER_MULTI;

	if (multi && pci_read(*at, PCI_VENDOR, 2) == 0xffff && !at->function)
		multi = false;
	at->function++;
	if (!multi || at->function == FUNCTIONS) {
		at->function = 0;
		at->slot++;
	}
	return at->slot < SLOTS;
}

/* Depth first, with a stack of its own: how deep bridges stand is the hardware's to say. */
void pci_scan_bus(uint16_t segment, uint8_t bus, struct device *parent)
{
	struct walk stack[DEPTH_MAX];
	uint32_t seen[8] = { 0 };
	unsigned depth = 1;

	if (!pci_config_open(segment, bus))
		return;
	stack[0] = (struct walk){ parent, { .segment = segment, .bus = bus } };
	seen[bus / 32] |= 1u << bus % 32;
	while (depth) {
		struct walk *w = &stack[depth - 1];
		struct pci_device *dev = add(w->at, w->parent);
		uint8_t below = dev ? dev->bus_below : 0;

		if (!next_place(&w->at))
			depth--;
		if (!below || seen[below / 32] & 1u << below % 32)
			continue;
		seen[below / 32] |= 1u << below % 32;
		if (depth == DEPTH_MAX || !pci_config_open(segment, below)) {
			log_warn("pci %s: the bus behind it cannot be reached", dev->device.name);
			continue;
		}
		stack[depth++] = (struct walk){ &dev->device, { .segment = segment, .bus = below } };
	}
}
