// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Interrupt controllers: each CPU's local APIC (SDM volume 3, chapter 11) in its memory-mapped form, and the IOAPIC.
 * The local timer counts down once. Its frequency is found by clock_init().
 */
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/device/iommu.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/platform/pc/pc.h"
#include "kernel/sched/lock.h"

enum {
	ID = 0x20,
	TASK_PRIORITY = 0x80,
	END_OF_INTERRUPT = 0xb0,
	SPURIOUS = 0xf0,
	COMMAND_LOW = 0x300,
	COMMAND_HIGH = 0x310,
	TIMER = 0x320,
	LINT0 = 0x350,
	LINT1 = 0x360,
	TIMER_COUNT = 0x380,
	TIMER_CURRENT = 0x390,
	TIMER_DIVISOR = 0x3e0,
	/* bits */
	ENABLED = 0x100,
	MASKED = 0x10000,
	DELIVER_NMI = 0x400,
	ASSERT_LEVEL = 0x4000,
	PENDING = 0x1000,
	DIVIDE_BY_1 = 0xb,
	/* IOAPIC */
	IO_VERSION = 1,
	IO_TABLE = 0x10,
	IO_LOW = 0x2000,
	IO_LEVEL = 0x8000,
	IO_ALL_CPUS = 0xff,
	IO_REMAPPED = 1 << 16,
	/* the old controllers' mask registers */
	PIC_1_MASK = 0x21,
	PIC_2_MASK = 0xa1,
};

static volatile uint32_t *lapic, *ioapic;
static struct spinlock lock = SPINLOCK_INIT(LOCK_LEAF); /* the IOAPIC's registers, once there are threads */
static uint64_t timer_mult;                             /* counts in 2^32 ns */

static uint32_t lapic_read(unsigned reg)
{
	return lapic[reg / 4];
}

static void lapic_write(unsigned reg, uint32_t value)
{
	lapic[reg / 4] = value;
}

static void ioapic_write(unsigned reg, uint32_t value)
{
	ioapic[0] = reg;
	ioapic[4] = value;
}

static uint32_t ioapic_read(unsigned reg)
{
	ioapic[0] = reg;
	return ioapic[4];
}

void __init apic_init_cpu(void)
{
	lapic_write(TASK_PRIORITY, 0);
	lapic_write(SPURIOUS, ENABLED | VECTOR_SPURIOUS);
	lapic_write(LINT0, MASKED);
	lapic_write(LINT1, DELIVER_NMI);
	lapic_write(TIMER_DIVISOR, DIVIDE_BY_1);
	lapic_write(TIMER, VECTOR_TIMER);
}

void __init apic_init(void)
{
	lapic = device_map(acpi.lapic, PAGE_BYTES);
	ioapic = device_map(acpi.ioapic, PAGE_BYTES);
	if (!lapic || !ioapic)
		panic("there is no memory for the interrupt controllers' registers");
	port_out8(PIC_1_MASK, 0xff);
	port_out8(PIC_2_MASK, 0xff);
	write_msr(MSR_APIC_BASE, read_msr(MSR_APIC_BASE) | 1 << 11);
	apic_init_cpu();
}

uint32_t apic_id(void)
{
	return lapic_read(ID) >> 24;
}

void apic_end_of_interrupt(void)
{
	lapic_write(END_OF_INTERRUPT, 0);
}

/* The command register is two writes: nothing else of this CPU may come between, not even from an NMI that panics. */
void apic_send(uint32_t id, uint32_t command)
{
	bool were_on = interrupts_on();

	interrupts_disable();
	while (lapic_read(COMMAND_LOW) & PENDING)
		cpu_pause();
	lapic_write(COMMAND_HIGH, id << 24);
	lapic_write(COMMAND_LOW, command | ASSERT_LEVEL);
	if (were_on)
		interrupts_enable();
}

/* ---- the timer --------------------------------------------------------------------------------------------------- */

void apic_timer_start_counting(void)
{
	lapic_write(TIMER, MASKED);
	lapic_write(TIMER_COUNT, UINT32_MAX);
}

uint32_t apic_timer_counted(void)
{
	return UINT32_MAX - lapic_read(TIMER_CURRENT);
}

void apic_timer_set_rate(uint64_t counts, uint64_t ns)
{
	timer_mult = (counts << 32) / ns;
	lapic_write(TIMER_COUNT, 0);
	lapic_write(TIMER, VECTOR_TIMER);
}

void apic_timer_arm(uint64_t ns)
{
	uint64_t counts = (uint64_t)((unsigned __int128)ns * timer_mult >> 32);

	lapic_write(TIMER_COUNT, counts < 1 ? 1 : counts > UINT32_MAX ? UINT32_MAX : (uint32_t)counts);
}

/* ---- old interrupts ---------------------------------------------------------------------------------------------- */

static void write_entry(unsigned pin, uint32_t low, uint32_t high)
{
	ioapic_write(IO_TABLE + 2 * pin, MASKED);
	ioapic_write(IO_TABLE + 2 * pin + 1, high);
	ioapic_write(IO_TABLE + 2 * pin, low);
}

/* Behind an IOMMU the upper half names the entry there instead, which has the number of the vector: VT-d 3.0, 5.1.5.1. */
static void route(unsigned pin, uint32_t how, uint8_t vector, uint32_t id, bool nmi)
{
	if (iommu_active()) {
		iommu_irq_open(vector, iommu_ioapic_source(), id, nmi);
		write_entry(pin, how | vector, (uint32_t)vector << 17 | IO_REMAPPED);
	} else {
		write_entry(pin, how | vector | (nmi ? DELIVER_NMI : 0), (nmi ? IO_ALL_CPUS : id) << 24);
	}
}

static void __init route_isa(unsigned irq, uint8_t vector, bool nmi)
{
	route(acpi.isa[irq].interrupt - acpi.ioapic_base,
	      (acpi.isa[irq].low ? IO_LOW : 0) | (acpi.isa[irq].level ? IO_LEVEL : 0), vector, apic_id(), nmi);
}

bool apic_has(unsigned interrupt)
{
	uint32_t last = ioapic_read(IO_VERSION) >> 16 & 0xff;

	return interrupt >= acpi.ioapic_base && interrupt - acpi.ioapic_base <= last;
}

void apic_route(unsigned interrupt, uint8_t vector, uint32_t id)
{
	spin_lock(&lock);
	route(interrupt - acpi.ioapic_base, 0, vector, id, false);
	spin_unlock(&lock);
}

void apic_unroute(unsigned interrupt)
{
	spin_lock(&lock);
	write_entry(interrupt - acpi.ioapic_base, MASKED, 0);
	spin_unlock(&lock);
}

void __init apic_route_isa(unsigned irq, uint8_t vector)
{
	route_isa(irq, vector, false);
}

void __init apic_route_isa_nmi(unsigned irq)
{
	route_isa(irq, TRAP_NMI, true);
}
