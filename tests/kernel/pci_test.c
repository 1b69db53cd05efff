// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* PCI functions in a configuration space that is made up, and some that could not be. */
#include <stdlib.h>
#include <string.h>

#include "kernel/device/pci.h"
#include "kernel/vfs/attr.h"
#include "tenon/device_id.h"
#include "tenon/errno.h"

#include "tests/kernel/host.h"
#include "tests/kernel/tree.h"
#include "tests/tap.h"

/* ---- the machine ------------------------------------------------------------------------------------------------- */

struct function {
	struct pci_address at;
	uint8_t bytes[256];
	uint64_t bar_bytes[6]; /* of a wide one both halves together; 0: there is none */
};

static struct function functions[16];
static unsigned function_cnt;

static struct function *find(struct pci_address at)
{
	for (unsigned i = 0; i < function_cnt; i++)
		if (!memcmp(&functions[i].at, &at, sizeof(at)))
			return &functions[i];
	return NULL;
}

bool pci_config_open(uint16_t segment, uint8_t bus)
{
	return !segment && bus < 4;
}

uint32_t pci_read(struct pci_address at, unsigned off, unsigned bytes)
{
	struct function *f = find(at);
	uint32_t value = UINT32_MAX;

	if (f)
		memcpy(&value, f->bytes + off, bytes);
	return bytes == 4 ? value : value & ((1u << 8 * bytes) - 1);
}

/* What a size mask lets through; the low bits say what it is and stay. */
static uint32_t bar_value(const struct function *f, unsigned bar, uint32_t value)
{
	uint32_t now;
	uint64_t mask = ~(f->bar_bytes[bar] - 1);

	memcpy(&now, f->bytes + PCI_BAR_0 + 4 * bar, 4);
	if (!f->bar_bytes[bar]) /* the upper half of a wide one, or none */
		return bar && f->bar_bytes[bar - 1] ? value & (uint32_t)(~(f->bar_bytes[bar - 1] - 1) >> 32) : 0;
	return (value & (uint32_t)mask & ~15u) | (now & 15);
}

void pci_write(struct pci_address at, unsigned off, unsigned bytes, uint32_t value)
{
	struct function *f = find(at);

	if (f && off >= PCI_BAR_0 && off < PCI_BAR_0 + 24)
		value = bar_value(f, (off - PCI_BAR_0) / 4, value);
	if (f)
		memcpy(f->bytes + off, &value, bytes);
}

void pci_command(const struct pci_device *dev, uint16_t set, uint16_t clear)
{
	pci_write(dev->at, PCI_COMMAND, 2, (pci_read(dev->at, PCI_COMMAND, 2) & ~(uint32_t)clear) | set);
}

struct bus pci_bus = { .name = "pci", .id_bytes = sizeof(struct pci_device_id), .match = pci_match };

static void put32(struct function *f, unsigned off, uint32_t value)
{
	memcpy(f->bytes + off, &value, 4);
}

static struct function *make(uint8_t bus, uint8_t slot, uint8_t function, uint32_t id, uint32_t class)
{
	struct function *f = &functions[function_cnt++];

	*f = (struct function){ .at = { .bus = bus, .slot = slot, .function = function } };
	put32(f, PCI_VENDOR, id);
	put32(f, PCI_REVISION, class << 8 | 3);
	return f;
}

static struct function *make_bridge(uint8_t bus, uint8_t slot, uint8_t below)
{
	struct function *f = make(bus, slot, 0, 0x00018086, 0x060400);

	f->bytes[PCI_HEADER_TYPE] = PCI_HEADER_BRIDGE;
	f->bytes[PCI_BUS_SECONDARY] = below;
	return f;
}

static void make_machine(void)
{
	struct function *f = make(0, 2, 0, 0x10421af4, 0x018000);

	put32(f, PCI_SUBSYSTEM_VENDOR, 0x00021234);
	put32(f, PCI_BAR_0, 0xfe000000);
	f->bar_bytes[0] = 4096;
	put32(f, PCI_BAR_0 + 16, 0xc000000c); /* 64 bits, prefetchable, above 4 GiB */
	put32(f, PCI_BAR_0 + 20, 0x00000080);
	f->bar_bytes[4] = 16384;
	put32(f, PCI_BAR_0 + 8, 0xc041);
	f->bar_bytes[2] = 32;
	f->bytes[PCI_HEADER_TYPE] = PCI_HEADER_MULTI;
	make(0, 2, 5, 0x00051af4, 0x020000);
	make(0, 3, 1, 0x00061af4, 0x020000); /* function 0 is not there, so nor is this */
	make_bridge(0, 4, 1);
	make(1, 0, 0, 0x00071af4, 0x020000);
	make_bridge(1, 1, 0);   /* leads back to where it came from */
	make_bridge(0, 5, 1);   /* as if another led there too */
	make_bridge(0, 6, 200); /* to where nothing can be read */
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void release(struct device *dev)
{
	(void)dev;
}

static struct device root = { .name = "pci0000:00", .release = release };

static void scan(void)
{
	pci_scan_bus(0, 0, &root);
	ok(!strcmp(names_in("/sys/bus/pci/devices"),
		   "0000:00:02.0 0000:00:02.5 0000:00:04.0 0000:00:05.0 0000:00:06.0 0000:01:00.0 0000:01:01.0"),
	   "each function is found once: %s", names_in("/sys/bus/pci/devices"));
	ok(!strcmp(path_again("/sys/bus/pci/devices/0000:01:00.0"),
		   "/sys/devices/pci0000:00/0000:00:04.0/0000:01:00.0"),
	   "what is behind a bridge stands below it");
	ok(!strcmp(text_of("/sys/bus/pci/devices/0000:00:02.0/modalias"),
		   "pci:v00001AF4d00001042sv00001234sd00000002bc01sc80i00\n"),
	   "the alias is Linux's");
	ok(!strcmp(text_of("/sys/bus/pci/devices/0000:00:02.0/resource"),
		   "0x00000000fe000000 0x00000000fe000fff 0x0000000000000200\n"
		   "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
		   "0x000000000000c040 0x000000000000c05f 0x0000000000000100\n"
		   "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
		   "0x00000080c0000000 0x00000080c0003fff 0x0000000000102200\n"
		   "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"),
	   "so are resources, of which addresses are as they were");
	ok(pci_read(functions[0].at, PCI_BAR_0, 4) == 0xfe000000 &&
	       pci_read(functions[0].at, PCI_BAR_0 + 20, 4) == 0x80,
	   "... in the device as well");
	ok(!(pci_read(functions[0].at, PCI_COMMAND, 2) & PCI_COMMAND_MASTER) &&
	       pci_read(functions[3].at, PCI_COMMAND, 2) & PCI_COMMAND_MASTER,
	   "no device uses memory by itself; a bridge passes on what may");
}

static void ids(void)
{
	const struct pci_device dev = { .vendor = 1, .id = 2, .subvendor = 3, .subid = 4, .class = 0x010203 };
	static const struct {
		struct pci_device_id id;
		bool fits;
	} cases[] = {
		{ { PCI_DEVICE(1, 2) }, true },
		{ { PCI_DEVICE(1, 3) }, false },
		{ { PCI_DEVICE(2, 2) }, false },
		{ { PCI_DEVICE(PCI_ANY_ID, 2) }, true },
		{ { .vendor = 1, .device = 2, .subvendor = 3, .subdevice = 4 }, true },
		{ { .vendor = 1, .device = 2, .subvendor = 3, .subdevice = 5 }, false },
		{ { .vendor = 1, .device = 2, .subvendor = 0, .subdevice = PCI_ANY_ID }, false },
		{ { PCI_DEVICE_CLASS(0x010200, 0xffff00) }, true },
		{ { PCI_DEVICE_CLASS(0x010200, 0xffffff) }, false },
	};
	unsigned wrong = 0;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		wrong += pci_match(&dev.device, &cases[i].id) != cases[i].fits;
	ok(!wrong, "tables of ids mean what they say (%u did not)", wrong);
}

static void capabilities(void)
{
	struct function *f = &functions[0];
	const struct pci_device dev = { .at = f->at };

	ok(!pci_capability(&dev, 9), "no capabilities");
	f->bytes[PCI_STATUS] = PCI_STATUS_CAPABILITIES;
	f->bytes[PCI_CAPABILITIES] = 0x50;
	f->bytes[0x50] = 5;
	f->bytes[0x51] = 0x60;
	f->bytes[0x60] = 9;
	f->bytes[0x61] = 0x50; /* round and round */
	ok(pci_capability(&dev, 9) == 0x60 && pci_capability(&dev, 5) == 0x50, "they are found by kind");
	ok(!pci_capability(&dev, 0x11), "a list without end ends");
	f->bytes[0x51] = 0x04;
	ok(!pci_capability(&dev, 9), "one that leads into the registers too");
}

int main(void)
{
	struct node *at;

	tree_begin(1 << 20);
	sysfs_init();
	make_dir("/sys");
	if (path_find(&tree_start, "/sys", PATH_FOLLOW, &at) || filesystem_mount("sysfs", "sysfs", "", 0, at))
		abort();
	node_put(at);
	device_model_init();
	make_machine();
	ok(!bus_register(&pci_bus) && !device_add(&root), "a bus and its root");
	scan();
	ids();
	capabilities();
	return tap_done();
}
