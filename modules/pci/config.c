// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Configuration space in memory (PCI Express Base 3.0, 7.2.2), 1 MiB a bus, mapped when a bus is first looked at. */
#include "pci.h"

#define CAPABILITIES_MAX 48 /* as many as there is room for: a list that is longer is a cycle */
#define CAPABILITIES_FIRST 0x40

bool config_open(struct host *host, unsigned int at)
{
	uint8_t bus = (uint8_t)(at >> 8);
	unsigned int first = host->first >> 8 & 0xff;
	struct tenon_mmio m;
	tenon_handle mmio;

	if (host->bus[bus].registers)
		return true;
	if (bus < first)
		return false;
	mmio = tenon_mmio_map(THIS_MODULE, host->device, 0, (uint64_t)(bus - first) * PCI_BUS_BYTES, PCI_BUS_BYTES, &m);
	if (tenon_handle_error(mmio))
		return false;
	host->bus[bus].mmio = mmio;
	host->bus[bus].registers = m.address;
	return true;
}

void config_close(struct host *host)
{
	for (unsigned int i = 0; i < sizeof(host->bus) / sizeof(*host->bus); i++)
		if (host->bus[i].mmio)
			tenon_mmio_unmap(host->bus[i].mmio);
}

static volatile uint8_t *register_at(const struct host *host, unsigned int at, unsigned int off)
{
	return host->bus[at >> 8 & 0xff].registers + ((at & 0xff) << 12) + off;
}

uint32_t config_read(const struct host *host, unsigned int at, unsigned int off, unsigned int bytes)
{
	volatile uint8_t *p = register_at(host, at, off);

	return bytes == 4 ? *(volatile uint32_t *)p : bytes == 2 ? *(volatile uint16_t *)p : *p;
}

void config_write(const struct host *host, unsigned int at, unsigned int off, unsigned int bytes, uint32_t value)
{
	volatile uint8_t *p = register_at(host, at, off);

	if (bytes == 4)
		*(volatile uint32_t *)p = value;
	else if (bytes == 2)
		*(volatile uint16_t *)p = (uint16_t)value;
	else
		*p = (uint8_t)value;
}

unsigned int config_capability(const struct host *host, unsigned int at, uint8_t kind)
{
	unsigned int off;

	if (!(config_read(host, at, PCI_STATUS, 2) & PCI_STATUS_CAPABILITIES))
		return 0;
	off = config_read(host, at, PCI_CAPABILITIES, 1) & ~3u;
	for (unsigned int i = 0; i < CAPABILITIES_MAX && off >= CAPABILITIES_FIRST; i++) {
		if (config_read(host, at, off, 1) == kind)
			return off;
		off = config_read(host, at, off + 1, 1) & ~3u;
	}
	return 0;
}
