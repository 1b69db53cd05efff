// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The firmware's tables (ACPI 6.4, chapter 5): CPUs and interrupt controllers from MADT, power off and reset from FADT,
 * where PCI's configuration space is from MCFG (PCI Firmware 3.0, 4.1.2), the IOMMU from DMAR (VT-d 3.0, chapter 8).
 * There is no interpreter of AML; of it only the bytes of \_S5 are looked for, a package of constants by the
 * specification.
 */
#include "tenon/runtime.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/console.h"
#include "kernel/init.h"
#include "kernel/platform/pc/pc.h"

#define TABLE_BYTES_MAX (1u << 20)
#define SLEEP_TYPE_USUAL 5

struct acpi acpi = { .lapic = 0xfee00000, .sleep_type = SLEEP_TYPE_USUAL };

struct header {
	char signature[4];
	uint32_t bytes;
	uint8_t rest[28];
} __attribute__((packed));

struct address { /* 5.2.3.2 */
	uint8_t space, width, offset, access;
	uint64_t address;
} __attribute__((packed));

enum { MADT_LAPIC = 0, MADT_IOAPIC = 1, MADT_OVERRIDE = 2, MADT_LAPIC_ADDRESS = 5 };

static const struct header __init *map_table(uint64_t phys)
{
	const struct header *h = (const void *)device_map(phys, sizeof(*h));
	uint32_t bytes = h ? h->bytes : 0;

	if (bytes < sizeof(*h) || bytes > TABLE_BYTES_MAX)
		return NULL;
	return (const void *)device_map(phys, bytes);
}

static uint32_t __init read32(const void *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

/* ---- MADT -------------------------------------------------------------------------------------------------------- */

static void read_entry(const uint8_t *e)
{
	uint16_t flags;

	switch (e[0]) {
	case MADT_LAPIC:
		if (e[4] & 1 && acpi.cpu_cnt < sizeof(acpi.apic_id) / sizeof(*acpi.apic_id))
			acpi.apic_id[acpi.cpu_cnt++] = e[3];
		break;
	case MADT_IOAPIC:
		if (!acpi.ioapic) {
			acpi.ioapic = read32(e + 4);
			acpi.ioapic_base = read32(e + 8);
		}
		break;
	case MADT_OVERRIDE:
		if (e[3] >= 16)
			break;
		memcpy(&flags, e + 8, sizeof(flags));
		acpi.isa[e[3]].interrupt = read32(e + 4);
		acpi.isa[e[3]].low = (flags & 3) == 3;
		acpi.isa[e[3]].level = (flags >> 2 & 3) == 3;
		break;
	case MADT_LAPIC_ADDRESS:
		memcpy(&acpi.lapic, e + 4, sizeof(acpi.lapic));
		break;
	}
}

static void read_madt(const struct header *h)
{
	const uint8_t *p = (const uint8_t *)h;

	acpi.lapic = read32(p + 36);
	for (uint32_t off = 44; off + 2 <= h->bytes && p[off + 1] >= 2 && off + p[off + 1] <= h->bytes;
	     off += p[off + 1])
		read_entry(p + off);
}

/* ---- FADT -------------------------------------------------------------------------------------------------------- */

/* NAME "_S5_", PACKAGE, its length, count, then a byte constant: 20.2.5.4 */
static void read_s5(const struct header *dsdt)
{
	const uint8_t *p = (const uint8_t *)dsdt;

	for (uint32_t i = sizeof(*dsdt); i + 12 <= dsdt->bytes; i++) {
		const uint8_t *q = p + i + 5;

		if (p[i - 1] != 0x08 || memcmp(p + i, "_S5_\x12", 5))
			continue;
		q += (*q >> 6) + 2; /* package length and count of elements */
		if (*q == 0x0a)     /* a byte follows; else 0 or 1 stand for themselves */
			q++;
		acpi.sleep_type = *q & 7;
		return;
	}
}

static void read_fadt(const struct header *h)
{
	const uint8_t *p = (const uint8_t *)h;
	struct address a;
	const struct header *dsdt = map_table(read32(p + 40));

	if (dsdt)
		read_s5(dsdt);
	acpi.pm1a_control = (uint16_t)read32(p + 64);
	acpi.pm1b_control = (uint16_t)read32(p + 68);
	if (h->bytes >= 129 && read32(p + 112) & 1 << 10) {
		memcpy(&a, p + 116, sizeof(a));
		acpi.reset = a.address;
		acpi.reset_in_memory = a.space == 0;
		acpi.reset_value = p[128];
	}
	if (h->bytes >= 256 && read32(p + 112) & 1 << 20) { /* hardware-reduced */
		memcpy(&a, p + 244, sizeof(a));
		acpi.sleep_control = a.address;
		acpi.sleep_in_memory = a.space == 0;
		acpi.pm1a_control = acpi.pm1b_control = 0;
	}
}

/* ---- MCFG -------------------------------------------------------------------------------------------------------- */

enum { MCFG_FIRST = 44, MCFG_ENTRY_BYTES = 16 };

static void read_mcfg(const struct header *h)
{
	const uint8_t *p = (const uint8_t *)h;

	for (uint32_t off = MCFG_FIRST; off + MCFG_ENTRY_BYTES <= h->bytes; off += MCFG_ENTRY_BYTES) {
		struct acpi_pci *space = &acpi.pci[acpi.pci_cnt];

		if (acpi.pci_cnt == sizeof(acpi.pci) / sizeof(*acpi.pci))
			break;
		memcpy(&space->base, p + off, sizeof(space->base));
		memcpy(&space->segment, p + off + 8, sizeof(space->segment));
		space->bus_first = p[off + 10];
		space->bus_last = p[off + 11];
		acpi.pci_cnt += space->bus_first <= space->bus_last;
	}
}

/* ---- DMAR -------------------------------------------------------------------------------------------------------- */

enum { DMAR_FLAGS = 37, DMAR_FIRST = 48, DMAR_UNIT = 0, UNIT_SCOPES = 16, UNIT_ALL = 1 };
enum { SCOPE_BYTES = 8, SCOPE_BRIDGE = 2, SCOPE_IOAPIC = 3 };

/* Those that lie behind several bridges are left out: the first of these has a scope, too. */
static void read_scope(const uint8_t *scope)
{
	uint16_t source = (uint16_t)(scope[5] << 8 | (scope[6] & 31) << 3 | (scope[7] & 7));

	if (scope[1] != SCOPE_BYTES)
		return;
	if (scope[0] == SCOPE_IOAPIC) {
		acpi.iommu_ioapic = source;
		acpi.iommu_remaps = true;
	} else if (scope[0] <= SCOPE_BRIDGE &&
		   acpi.iommu_scope_cnt < sizeof(acpi.iommu_scope) / sizeof(*acpi.iommu_scope)) {
		acpi.iommu_scope[acpi.iommu_scope_cnt++] =
		    (struct acpi_scope){ .source = source, .bridge = scope[0] == SCOPE_BRIDGE };
	}
}

static void read_unit(const uint8_t *unit, uint16_t bytes)
{
	acpi.iommu_all = unit[4] & UNIT_ALL;
	for (uint16_t off = UNIT_SCOPES; off + SCOPE_BYTES <= bytes && unit[off + 1] >= SCOPE_BYTES;
	     off = (uint16_t)(off + unit[off + 1]))
		read_scope(unit + off);
}

/* Of several units none is used. */
static void read_dmar(const struct header *h)
{
	const uint8_t *p = (const uint8_t *)h;
	unsigned units = 0;
	uint16_t bytes;

	for (uint32_t off = DMAR_FIRST; off + UNIT_SCOPES <= h->bytes; off += bytes) {
		memcpy(&bytes, p + off + 2, sizeof(bytes));
		if (bytes < 4 || bytes > h->bytes - off)
			return;
		if (p[off] != DMAR_UNIT || p[off + 1] || bytes < UNIT_SCOPES)
			continue;
		memcpy(&acpi.iommu, p + off + 8, sizeof(acpi.iommu));
		if (units++ || !(p[DMAR_FLAGS] & 1))
			acpi.iommu = 0;
		read_unit(p + off, bytes);
	}
}

/* ---- finding them ------------------------------------------------------------------------------------------------ */

static void read_table(uint64_t phys)
{
	const struct header *h = map_table(phys);

	if (h && !memcmp(h->signature, "APIC", 4))
		read_madt(h);
	else if (h && !memcmp(h->signature, "FACP", 4))
		read_fadt(h);
	else if (h && !memcmp(h->signature, "MCFG", 4))
		read_mcfg(h);
	else if (h && !memcmp(h->signature, "DMAR", 4))
		read_dmar(h);
}

static const uint8_t *find_rsdp(uint64_t rsdp)
{
	const uint8_t *low;

	if (rsdp)
		return (const uint8_t *)device_map(rsdp, 36);
	low = (const uint8_t *)device_map(0xe0000, 0x20000); /* 5.2.5.1 */
	for (uint32_t off = 0; low && off < 0x20000; off += 16)
		if (!memcmp(low + off, "RSD PTR ", 8))
			return low + off;
	return NULL;
}

void __init acpi_init(uint64_t rsdp)
{
	const uint8_t *r = find_rsdp(rsdp);
	const struct header *list;
	bool wide;
	uint64_t at = 0;

	for (unsigned i = 0; i < 16; i++)
		acpi.isa[i].interrupt = i;
	if (!r)
		machine_refuse("this machine has no ACPI tables");
	wide = r[15] >= 2;
	memcpy(&at, wide ? r + 24 : r + 16, wide ? 8 : 4);
	list = map_table(at);
	for (uint32_t off = sizeof(*list); list && off + (wide ? 8 : 4) <= list->bytes; off += wide ? 8 : 4) {
		at = 0;
		memcpy(&at, (const uint8_t *)list + off, wide ? 8 : 4);
		read_table(at);
	}
	if (!acpi.cpu_cnt || !acpi.ioapic)
		machine_refuse("this machine's ACPI tables name no %s", acpi.ioapic ? "CPU" : "IOAPIC");
}
