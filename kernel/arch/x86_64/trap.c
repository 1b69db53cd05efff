// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What becomes of exceptions and interrupts. Entered with interrupts off, from the entries in entry.S. */
#include "kernel/arch/x86_64/trap.h"

#include "tenon/runtime.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/guard.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/arch/x86_64/tlb.h"
#include "kernel/device/irq.h"
#include "kernel/domain/trap.h"
#include "kernel/log.h"
#include "kernel/mm/user.h"
#include "kernel/platform/pc/pc.h"
#include "kernel/process/process.h"
#include "kernel/syscall/syscall.h"

/* Linux's si_code values for what a CPU raises. */
enum {
	SEGV_MAPERR = 1,
	FPE_INTDIV = 1,
	FPE_FLTINV = 7,
	ILL_ILLOPN = 2,
	BUS_ADRALN = 1,
	TRAP_TRACE = 2,
	SI_KERNEL = 0x80
};

/* Of a page fault's error code. */
enum { FAULT_PROTECTION = 1, FAULT_WRITE = 2, FAULT_USER = 4, FAULT_RESERVED = 8, FAULT_FETCH = 16 };

struct exception_entry {
	int32_t at, then; /* distances from themselves */
};

extern const struct exception_entry exceptions_start[], exceptions_end[];

static const char *const names[] = {
	"divide error",
	"debug exception",
	"NMI",
	"breakpoint",
	"overflow",
	"bound range exceeded",
	"invalid opcode",
	"no FPU",
	"double fault",
	"coprocessor overrun",
	"invalid TSS",
	"segment not present",
	"stack fault",
	"general protection",
	"page fault",
	"reserved",
	"FPU error",
	"alignment check",
	"machine check",
	"SIMD error",
};

static bool from_user(const struct trap_frame *f)
{
	return f->cs & 3;
}

/* ---- faults of the kernel ---------------------------------------------------------------------------------------- */

static bool handle_expected(struct trap_frame *f, uint64_t addr)
{
	for (const struct exception_entry *e = exceptions_start; e < exceptions_end; e++) {
		if ((uint64_t)&e->at + e->at != f->rip)
			continue;
		f->rip = (uint64_t)&e->then + e->then;
		f->rdx = addr;
		return true;
	}
	return false;
}

static bool is_expected(uint64_t rip)
{
	for (const struct exception_entry *e = exceptions_start; e < exceptions_end; e++)
		if ((uint64_t)&e->at + e->at == rip)
			return true;
	return false;
}

static bool in_guard(uint64_t addr)
{
	return addr - STACKS_START < STACKS_BYTES && addr % STACK_SLOT_BYTES < STACK_SLOT_BYTES - STACK_BYTES;
}

extern const char init_bss_start[], image_end[];

/* Is it a thread's stack, one of the CPU's own, or the one of the boot? */
static bool is_stack(uint64_t sp)
{
	return (sp - STACKS_START < STACKS_BYTES && !in_guard(sp)) ||
	       sp - (uint64_t)init_bss_start < (uint64_t)(image_end - init_bss_start);
}

/*
 * Something has set the stack pointer to memory where no thread is found. The machine check's stack has one, and its vector
 * can be raised by hand; kernel_fault() says what was wrong.
 */
static _Noreturn void leave_bad_stack(struct trap_frame *f)
{
	__asm__ volatile("int %0" : : "i"(TRAP_MACHINE_CHECK), "D"(f));
	__builtin_unreachable();
}

static void kernel_fault(struct trap_frame *f)
{
	const char *name = f->vector < sizeof(names) / sizeof(*names) ? names[f->vector] : "unexpected interrupt";

	if (f->vector == TRAP_MACHINE_CHECK && !is_stack(f->rsp))
		panic_frame((const struct trap_frame *)f->rdi, "the stack pointer leads to no stack");
	if (f->vector == TRAP_DOUBLE_FAULT && in_guard(read_cr2()))
		panic_frame(f, "the kernel stack of this thread overflowed");
	if (f->vector != TRAP_DOUBLE_FAULT && f->vector != TRAP_PAGE && handle_expected(f, 0))
		return;
	if (f->vector != TRAP_DOUBLE_FAULT && f->vector != TRAP_MACHINE_CHECK && guard_fault(f, name))
		return;
	panic_frame(f, "%s (vector %u, error 0x%x)", name, (unsigned)f->vector, (unsigned)f->error);
}

static unsigned fault_access(const struct trap_frame *f)
{
	return f->error & FAULT_FETCH ? USER_EXEC : f->error & FAULT_WRITE ? USER_WRITE : USER_READ;
}

static const char *fault_place(uint64_t addr)
{
	if (addr < PAGE_BYTES)
		return "NULL";
	if (addr < USER_END)
		return "a program's memory";
	if (in_guard(addr))
		return "a stack's guard page";
	return "memory that is not there or not allowed";
}

/* A copy to or from a program, listed as such, may fault; the kernel's own pointers may not. */
static void kernel_page_fault(struct trap_frame *f, uint64_t addr)
{
	const char *tried = f->error & FAULT_FETCH ? "execution" : f->error & FAULT_WRITE ? "write" : "read";
	char what[LOG_LINE_BYTES];
	int code;

	if (addr < USER_END && is_expected(f->rip) && f->rflags & RFLAGS_IF && thread_current()->context->table) {
		interrupts_enable();
		if (!user_page_fault(addr, fault_access(f), &code)) {
			interrupts_disable();
			return;
		}
		interrupts_disable();
	}
	if (addr < DIRECT_START && handle_expected(f, addr))
		return;
	tenon_snprintf(what, sizeof(what), "%s at 0x%llx", tried, (unsigned long long)addr);
	if (!guard_fault(f, what))
		panic_frame(f, "%s of %s at 0x%llx", tried, fault_place(addr), (unsigned long long)addr);
}

/* ---- faults of programs ------------------------------------------------------------------------------------------ */

static void user_page_trap(struct trap_frame *f, uint64_t addr)
{
	int code = SEGV_MAPERR, signo = SIGNAL_SEGV;

	if (addr < USER_END)
		signo = user_page_fault(addr, fault_access(f), &code);
	if (signo)
		user_fault(f, signo, code, addr);
}

static void user_trap(struct trap_frame *f)
{
	switch (f->vector) {
	case TRAP_DIVIDE:
		return user_fault(f, SIGNAL_FPE, FPE_INTDIV, f->rip);
	case TRAP_BREAKPOINT:
		return user_fault(f, SIGNAL_TRAP, SI_KERNEL, f->rip);
	case TRAP_INVALID_OPCODE:
		return user_fault(f, SIGNAL_ILL, ILL_ILLOPN, f->rip);
	case TRAP_FPU:
	case TRAP_SIMD:
		return user_fault(f, SIGNAL_FPE, FPE_FLTINV, f->rip);
	case TRAP_ALIGNMENT:
		return user_fault(f, SIGNAL_BUS, BUS_ADRALN, 0);
	default:
		return user_fault(f, SIGNAL_SEGV, SI_KERNEL, 0);
	}
}

/*
 * The last thing before a program goes on, in a loop until nothing is left to do; returns with interrupts off. Whatever
 * has changed the frame, what goes to the CPU is a program's.
 */
void trap_leave(struct trap_frame *f)
{
	if (domain_is_inside()) {
		domain_return(f);
		return;
	}
	for (;;) {
		interrupts_enable();
		user_return(f);
		f->cs = SELECTOR_USER_CODE;
		f->ss = SELECTOR_USER_DATA;
		f->rflags = (f->rflags & RFLAGS_USER) | RFLAGS_IF | 2;
		interrupts_disable();
		schedule_if_asked();
		if (task_work_pending())
			continue;
		if (f->rip < USER_END)
			return;
		interrupts_enable();
		user_fault(f, SIGNAL_SEGV, SI_KERNEL,
			   0); /* an address that is none: IRET and SYSRET would fault in here */
	}
}

void trap_syscall(struct trap_frame *f);
void trap_syscall(struct trap_frame *f)
{
	if (domain_is_inside()) {
		domain_gate(f);
		return;
	}
	interrupts_enable();
	syscall_enter(f);
	trap_leave(f);
}

/* Where the entry on the way from ring 3 builds the frame, of a program or of a domain. */
static struct trap_frame *entry_frame(void)
{
	return (struct trap_frame *)thread_current()->entry_sp - 1;
}

/* On the thread's own stack, where it may sleep. */
static _Noreturn void debug_on_thread(void)
{
	struct trap_frame *f = entry_frame();

	if (domain_is_inside())
		domain_trap(f, 0);
	interrupts_enable();
	user_fault(f, SIGNAL_TRAP, TRAP_TRACE, f->rip);
	user_enter(f);
}

/*
 * A debug exception has a stack of its own, for it may come before the first instruction of the entry for system calls,
 * on the program's stack. That one is not reported as the program's fault, and its flags are in r11.
 */
static void debug_trap(struct trap_frame *f)
{
	if (!from_user(f)) {
		f->rflags &= ~RFLAGS_TF;
		return;
	}
	*entry_frame() = *f;
	f->rip = (uint64_t)debug_on_thread;
	f->cs = 8;
	f->ss = 0;
	f->rsp = (uint64_t)entry_frame() - 8;
	f->rflags = 2;
}

/* ---- everything -------------------------------------------------------------------------------------------------- */

static void interrupt(struct trap_frame *f)
{
	struct cpu *cpu = cpu_current();

	cpu->interrupts++;
	switch (f->vector) {
	case VECTOR_TIMER:
		apic_end_of_interrupt();
		timer_interrupt();
		break;
	case VECTOR_RESCHEDULE:
		apic_end_of_interrupt();
		cpu->reschedule = true;
		break;
	case VECTOR_TLB:
		apic_end_of_interrupt();
		tlb_interrupt();
		break;
	case VECTOR_SERIAL:
		apic_end_of_interrupt();
		serial_interrupt();
		break;
	case VECTOR_SPURIOUS:
		break;
	default:
		apic_end_of_interrupt();
		if (!irq_interrupt((uint8_t)f->vector))
			log_warn("interrupt 0x%x, which nobody asked for", (unsigned)f->vector);
	}
	if (!from_user(f))
		schedule_if_asked();
}

void trap(struct trap_frame *f)
{
	uint64_t addr;

	if (f->vector == TRAP_NMI) {
		watchdog_nmi(f);
		return;
	}
	if (!is_stack((uint64_t)f))
		leave_bad_stack(f);
	if (f->vector >= 32) {
		interrupt(f);
	} else if (f->vector == TRAP_PAGE) {
		addr = read_cr2();
		if (!from_user(f)) {
			kernel_page_fault(f, addr);
			return;
		}
		if (domain_is_inside()) {
			domain_trap(f, addr);
			return;
		}
		interrupts_enable();
		user_page_trap(f, addr);
	} else if (f->vector == TRAP_DEBUG) {
		debug_trap(f);
		return;
	} else if (!from_user(f) || f->vector == TRAP_DOUBLE_FAULT || f->vector == TRAP_MACHINE_CHECK) {
		kernel_fault(f);
		return;
	} else if (domain_is_inside()) {
		domain_trap(f, 0);
		return;
	} else {
		interrupts_enable();
		user_trap(f);
	}
	if (from_user(f))
		trap_leave(f);
}

void trap_print(const struct trap_frame *f, void (*print)(const char *fmt, ...))
{
	print("rip %016llx rsp %016llx flags %08llx cs %02x cr2 %016llx\r\n", (unsigned long long)f->rip,
	      (unsigned long long)f->rsp, (unsigned long long)f->rflags, (unsigned)f->cs,
	      (unsigned long long)read_cr2());
	print("rax %016llx rbx %016llx rcx %016llx rdx %016llx\r\n", (unsigned long long)f->rax,
	      (unsigned long long)f->rbx, (unsigned long long)f->rcx, (unsigned long long)f->rdx);
	print("rsi %016llx rdi %016llx rbp %016llx r8  %016llx\r\n", (unsigned long long)f->rsi,
	      (unsigned long long)f->rdi, (unsigned long long)f->rbp, (unsigned long long)f->r8);
	print("r9  %016llx r10 %016llx r11 %016llx r12 %016llx\r\n", (unsigned long long)f->r9,
	      (unsigned long long)f->r10, (unsigned long long)f->r11, (unsigned long long)f->r12);
	print("r13 %016llx r14 %016llx r15 %016llx\r\n", (unsigned long long)f->r13, (unsigned long long)f->r14,
	      (unsigned long long)f->r15);
}
