/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Trap fix-up: kpi/trap.def. In the kernel domain the functions are called by the signal handler of guard.c; so the list
 * is read without a lock there, and a registration that is taken out waits until no thread reads it.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <ucontext.h>

#include "port/process/kpi/trap.h"

struct trap_handler {
	struct object object;
	struct trap_handler *_Atomic next; /* of all domains, newest first */
	struct process_code code;
};

static struct trap_handler *_Atomic handlers;
static _Atomic uint32_t readers;
static _Thread_local bool in_handler;

/* kpi_lock held. */
static void unlink_handler(struct trap_handler *t)
{
	struct trap_handler *_Atomic *link = &handlers;

	while (*link && *link != t)
		link = &(*link)->next;
	if (*link)
		*link = t->next;
}

/* Out of the list; freed when no thread can still be looking at it. */
static void release(struct object *o)
{
	kpi_lock();
	unlink_handler((struct trap_handler *)o);
	kpi_unlock();
	while (atomic_load(&readers))
		sched_yield();
}

static const struct object_type trap_type = { .name = "trap handler", .size = sizeof(struct trap_handler), .release = release };

tenon_handle tenon_trap_register(struct tenon_this_module *self, tenon_trap_fn *fn)
{
	struct caller c = kpi_caller();
	struct tenon_module *m = kpi_module(&c, self);
	struct trap_handler *t;
	tenon_handle handle;

	if (!kpi_is_code(&c, m, (uintptr_t)fn))
		return (tenon_handle)-TENON_EINVAL;
	t = object_new(&c, &trap_type, 0);
	if (!t)
		return (tenon_handle)-TENON_ENOMEM;
	t->code = (struct process_code){ .module = m, .address = (uintptr_t)fn, .type = kpi_callback("tenon_trap_fn", 0) };
	kpi_lock();
	handle = object_publish_locked(&t->object, m);
	if ((long)handle > 0) {
		t->next = handlers;
		handlers = t;
	}
	kpi_unlock();
	if ((long)handle < 0)
		object_free(&t->object);
	return handle;
}

int tenon_trap_unregister(tenon_handle trap)
{
	struct caller c = kpi_caller();
	struct trap_handler *t;

	if (in_handler)
		return -TENON_EDEADLK;
	kpi_lock();
	t = object_find(&c, trap, &trap_type);
	if (t)
		return object_destroy(&t->object);
	kpi_unlock();
	return -TENON_EBADF;
}

bool trap_fix(struct process_domain *d, struct tenon_trap *trap)
{
	const uint64_t args[KPI_ARGS_MAX] = { (uintptr_t)trap };
	bool fixed = false;
	int64_t result;
	char why[64];

	if (in_handler)
		return false;
	in_handler = true;
	atomic_fetch_add(&readers, 1);
	for (struct trap_handler *t = handlers; t && !fixed; t = t->next) {
		struct tenon_trap copy = *trap;

		if (t->object.domain == d && !process_upcall(d->h, &t->code, args, &result, why) && result == 1)
			fixed = true;
		else
			*trap = copy;
	}
	atomic_fetch_sub(&readers, 1);
	in_handler = false;
	return fixed;
}

/* ---- x86-64: what the processor says of a trap ---- */

enum { TRAP_DIVIDE = 0, TRAP_BREAKPOINT = 3, TRAP_INVALID = 6, TRAP_PROTECTION = 13, TRAP_PAGE = 14 };
enum { PAGE_WRITE = 2, PAGE_FETCH = 16 };

bool trap_describe(struct tenon_trap *trap, uint64_t number, uint64_t error, uint64_t address)
{
	trap->size = sizeof(*trap);
	trap->address = 0;
	switch (number) {
	case TRAP_PAGE:
		trap->kind = TENON_TRAP_ACCESS;
		trap->access = error & PAGE_FETCH ? TENON_TRAP_EXECUTE : error & PAGE_WRITE ? TENON_TRAP_WRITE : TENON_TRAP_READ;
		trap->address = address;
		return true;
	case TRAP_INVALID:
		trap->kind = TENON_TRAP_ILLEGAL;
		return true;
	case TRAP_PROTECTION:
		trap->kind = TENON_TRAP_PRIVILEGED;
		return true;
	case TRAP_BREAKPOINT:
		trap->kind = TENON_TRAP_BREAKPOINT;
		return true;
	case TRAP_DIVIDE:
		trap->kind = TENON_TRAP_DIVIDE;
		return true;
	default:
		return false;
	}
}

bool trap_fix_isolated(struct channel_end *e)
{
	struct channel *shared = e->shared;
	struct tenon_trap trap = { .reg_cnt = 16 };

	if (!trap_describe(&trap, shared->args[1], shared->args[0], shared->address))
		return false;
	for (int i = 0; i < 16; i++)
		trap.reg[i] = shared->reg[i];
	trap.pc = shared->reg[DOMAIN_REG_PC];
	trap.flags = shared->reg[DOMAIN_REG_FLAGS];
	if (!trap_fix(&e->child->domain, &trap))
		return false;
	for (int i = 0; i < 16; i++)
		shared->reg[i] = trap.reg[i];
	shared->reg[DOMAIN_REG_PC] = trap.pc;
	shared->reg[DOMAIN_REG_FLAGS] = trap.flags;
	return true;
}

/* DWARF's number of a register to the signal frame's. */
static const int greg[] = { REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP,
			    REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15 };

bool trap_fix_kernel(struct process_host *h, const siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	struct tenon_trap trap = { .reg_cnt = 16 };

	if (!trap_describe(&trap, (uint64_t)regs[REG_TRAPNO], (uint64_t)regs[REG_ERR], (uintptr_t)info->si_addr))
		return false;
	for (int i = 0; i < 16; i++)
		trap.reg[i] = (unsigned long)regs[greg[i]];
	trap.pc = (unsigned long)regs[REG_RIP];
	trap.flags = (unsigned long)regs[REG_EFL];
	if (!trap_fix(&h->kernel, &trap))
		return false;
	for (int i = 0; i < 16; i++)
		regs[greg[i]] = (greg_t)trap.reg[i];
	regs[REG_RIP] = (greg_t)trap.pc;
	regs[REG_EFL] = (greg_t)trap.flags;
	return true;
}
