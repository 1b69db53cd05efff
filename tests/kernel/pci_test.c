// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The module of PCI over a configuration space that is made up, with functions in it that could not be. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules/pci/pci.h"

#include "tests/tap.h"

/* ---- the machine ------------------------------------------------------------------------------------------------- */

struct place {
	uint32_t at;
	uint8_t bytes[256];
	uint64_t bar_bytes[6]; /* of a wide one both halves together; 0: there is none */
};

static struct place places[16];
static unsigned place_cnt;

static struct place *find(uint32_t at)
{
	for (unsigned i = 0; i < place_cnt; i++)
		if (places[i].at == at)
			return &places[i];
	return NULL;
}

bool config_open(struct host *host, unsigned int at)
{
	(void)host;
	return at >> 8 < 4;
}

uint32_t config_read(const struct host *host, unsigned int at, unsigned off, unsigned bytes)
{
	struct place *p = find(at);
	uint32_t value = UINT32_MAX;

	(void)host;
	if (p)
		memcpy(&value, p->bytes + off, bytes);
	return bytes == 4 ? value : value & ((1u << 8 * bytes) - 1);
}

/* What a size mask lets through; the low bits say what it is and stay. */
static uint32_t bar_value(const struct place *p, unsigned bar, uint32_t value)
{
	uint32_t now;
	uint64_t mask = ~(p->bar_bytes[bar] - 1);

	memcpy(&now, p->bytes + PCI_BAR_0 + 4 * bar, 4);
	if (!p->bar_bytes[bar]) /* the upper half of a wide one, or none */
		return bar && p->bar_bytes[bar - 1] ? value & (uint32_t)(~(p->bar_bytes[bar - 1] - 1) >> 32) : 0;
	return (value & (uint32_t)mask & ~15u) | (now & 15);
}

void config_write(const struct host *host, unsigned int at, unsigned off, unsigned bytes, uint32_t value)
{
	struct place *p = find(at);

	(void)host;
	if (p && off >= PCI_BAR_0 && off < PCI_BAR_0 + 24)
		value = bar_value(p, (off - PCI_BAR_0) / 4, value);
	if (p)
		memcpy(p->bytes + off, &value, bytes);
}

static void put32(struct place *p, unsigned off, uint32_t value)
{
	memcpy(p->bytes + off, &value, 4);
}

static struct place *make(uint32_t bus, uint32_t slot, uint32_t function, uint32_t id, uint32_t class)
{
	struct place *p = &places[place_cnt++];

	*p = (struct place){ .at = bus << 8 | slot << 3 | function };
	put32(p, PCI_VENDOR, id);
	put32(p, PCI_REVISION, class << 8 | 3);
	return p;
}

static void make_bridge(uint32_t bus, uint32_t slot, uint8_t below)
{
	struct place *p = make(bus, slot, 0, 0x00018086, 0x060400);

	p->bytes[PCI_HEADER_TYPE] = PCI_HEADER_BRIDGE;
	p->bytes[PCI_BUS_SECONDARY] = below;
}

static void make_machine(void)
{
	struct place *p = make(0, 2, 0, 0x10421af4, 0x018000);

	put32(p, PCI_SUBSYSTEM_VENDOR, 0x00021234);
	put32(p, PCI_BAR_0, 0xfe000000);
	p->bar_bytes[0] = 4096;
	put32(p, PCI_BAR_0 + 16, 0xc000000c); /* 64 bits, prefetchable, above 4 GiB */
	put32(p, PCI_BAR_0 + 20, 0x00000080);
	p->bar_bytes[4] = 16384;
	put32(p, PCI_BAR_0 + 8, 0xc041);
	p->bar_bytes[2] = 32;
	p->bytes[PCI_HEADER_TYPE] = PCI_HEADER_MULTI;
	make(0, 2, 5, 0x00051af4, 0x020000);
	make(0, 3, 1, 0x00061af4, 0x020000); /* function 0 is not there, so nor is this */
	make_bridge(0, 4, 1);
	make(1, 0, 0, 0x00071af4, 0x020000);
	make_bridge(1, 1, 0);   /* leads back to where it came from */
	make_bridge(0, 5, 1);   /* as if another led there too */
	make_bridge(0, 6, 200); /* to where nothing can be read */
}

/* ---- the interface ----------------------------------------------------------------------------------------------- */

struct tenon_this_module __this_module;
tenon_handle pci_bus = 1;

static struct {
	struct tenon_bus_device is;
	tenon_handle parent;
	char lines[TENON_BUS_LINES_BYTES];
	bool gone;
} devices[16]; /* the handle is the index + 100 */
static unsigned device_cnt;
static uint32_t busy; /* of this identity: its driver does not let go */
static char names[512], removed[512];

tenon_handle tenon_device_add(struct tenon_this_module *self, tenon_handle bus, tenon_handle parent,
			      const struct tenon_bus_device *device, const void *lines, size_t len)
{
	(void)self;
	(void)bus;
	devices[device_cnt].is = *device;
	devices[device_cnt].parent = parent;
	memcpy(devices[device_cnt].lines, lines, len);
	strcat(strcat(names, (const char *)device->name), " ");
	return 100 + device_cnt++;
}

int tenon_device_remove(tenon_handle device)
{
	if (devices[device - 100].is.identity == busy)
		return -TENON_EBUSY;
	devices[device - 100].gone = true;
	strcat(strcat(removed, (const char *)devices[device - 100].is.name), " ");
	return 0;
}

void *tenon_alloc(struct tenon_this_module *self, size_t bytes)
{
	(void)self;
	return malloc(bytes);
}

void tenon_free(void *p)
{
	free(p);
}

int tenon_printk(int level, const char *format, ...)
{
	(void)level;
	(void)format;
	return 0;
}

static unsigned slots;

void slot_open(struct function *port)
{
	slots += port->header == PCI_HEADER_BRIDGE;
}

void slot_close(struct function *port)
{
	slots -= port->header == PCI_HEADER_BRIDGE;
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static struct host host = { .device = 99 };

static void scan(void)
{
	const struct tenon_bus_device *disk = &devices[0].is;

	scan_bus(&host, 0, NULL);
	ok(!strcmp(names,
		   "0000:00:02.0 0000:00:02.5 0000:00:04.0 0000:01:00.0 0000:01:01.0 0000:00:05.0 0000:00:06.0 "),
	   "each function is found once: %s", names);
	ok(devices[0].parent == 99 && devices[3].parent == 102, "what is behind a bridge stands below it");
	ok(!strcmp((const char *)disk->alias, "pci:v00001AF4d00001042sv00001234sd00000002bc01sc80i00"),
	   "the alias is Linux's: %s", (const char *)disk->alias);
	ok(!strcmp(devices[0].lines, "vendor=0x1af4\ndevice=0x1042\nsubsystem_vendor=0x1234\nsubsystem_device=0x0002\n"
				     "class=0x018000\nrevision=0x03\nirq=0\nPCI_CLASS=18000\nPCI_ID=1AF4:1042\n"
				     "PCI_SUBSYS_ID=1234:0002\nPCI_SLOT_NAME=0000:00:02.0\n"
				     "resource=0x00000000fe000000 0x00000000fe000fff 0x0000000000000200\n"
				     "resource=0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
				     "resource=0x000000000000c040 0x000000000000c05f 0x0000000000000100\n"
				     "resource=0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
				     "resource=0x00000080c0000000 0x00000080c0003fff 0x0000000000102200\n"
				     "resource=0x0000000000000000 0x0000000000000000 0x0000000000000000\n"),
	   "so are files, events and resources, of which addresses are as they were");
	ok(disk->identity == 0x10 && disk->address[0] == 0xfe000000 && disk->bytes[0] == 4096 && !disk->bytes[2] &&
	       disk->address[4] == 0x80c0000000 && disk->bytes[4] == 16384,
	   "the kernel learns the address, and where registers are in memory");
	ok(config_read(&host, 0x10, PCI_BAR_0, 4) == 0xfe000000 && config_read(&host, 0x10, PCI_BAR_0 + 20, 4) == 0x80,
	   "... and the device has them there");
	ok(!(config_read(&host, 0x10, PCI_COMMAND, 2) & PCI_COMMAND_MASTER) &&
	       config_read(&host, 0x20, PCI_COMMAND, 2) & PCI_COMMAND_MASTER,
	   "no device uses memory by itself; a bridge passes on what may");
	ok(slots == 4, "what happens behind bridges is watched: %u", slots);
}

static void leave(void)
{
	const struct function bridge = { 0 };

	ok(!functions_remove(&host, &bridge) && !*removed, "nothing is behind a bridge that is none");
	busy = 0x100;
	ok(functions_remove(&host, NULL) == -TENON_EBUSY && !strcmp(removed, "0000:00:06.0 0000:00:05.0 0000:01:01.0 "),
	   "what a driver does not let go of stays, and what it is behind: %s", removed);
	busy = UINT32_MAX;
	ok(!functions_remove(&host, NULL) &&
	       !strcmp(removed + 39, "0000:01:00.0 0000:00:04.0 0000:00:02.5 0000:00:02.0 "),
	   "the others leave later, a bridge after what is behind it: %s", removed + 39);
	ok(!slots, "nothing is watched any more");
}

int main(void)
{
	busy = UINT32_MAX;
	make_machine();
	scan();
	leave();
	return tap_done();
}
