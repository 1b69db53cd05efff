// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A CPU's registers and descriptor tables. Each CPU has tables of its own. */
#include "kernel/arch/x86_64/cpu.h"

#include "tenon/runtime.h"
#include "kernel/arch/x86_64/crossing_frame.h"
#include "kernel/arch/x86_64/fpu.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/console.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/sched/run.h"

enum {
	SELECTOR_CODE = 0x08,
	SELECTOR_DATA = 0x10,
	SELECTOR_USER_BASE = 0x18, /* SYSRET: data is 8 above, code 16 above */
	SELECTOR_TSS = 0x30,
	GDT_ENTRIES = 8,
	GATE_INTERRUPT = 0x8e,
	GATE_USER = 0xee, /* int3, into */
};

#define CR0_WANTED 0x80050033ull /* PG AM WP NE ET MP PE */
#define CR4_PAE (1ull << 5)
#define CR4_PGE (1ull << 7)
#define CR4_OSFXSR (1ull << 9)
#define CR4_OSXMMEXCPT (1ull << 10)
#define CR4_UMIP (1ull << 11)
#define CR4_OSXSAVE (1ull << 18)
#define CR4_SMEP (1ull << 20)
#define CR4_SMAP (1ull << 21)
#define EFER_SCE 1ull
#define EFER_LME (1ull << 8)
#define EFER_NXE (1ull << 11)
#define FLAGS_CLEARED 0x47700ull /* TF IF DF IOPL NT AC, as kernel entries want them */

struct gate {
	uint16_t low, selector;
	uint8_t ist, type;
	uint16_t middle;
	uint32_t high, reserved;
};

struct table_pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

extern const char trap_entries[], syscall_entries[];
struct cpu_entry cpu_entries[CPU_MAX];

struct cpu cpus[CPU_MAX];
unsigned cpu_cnt = 1;

static uint64_t gdt[CPU_MAX][GDT_ENTRIES];
_Static_assert(sizeof(struct cpu_entry) == 128 && offsetof(struct cpu_entry, syscall_sp) == CPU_ENTRY_SYSCALL_SP &&
		   offsetof(struct cpu_entry, tss.rsp0) == CPU_ENTRY_TSS_SP,
	       "entry.S and crossing_entry.S agree");
static struct gate idt[256];

/* ---- what the CPU must have -------------------------------------------------------------------------------------- */

static const struct feature {
	const char *name;
	uint32_t leaf;
	char in; /* a, b, c, d */
	uint8_t bit;
} features[] = {
	{ "an APIC", 1, 'd', 9 },      { "FXSAVE", 1, 'd', 24 },
	{ "SSE2", 1, 'd', 26 },        { "SMEP", 7, 'b', 7 },
	{ "SMAP", 7, 'b', 20 },        { "UMIP", 7, 'c', 2 },
	{ "NX", 0x80000001, 'd', 20 }, { "SYSCALL", 0x80000001, 'd', 11 },
};

static bool has(const struct feature *f)
{
	struct cpuid r;
	uint32_t word;

	if (cpuid(f->leaf & 0x80000000, 0).a < f->leaf)
		return false;
	r = cpuid(f->leaf, 0);
	word = f->in == 'a' ? r.a : f->in == 'b' ? r.b : f->in == 'c' ? r.c : r.d;
	return word >> f->bit & 1;
}

void __init cpu_check_features(void)
{
	for (unsigned i = 0; i < sizeof(features) / sizeof(*features); i++)
		if (!has(&features[i]))
			machine_refuse("this CPU lacks %s", features[i].name);
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static void __init make_gate(unsigned vector, unsigned ist, uint8_t type)
{
	uint64_t entry = (uint64_t)trap_entries + 8 * vector;

	idt[vector] = (struct gate){
		.low = (uint16_t)entry,
		.selector = SELECTOR_CODE,
		.ist = (uint8_t)ist,
		.type = type,
		.middle = (uint16_t)(entry >> 16),
		.high = (uint32_t)(entry >> 32),
	};
}

static void make_idt(void)
{
	for (unsigned v = 0; v < 256; v++)
		make_gate(v, 0, GATE_INTERRUPT);
	make_gate(TRAP_DEBUG, IST_DEBUG, GATE_INTERRUPT);
	make_gate(TRAP_NMI, IST_NMI, GATE_INTERRUPT);
	make_gate(TRAP_DOUBLE_FAULT, IST_DOUBLE_FAULT, GATE_INTERRUPT);
	make_gate(TRAP_MACHINE_CHECK, IST_MACHINE_CHECK, GATE_INTERRUPT);
	make_gate(TRAP_BREAKPOINT, 0, GATE_USER);
}

static void load_tables(unsigned index)
{
	struct tss *tss = &cpu_entries[index].tss;
	uint64_t *g = gdt[index], base = (uint64_t)tss;
	struct table_pointer gdt_pointer = { sizeof(gdt[index]) - 1, (uint64_t)g };
	struct table_pointer idt_pointer = { sizeof(idt) - 1, (uint64_t)idt };

	g[SELECTOR_CODE / 8] = 0x00af9b000000ffff;
	g[SELECTOR_DATA / 8] = 0x00cf93000000ffff;
	g[SELECTOR_USER_DATA / 8] = 0x00cff3000000ffff;
	g[SELECTOR_USER_CODE / 8] = 0x00affb000000ffff;
	g[SELECTOR_TSS / 8] = (sizeof(*tss) - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 | (base >> 24 & 0xff) << 56;
	g[SELECTOR_TSS / 8 + 1] = base >> 32;
	tss->io_map = sizeof(*tss);
	__asm__ volatile("lgdt %0; lidt %1" : : "m"(gdt_pointer), "m"(idt_pointer));
	__asm__ volatile("pushq %0; leaq 1f(%%rip), %%rax; pushq %%rax; lretq; 1:"
			 :
			 : "i"(SELECTOR_CODE)
			 : "rax", "memory");
	__asm__ volatile("movl %0, %%ss; movl %1, %%ds; movl %1, %%es; movl %1, %%fs; movl %1, %%gs"
			 :
			 : "r"(SELECTOR_DATA), "r"(0));
	__asm__ volatile("ltr %w0" : : "r"(SELECTOR_TSS));
}

void __init cpu_number(struct cpu *cpu, unsigned index)
{
	cpu->index = index;
	cpu->entry = &cpu_entries[index];
}

void __init cpu_init(struct cpu *cpu)
{
	if (cpu->index == 0)
		make_idt();
	load_tables(cpu->index);
	write_cr0(CR0_WANTED);
	write_cr4(CR4_PAE | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_UMIP | CR4_SMEP | CR4_SMAP);
	fpu_init_cpu();
	write_msr(MSR_STAR, (uint64_t)SELECTOR_CODE << 32 | (uint64_t)(SELECTOR_USER_BASE | 3) << 48);
	write_msr(MSR_LSTAR, (uint64_t)syscall_entries + 64 * cpu->index);
	write_msr(MSR_FMASK, FLAGS_CLEARED);
	write_msr(MSR_EFER, read_msr(MSR_EFER) | EFER_SCE | EFER_LME | EFER_NXE);
	spin_init(&cpu->timer_lock, LOCK_TIMER);
	cpu->armed_ns = UINT64_MAX;
}

/* ---- stacks ------------------------------------------------------------------------------------------------------ */

void __init cpu_make_stacks(struct cpu *cpu)
{
	for (unsigned ist = 0; ist < IST_CNT; ist++) {
		uint8_t *top = stack_make();

		if (!top)
			panic("there is no memory for the stacks of CPU %u", cpu->index);
		cpu->ist_thread[ist] = (struct thread **)(top - 8);
		*cpu->ist_thread[ist] = cpu->current;
		cpu->entry->tss.ist[ist] = (uint64_t)top - 16;
	}
}

void cpu_set_thread(struct cpu *cpu, struct thread *t)
{
	cpu->current = t;
	t->cpu = cpu;
	cpu_set_entry_sp(cpu->entry, t->entry_sp);
	for (unsigned i = 0; i < IST_CNT; i++)
		*cpu->ist_thread[i] = t;
}
