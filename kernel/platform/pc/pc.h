/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The parts of a PC, for the boot and for each other. */
#ifndef KERNEL_PLATFORM_PC_PC_H
#define KERNEL_PLATFORM_PC_PC_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/log.h"

/* ---- serial.c ---- */
void serial_init(void);
void serial_interrupt(void);

/* ---- acpi.c: what the tables say ---- */

struct acpi_pci {      /* buses whose configuration space is in memory, 1 MiB each */
	uint64_t base; /* physical, where that of bus 0 is or would be */
	uint16_t segment;
	uint8_t bus_first, bus_last;
};

struct acpi {
	uint32_t apic_id[8];
	unsigned cpu_cnt;       /* at least 1, the rest of the machine's CPUs are not used */
	uint64_t lapic, ioapic; /* physical addresses */
	uint32_t ioapic_base;   /* the first global interrupt that it has */
	struct {
		uint32_t interrupt;
		bool low, level;
	} isa[16]; /* where the sixteen old interrupts go */
	/* How to switch the machine off and reset it; port 0 or address 0: not this way. */
	uint16_t pm1a_control, pm1b_control;
	uint64_t sleep_control; /* of machines without those (hardware-reduced) */
	bool sleep_in_memory, reset_in_memory;
	uint64_t reset;
	uint8_t reset_value;
	uint8_t sleep_type; /* what \_S5 says, or what is usual */
	struct acpi_pci pci[4];
	unsigned pci_cnt;
	uint64_t iommu; /* its registers, 0: there is none, or not exactly one that remaps interrupts */
	bool iommu_all; /* it stands before all devices, else */
	struct acpi_scope {
		uint16_t source; /* bus << 8 | slot << 3 | function */
		bool bridge;     /* before those behind it, too */
	} iommu_scope[32];       /* before these */
	unsigned iommu_scope_cnt;
	bool iommu_remaps;     /* interrupts of the IOAPIC, too */
	uint16_t iommu_ioapic; /* what the IOAPIC is to it */
};

extern struct acpi acpi;

/* @rsdp: physical, 0: look for it where PCs have it. A machine without tables is a panic with one line. */
void acpi_init(uint64_t rsdp);

/* ---- apic.c ---- */
void apic_init(void);     /* the IOAPIC, and the boot CPU's own */
void apic_init_cpu(void); /* the local one of the CPU that runs */
uint32_t apic_id(void);
void apic_end_of_interrupt(void);
void apic_send(uint32_t apic_id, uint32_t command);
enum {
	APIC_FIXED = 0, /* | vector */
	APIC_NMI = 0x400,
	APIC_INIT = 0x500,
	APIC_STARTUP = 0x600, /* | page number */
};
/* For measuring the timer: let it count, how far it has, and what came of it. */
void apic_timer_start_counting(void);
uint32_t apic_timer_counted(void);
void apic_timer_set_rate(uint64_t counts, uint64_t ns);
/* An interrupt of the timer in @ns from now, on this CPU. */
void apic_timer_arm(uint64_t ns);
/* Is there such an interrupt of the IOAPIC? By its global number. Any context. */
bool apic_has(unsigned interrupt);
/* It goes to this CPU as @vector, an edge each time that its line goes up; no more. Any context. */
void apic_route(unsigned interrupt, uint8_t vector, uint32_t apic_id);
void apic_unroute(unsigned interrupt);
/* Old interrupt @irq to the boot CPU as @vector. */
void apic_route_isa(unsigned irq, uint8_t vector);
/* Old interrupt @irq to all CPUs as an NMI. */
void apic_route_isa_nmi(unsigned irq);

/* ---- status.c ---- */
void status_init(void); /* after vfs_init() */

/* ---- power.c ---- */
void power_init(void);

/* ---- clock.c ---- */
void clock_start(void); /* the time of the boot's first instructions is 0 */
void clock_init(void);  /* takes some milliseconds; until then clock_ns() is 0 */
/* Busy, at least that long; after clock_init(). */
void clock_delay_ns(uint64_t ns);

#endif
