// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Intel's VT-d (Architecture Specification 3.0, sections are its): one unit that stands before all devices, with
 * queued invalidation and interrupt remapping. A machine with less is treated as if it had none.
 *
 * All that is asked of it is waited for. A unit that does not answer cannot be worked with, since nobody can say then
 * what devices still reach: that is a panic.
 */
#include "kernel/platform/pc/vtd.h"

#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/console.h"
#include "kernel/device/iommu.h"
#include "kernel/device/irq.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/platform/pc/pc.h"
#include "kernel/sched/timer.h"

enum { /* registers, 10.4 */
       CAPABILITIES = 0x08,
       CAPABILITIES_MORE = 0x10,
       COMMAND = 0x18,
       STATUS = 0x1c,
       ROOT = 0x20,
       FAULT_STATUS = 0x34,
       FAULT_CONTROL = 0x38, /* then data, address, upper address */
       QUEUE_TAIL = 0x88,
       QUEUE_ADDRESS = 0x90,
       INTERRUPT_TABLE = 0xb8,
};

enum {
	COMMAND_TRANSLATE = 1u << 31,
	COMMAND_ROOT = 1u << 30,
	COMMAND_QUEUE = 1u << 26,
	COMMAND_REMAP = 1u << 25,
	COMMAND_INTERRUPTS = 1u << 24, /* the table of interrupts */
	COMMAND_KEPT = COMMAND_TRANSLATE | COMMAND_QUEUE | COMMAND_REMAP | 1u << 23,
	FAULT_MASKED = 1u << 31,
	FAULT_OVERFLOW = 1,
	INTERRUPT_TABLE_256 = 7, /* 2^(7 + 1) entries */
};

/* Capabilities, 10.4.2 and 10.4.3. */
#define CAN_39_BITS(cap) ((cap) >> 9 & 1)
#define NEEDS_WRITE_FLUSH(cap) ((cap) >> 4 & 1)
#define CACHES_ABSENT(cap) ((cap) >> 7 & 1)
#define DOMAINS(cap) (1u << (4 + 2 * ((cap) & 7)))
#define FAULT_OFFSET(cap) (((cap) >> 24 & 0x3ff) * 16)
#define FAULT_CNT(cap) (((cap) >> 40 & 0xff) + 1)
#define IS_COHERENT(more) ((more) & 1)
#define CAN_QUEUE(more) ((more) >> 1 & 1)
#define CAN_REMAP(more) ((more) >> 3 & 1)

/* Invalidation descriptors, 6.5.2. */
enum { FORGET_CONTEXTS = 1, FORGET_PAGES = 2, FORGET_INTERRUPTS = 4, WAIT = 5 };
#define ALL (1ull << 4)
#define ONE_DOMAIN (2ull << 4)
#define DRAIN (3ull << 6)
#define WAIT_WRITES (1ull << 5)
#define QUEUE_ENTRIES 256u

#define ANSWER_NS (1 * NS_PER_SECOND)
#define FAULTS_PER_SECOND 8

struct spinlock vtd_lock = SPINLOCK_INIT(LOCK_DEVICE);
unsigned vtd_domain_cnt;
bool vtd_remembers_absent;

static volatile uint8_t *registers; /* NULL: there is none */
static bool active, coherent;
static uint64_t (*queue)[2]; /* vtd_lock, as all below */
static uint32_t tail;
static volatile uint32_t answer;
static struct irq fault_irq;
static uint64_t faults_ns; /* the second that is counted in */
static unsigned fault_cnt;
static bool faults_masked;

static uint32_t read32(unsigned reg)
{
	return *(volatile uint32_t *)(registers + reg);
}

static void write32(unsigned reg, uint32_t value)
{
	*(volatile uint32_t *)(registers + reg) = value;
}

static uint64_t read64(unsigned reg)
{
	return *(volatile uint64_t *)(registers + reg);
}

static void write64(unsigned reg, uint64_t value)
{
	*(volatile uint64_t *)(registers + reg) = value;
}

void vtd_store(uint64_t *entry, uint64_t value)
{
	__atomic_store_n(entry, value, __ATOMIC_RELEASE);
	if (!coherent)
		__asm__ volatile("clflush %0" : : "m"(*entry) : "memory");
}

bool iommu_active(void)
{
	return active;
}

bool iommu_covers(uint16_t source, bool bridge)
{
	unsigned i = 0;

	while (i < acpi.iommu_scope_cnt &&
	       !(acpi.iommu_scope[i].source == source && (!bridge || acpi.iommu_scope[i].bridge)))
		i++;
	return active && (acpi.iommu_all || i < acpi.iommu_scope_cnt);
}

/* ---- asking it --------------------------------------------------------------------------------------------------- */

static void __init command(uint32_t bit)
{
	uint64_t until = clock_ns() + ANSWER_NS;

	write32(COMMAND, (read32(STATUS) & COMMAND_KEPT) | bit);
	while (!(read32(STATUS) & bit)) {
		if (clock_ns() > until)
			panic("the IOMMU does not carry out command %#x", bit);
		cpu_pause();
	}
}

static void put(uint64_t low, uint64_t high)
{
	vtd_store(&queue[tail][0], low);
	vtd_store(&queue[tail][1], high);
	tail = (tail + 1) % QUEUE_ENTRIES;
}

static void unmask_faults(void)
{
	faults_masked = false;
	write32(FAULT_CONTROL, 0);
}

void vtd_forget(enum vtd_what what, uint16_t domain)
{
	uint64_t until = clock_ns() + ANSWER_NS;

	if (what == VTD_CONTEXTS)
		put(FORGET_CONTEXTS | ALL, 0);
	if (what == VTD_INTERRUPTS)
		put(FORGET_INTERRUPTS, 0);
	else
		put(FORGET_PAGES | DRAIN | (what == VTD_PAGES ? ONE_DOMAIN | (uint64_t)domain << 16 : ALL), 0);
	answer = 0;
	put(WAIT | WAIT_WRITES | 1ull << 32, direct_phys((const void *)&answer));
	write64(QUEUE_TAIL, tail * sizeof(*queue));
	while (!answer) {
		if (clock_ns() > until && !answer) /* it may have while this CPU stood still */
			panic("the IOMMU does not answer");
		cpu_pause();
	}
	if (faults_masked && clock_ns() > faults_ns + NS_PER_SECOND)
		unmask_faults();
}

/* ---- faults: 7 --------------------------------------------------------------------------------------------------- */

static void log_fault(uint64_t low, uint64_t high)
{
	unsigned source = high & 0xffff, reason = high >> 32 & 0xff;
	bool reads = high >> 62 & 1;

	if (reason >= 0x20 && reason < 0x30)
		log_warn("iommu: %02x:%02x.%x was refused interrupt %llu (reason %#x)", source >> 8, source >> 3 & 31,
			 source & 7, (unsigned long long)(low >> 48), reason);
	else
		log_warn("iommu: %02x:%02x.%x was refused to %s %#llx (reason %#x)", source >> 8, source >> 3 & 31,
			 source & 7, reads ? "read" : "write", (unsigned long long)(low & ~(PAGE_BYTES - 1)), reason);
}

/* A device that does nothing else does not fill the log: some are logged in a second, then none until the next mapping. */
static bool may_log(void)
{
	if (clock_ns() > faults_ns + NS_PER_SECOND) {
		faults_ns = clock_ns();
		fault_cnt = 0;
	}
	return fault_cnt++ < FAULTS_PER_SECOND;
}

/* In the interrupt. */
static void fault(struct irq *irq)
{
	uint64_t cap = read64(CAPABILITIES);

	(void)irq;
	for (unsigned i = 0; i < FAULT_CNT(cap); i++) {
		unsigned at = (unsigned)FAULT_OFFSET(cap) + 16 * i;
		uint64_t high = read64(at + 8);

		if (!(high >> 63))
			continue;
		if (may_log())
			log_fault(read64(at), high);
		write64(at + 8, 1ull << 63);
	}
	write32(FAULT_STATUS, FAULT_OVERFLOW);
	if (fault_cnt >= FAULTS_PER_SECOND && !faults_masked) {
		faults_masked = true;
		write32(FAULT_CONTROL, FAULT_MASKED);
	}
}

static void listen(void)
{
	fault_irq.fn = fault;
	if (irq_open(&fault_irq)) {
		log_warn("iommu: no interrupt is left for faults, which are refused in silence");
		return;
	}
	write32(FAULT_CONTROL + 4, irq_message_data(&fault_irq));
	write32(FAULT_CONTROL + 8, (uint32_t)irq_message_address(&fault_irq));
	write32(FAULT_CONTROL + 12, 0);
	unmask_faults();
}

/* ---- the boot ---------------------------------------------------------------------------------------------------- */

static bool is_enough(uint64_t cap, uint64_t more)
{
	return CAN_39_BITS(cap) && !NEEDS_WRITE_FLUSH(cap) && CAN_QUEUE(more) && CAN_REMAP(more);
}

void __init iommu_init(void)
{
	struct page *page;
	phys_addr root, interrupts;

	if (!acpi.iommu || !acpi.iommu_remaps)
		return;
	registers = device_map(acpi.iommu, PAGE_BYTES);
	if (!registers || !is_enough(read64(CAPABILITIES), read64(CAPABILITIES_MORE))) {
		log_warn("iommu: what this machine has cannot be used: DMA of devices is uncontained");
		return;
	}
	coherent = IS_COHERENT(read64(CAPABILITIES_MORE));
	vtd_domain_cnt = DOMAINS(read64(CAPABILITIES));
	vtd_remembers_absent = CACHES_ABSENT(read64(CAPABILITIES));
	page = page_alloc(0);
	root = vtd_table_make();
	interrupts = vtd_irq_make();
	if (!page || !root || !interrupts)
		machine_refuse("this machine has too little memory");
	queue = page_address(page);
	write64(QUEUE_TAIL, 0);
	write64(QUEUE_ADDRESS, page_phys(page));
	command(COMMAND_QUEUE);
	write64(ROOT, root);
	command(COMMAND_ROOT);
	write64(INTERRUPT_TABLE, interrupts | INTERRUPT_TABLE_256);
	command(COMMAND_INTERRUPTS);
	spin_lock(&vtd_lock);
	vtd_forget(VTD_CONTEXTS, 0);
	vtd_forget(VTD_INTERRUPTS, 0);
	spin_unlock(&vtd_lock);
	listen();
	command(COMMAND_TRANSLATE);
	command(COMMAND_REMAP);
	active = true;
}
