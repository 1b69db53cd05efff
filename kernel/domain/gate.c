// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * What comes out of a domain: calls of the interface, faults, the watchdog that finds it computing. All that it says is
 * in registers, and nothing of it is believed: the number of a function that no module of the domain is bound to ends
 * the domain, and so does every fault that none of its handlers fixes.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/domain/domain.h"
#include "kernel/domain/trap.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/page.h"
#include "kernel/module/module.h"
#include "kernel/sched/timer.h"
#include "tenon/errno.h"
#include "tenon/kpi.h"
#include "tenon/runtime.h"

static struct page *page;
#ifdef KERNEL_DEBUG
void (*domain_gate_entered)(struct domain *d, uint32_t index);
#endif

/* ---- gates ------------------------------------------------------------------------------------------------------- */

static uint32_t gate_offset(uint32_t index)
{
	return CROSSING_ENTRY_BYTES + index * CROSSING_GATE_BYTES;
}

void __init gates_init(void)
{
	uint8_t *code;

	page = page_alloc(0);
	if (!page || gate_offset(kpi_call_cnt) > PAGE_BYTES)
		panic("no room for the gates of domains");
	code = page_address(page);
	memset(code, 0xcc, PAGE_BYTES); /* int3 */
	crossing_write_entry(code);
	for (uint32_t i = 0; i < kpi_call_cnt; i++)
		crossing_write_gate(code + gate_offset(i), i);
}

struct page *gates_page(void)
{
	return page;
}

int domain_bind(void *context, struct tenon_domain *domain, const struct tenon_export *e, tenon_addr *address)
{
	int index;

	(void)context;
	*address = e->value;
	if (tenon_domain_kind(domain) == TENON_DOMAIN_KERNEL || e->owner)
		return 0;
	index = tenon_kpi_bind(tenon_domain_host(domain), e->name);
	if (index < 0)
		return index;
	*address = DOMAIN_GATES + gate_offset((uint32_t)index);
	return 0;
}

/* ---- back into the domain, or out of it -------------------------------------------------------------------------- */

static struct level *level_of_self(void)
{
	return thread_current()->module.level;
}

static void kill_for(const struct level *l, const char *what)
{
	char why[64];

	tenon_snprintf(why, sizeof(why), "%.30s: %s", tenon_module_name(l->module), what);
	domain_kill(l->domain, why);
}

/* The watch has ticked since the domain was last gone on with. @computing: and found it there. */
static void count_time(struct level *l, bool computing)
{
	l->tick = atomic_load(&domains_tick);
	if (computing && ++l->ticks > domain_ticks)
		kill_for(l, "computed for too long");
	else if (clock_ns() > thread_current()->module.kpi.watchdog_ns)
		kill_for(l, "did not return in time");
}

/* The last thing before ring 3. */
static void go_on(struct trap_frame *f, bool computing)
{
	struct level *l = level_of_self();

	for (;;) {
		interrupts_disable();
		schedule_if_asked();
		if (atomic_load(&l->domain->dead))
			crossing_leave();
		if (l->tick == atomic_load(&domains_tick))
			break;
		interrupts_enable();
		count_time(l, computing);
	}
	f->cs = SELECTOR_USER_CODE;
	f->ss = SELECTOR_USER_DATA;
	f->rflags = (f->rflags & RFLAGS_USER) | RFLAGS_IF | 2;
}

void domain_return(struct trap_frame *f)
{
	go_on(f, true);
}

/* ---- calls ------------------------------------------------------------------------------------------------------- */

/* The end of the call that was made into the domain does not come here: entry.S. */
void domain_gate(struct trap_frame *f)
{
	const uint64_t args[KPI_ARGS_MAX] = { f->rdi, f->rsi, f->rdx, f->r10, f->r8, f->r9 };
	struct level *l = level_of_self();
	struct domain *d = l->domain;
	tenon_addr from;
	int64_t result;

	atomic_fetch_add_explicit(&d->crossings, 1, memory_order_relaxed);
	l->stack = f->rsp;
	if (l->own)
		l->ticks = 0;
	from = crossing_peek(f->rsp);
	interrupts_enable();
#ifdef KERNEL_DEBUG
	if (domain_gate_entered)
		domain_gate_entered(d, (uint32_t)f->rax);
#endif
	if (f->rax > UINT32_MAX || tenon_kpi_gate(&d->kpi, (uint32_t)f->rax, args, from, &result))
		domain_kill(d, "a call of a function that no module is bound to");
	else
		f->rax = (uint64_t)result;
	go_on(f, false);
}

/* ---- faults ------------------------------------------------------------------------------------------------------ */

static const char *fault_name(const struct trap_frame *f)
{
	switch (f->vector) {
	case TRAP_PAGE:
		return "invalid access";
	case TRAP_DIVIDE:
		return "division error";
	case TRAP_INVALID_OPCODE:
		return "illegal instruction";
	case TRAP_PROTECTION:
		return "privileged instruction or address";
	case TRAP_NO_FPU:
		return "use of the FPU";
	case TRAP_BREAKPOINT:
		return "breakpoint";
	case TRAP_DEBUG:
		return "single step";
	default:
		return "exception";
	}
}

static void describe(const struct domain *d, const struct trap_frame *f, uint64_t address, char why[64])
{
	struct tenon_place at;
	char place[40];

	if (tenon_place_find(module_core, d->kpi.core, f->rip, &at))
		tenon_snprintf(place, sizeof(place), "%.20s+%#llx", at.name, (unsigned long long)at.offset);
	else
		tenon_snprintf(place, sizeof(place), "%#llx, in no module", (unsigned long long)f->rip);
	if (f->vector == TRAP_PAGE)
		tenon_snprintf(why, 64, "%s at %s (%#llx)", fault_name(f), place, (unsigned long long)address);
	else
		tenon_snprintf(why, 64, "%s at %s", fault_name(f), place);
}

void domain_trap(struct trap_frame *f, uint64_t address)
{
	struct level *l = level_of_self();
	char why[64];

	l->stack = f->rsp;
	interrupts_enable();
	if (f->vector == TRAP_PAGE && domain_memory_fault(l->domain, address)) {
		go_on(f, false);
		return;
	}
	if (!atomic_load(&l->domain->dead) && !domain_trap_fix(&l->domain->kpi, f, address, 0, DOMAIN_END)) {
		describe(l->domain, f, address, why);
		domain_kill(l->domain, why);
	}
	go_on(f, false);
}
