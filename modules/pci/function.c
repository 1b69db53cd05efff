// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * One function: what it says of itself, which is not believed before it is checked, and how programs see it: in the forms of
 * Linux (Documentation/ABI/testing/sysfs-bus-pci).
 */
#include "pci.h"

static struct function *functions; /* newest first */

/* ---- what it is -------------------------------------------------------------------------------------------------- */

/*
 * How large is it? All bits are written, and those that stay 0 say it (6.2.5.1); decoding is off meanwhile. Return: how
 * many registers it took.
 */
static unsigned int read_bar(struct function *f, unsigned int index)
{
	struct bar *bar = &f->bar[index];
	unsigned int off = PCI_BAR_0 + 4 * index;
	uint32_t low = config_read(f->host, f->at, off, 4), high = 0;
	uint64_t mask, value;

	bar->io = low & 1;
	bar->wide = !bar->io && (low & 6) == 4 && index + 1 < TENON_BUS_RESOURCES;
	bar->prefetchable = !bar->io && low & 8;
	config_write(f->host, f->at, off, 4, UINT32_MAX);
	mask = config_read(f->host, f->at, off, 4) | 0xffffffff00000000ull;
	config_write(f->host, f->at, off, 4, low);
	if (bar->wide) {
		high = config_read(f->host, f->at, off + 4, 4);
		config_write(f->host, f->at, off + 4, 4, UINT32_MAX);
		mask = (mask & UINT32_MAX) | (uint64_t)config_read(f->host, f->at, off + 4, 4) << 32;
		config_write(f->host, f->at, off + 4, 4, high);
	}
	value = (uint64_t)high << 32 | low;
	mask &= bar->io ? ~3ull : ~15ull;
	bar->address = value & (bar->io ? ~3ull : ~15ull);
	if ((uint32_t)mask && bar->address)
		bar->bytes = bar->io ? (~mask + 1) & 0xffff : ~mask + 1;
	return bar->wide ? 2 : 1;
}

/* A bridge passes on what those behind it do; others do nothing by themselves until they have a driver that wants it. */
static void read_bars(struct function *f)
{
	unsigned int cnt = f->header == 0 ? TENON_BUS_RESOURCES : f->header == PCI_HEADER_BRIDGE ? 2 : 0;
	uint32_t command = config_read(f->host, f->at, PCI_COMMAND, 2) | PCI_COMMAND_NO_INTX | PCI_COMMAND_MASTER;

	if (f->header != PCI_HEADER_BRIDGE)
		command &= ~(uint32_t)PCI_COMMAND_MASTER;
	config_write(f->host, f->at, PCI_COMMAND, 2, command & ~(uint32_t)(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
	for (unsigned int i = 0; i < cnt;)
		i += read_bar(f, i);
	config_write(f->host, f->at, PCI_COMMAND, 2, command);
}

static void read_function(struct function *f, uint32_t id)
{
	uint32_t class = config_read(f->host, f->at, PCI_REVISION, 4), sub;

	f->vendor = (uint16_t)id;
	f->id = (uint16_t)(id >> 16);
	f->class = class >> 8;
	f->revision = (uint8_t) class;
	f->header = (uint8_t)(config_read(f->host, f->at, PCI_HEADER_TYPE, 1) & ~(uint32_t)PCI_HEADER_MULTI);
	if (f->header == 0) {
		sub = config_read(f->host, f->at, PCI_SUBSYSTEM_VENDOR, 4);
		f->subvendor = (uint16_t)sub;
		f->subid = (uint16_t)(sub >> 16);
	} else if (f->header == PCI_HEADER_BRIDGE) {
		f->bus_below = (uint8_t)config_read(f->host, f->at, PCI_BUS_SECONDARY, 1);
	}
	read_bars(f);
}

/* ---- how it is shown --------------------------------------------------------------------------------------------- */

enum { RESOURCE_IO = 0x100, RESOURCE_MEMORY = 0x200, RESOURCE_PREFETCH = 0x2000, RESOURCE_WIDE = 0x100000 };

static size_t describe_bar(const struct bar *bar, char *to, size_t size)
{
	unsigned long long address = bar->bytes ? bar->address : 0, last = bar->bytes ? address + bar->bytes - 1 : 0;
	unsigned int flags =
	    bar->io ? RESOURCE_IO :
		      RESOURCE_MEMORY | (bar->prefetchable ? RESOURCE_PREFETCH : 0) | (bar->wide ? RESOURCE_WIDE : 0);

	return (size_t)tenon_snprintf(to, size, "resource=0x%016llx 0x%016llx 0x%016x\n", address, last,
				      bar->bytes ? flags : 0);
}

/* Return: the length of the lines, which have room. */
static size_t describe(const struct function *f, struct tenon_bus_device *d, char lines[TENON_BUS_LINES_BYTES])
{
	size_t len;

	tenon_snprintf((char *)d->name, sizeof(d->name), "%04x:%02x:%02x.%x", f->at >> 16, f->at >> 8 & 0xff,
		       f->at >> 3 & 31, f->at & 7);
	tenon_snprintf((char *)d->alias, sizeof(d->alias), "pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X", f->vendor,
		       f->id, f->subvendor, f->subid, f->class >> 16, f->class >> 8 & 0xff, f->class & 0xff);
	len = (size_t)tenon_snprintf(lines, TENON_BUS_LINES_BYTES,
				     "vendor=0x%04x\ndevice=0x%04x\nsubsystem_vendor=0x%04x\nsubsystem_device=0x%04x\n"
				     "class=0x%06x\nrevision=0x%02x\nirq=%u\nPCI_CLASS=%X\nPCI_ID=%04X:%04X\n"
				     "PCI_SUBSYS_ID=%04X:%04X\nPCI_SLOT_NAME=%s\n",
				     f->vendor, f->id, f->subvendor, f->subid, f->class, f->revision,
				     (unsigned int)config_read(f->host, f->at, PCI_INTERRUPT_LINE, 1), f->class,
				     f->vendor, f->id, f->subvendor, f->subid, (const char *)d->name);
	for (unsigned int i = 0; i < TENON_BUS_RESOURCES; i++) {
		len += describe_bar(&f->bar[i], lines + len, TENON_BUS_LINES_BYTES - len);
		d->address[i] = f->bar[i].address;
		d->bytes[i] = f->bar[i].io ? 0 : f->bar[i].bytes;
	}
	return len;
}

/* ---- coming and going -------------------------------------------------------------------------------------------- */

static int add(struct function *f)
{
	struct tenon_bus_device d = { .size = sizeof(d), .identity = f->at };
	char lines[TENON_BUS_LINES_BYTES];
	size_t len = describe(f, &d, lines);
	tenon_handle above = f->parent ? f->parent->device : f->host->device;

	f->device = tenon_device_add(THIS_MODULE, pci_bus, above, &d, lines, len);
	return tenon_handle_error(f->device);
}

struct function *function_add(struct host *host, unsigned int at, struct function *parent)
{
	uint32_t id = config_read(host, at, PCI_VENDOR, 4);
	struct function *f;
	int err = -TENON_ENOMEM;

	if ((uint16_t)id == 0xffff || !(uint16_t)id)
		return NULL;
	f = tenon_alloc(THIS_MODULE, sizeof(*f));
	if (f) {
		*f = (struct function){ .host = host, .parent = parent, .at = at };
		read_function(f, id);
		err = add(f);
	}
	if (err) {
		pr_err("%04x:%02x:%02x.%x cannot be added: error %d\n", at >> 16, at >> 8 & 0xff, at >> 3 & 31, at & 7,
		       -err);
		tenon_free(f);
		return NULL;
	}
	f->next = functions;
	functions = f;
	slot_open(f);
	return f;
}

static bool is_behind(const struct function *f, const struct host *host, const struct function *bridge)
{
	while (f->parent && f->parent != bridge)
		f = f->parent;
	return f->host == host && f->parent == bridge;
}

int functions_remove(const struct host *host, const struct function *bridge)
{
	struct function **at = &functions, *f;
	int err = 0;

	while (!err && (f = *at) != NULL) {
		if (!is_behind(f, host, bridge)) {
			at = &f->next;
			continue;
		}
		err = tenon_device_remove(f->device);
		if (err)
			continue;
		slot_close(f);
		*at = f->next;
		tenon_free(f);
	}
	return err;
}
