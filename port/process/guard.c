/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Calls in the kernel domain. Each sets a recovery point; a fault in the module's code jumps back to the innermost one.
 * This detects and names what went wrong, it does not contain it: the module may have damaged anything before.
 *
 * A fault is the module's if its code was at the program counter, or if the program counter itself cannot be fetched
 * (it jumped astray). A fault in the host's own code may happen with a lock held, so it is reported and ends the
 * process.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "port/process/internal.h"

static const int caught[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
#define CAUGHT_CNT (sizeof(caught) / sizeof(caught[0]))

/* Of the process, as the handlers are: the one host sets them when it opens and closes, and no module runs then. */
static struct sigaction before[CAUGHT_CNT];
static bool installed;

static uint64_t pc_of(const ucontext_t *uc)
{
#if defined(__x86_64__)
	return (uint64_t)uc->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
	return uc->uc_mcontext.pc;
#elif defined(__riscv)
	return uc->uc_mcontext.__gregs[REG_PC];
#else
#error "where is the program counter?"
#endif
}

static const char *fault_name(int sig)
{
	switch (sig) {
	case SIGSEGV:
		return "invalid access";
	case SIGBUS:
		return "bus error";
	case SIGILL:
		return "illegal instruction";
	case SIGTRAP:
		return "breakpoint";
	default:
		return "arithmetic error";
	}
}

void fault_describe(struct process_domain *d, const struct fault *f, char why[64])
{
	struct tenon_place at;
	char place[40];

	if (tenon_place_find(d->h->core, d->kpi.core, f->pc, &at))
		snprintf(place, sizeof(place), "%.20s+%#llx", at.name, (unsigned long long)at.offset);
	else
		snprintf(place, sizeof(place), "%#llx, in no module", (unsigned long long)f->pc);
	if (f->sig == SIGSEGV || f->sig == SIGBUS)
		snprintf(why, 64, "%s at %s (%#llx)", fault_name(f->sig), place, (unsigned long long)f->address);
	else
		snprintf(why, 64, "%s at %s", fault_name(f->sig), place);
}

static void not_ours(int sig, const siginfo_t *info, const ucontext_t *uc)
{
	char text[160];
	int len = snprintf(text, sizeof(text), "tenon: %s in the host itself, pc %#llx, address %p\n", fault_name(sig),
			   (unsigned long long)pc_of(uc), info->si_addr);

	if (len > 0 && write(STDERR_FILENO, text, (size_t)len) < 0)
		len = 0;
	/* The default action, or the sanitizer's report, when the instruction runs again. */
	for (size_t i = 0; i < CAUGHT_CNT; i++)
		if (caught[i] == sig)
			sigaction(sig, &before[i], NULL);
}

/* Single step, alignment checks or a direction that a module set would follow the host wherever it goes. */
static inline void clear_flags(void)
{
#ifdef __x86_64__
	__builtin_ia32_writeeflags_u64(0x202);
#endif
}

/* In the window there is nothing but module memory. A thread that runs there holds no lock of the host. */
static bool in_window(const struct process_host *h, uint64_t pc)
{
	return pc - h->window.start < h->window.size;
}

static __attribute__((noinline)) void fault(int sig, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;
	struct process_host *h = process_host_here;
	struct process_thread *self = thread_self(h);
	const struct fault f = { .sig = sig, .pc = pc_of(uc), .address = (uintptr_t)info->si_addr };
	bool astray = sig == SIGSEGV && f.address == f.pc;

	if (!self->guard || !(astray || in_window(h, f.pc))) {
		not_ours(sig, info, uc);
		return;
	}
	if (trap_fix_kernel(h, info, context))
		return;
	fault_describe(&h->kernel, &f, self->guard->why);
	siglongjmp(self->guard->env, 1);
}

/* The kernel leaves the alignment check as it was: nothing that may be unaligned comes before. */
static void on_fault(int sig, siginfo_t *info, void *context)
{
	clear_flags();
	fault(sig, info, context);
}

int guard_init(void)
{
	struct sigaction sa = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };

	for (size_t i = 0; i < CAUGHT_CNT; i++)
		if (sigaction(caught[i], &sa, &before[i]))
			return -TENON_EINVAL;
	installed = true;
	return 0;
}

void guard_exit(void)
{
	if (!installed)
		return;
	for (size_t i = 0; i < CAUGHT_CNT; i++)
		sigaction(caught[i], &before[i], NULL);
	installed = false;
}

/*
 * The jump out of the handler does not restore the mask, to keep calls cheap, and not every system keeps it as it was.
 */
static void unblock_faults(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < CAUGHT_CNT; i++)
		sigaddset(&set, caught[i]);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void guard_raise(struct process_host *h, const char *why)
{
	struct process_thread *self = thread_self(h);

	if (!self->guard)
		log_panic(h, why);
	snprintf(self->guard->why, 64, "%s", why);
	siglongjmp(self->guard->env, 1);
}

int guard_call(struct process_host *h, const struct process_code *code, const uint64_t args[KPI_ARGS_MAX],
	       int64_t *result, char why[64])
{
	int64_t (*fn)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t) =
	    (void *)(uintptr_t)(code->by ? code->by : code->address);
	struct process_thread *self = thread_self(h);
	struct guard g = { .outer = self->guard, .module = code->module, .why = why };
	uint32_t depth = self->core.depth;
	struct tenon_kpi_domain *inside = self->kpi.domain;

	self->guard = &g;
	if (sigsetjmp(g.env, 0)) {
		unblock_faults();
		/* Frames above are those of calls that will never return. */
		self->core.depth = depth;
		self->kpi.domain = inside;
		self->guard = g.outer;
		return -TENON_EFAULT;
	}
	*result = fn(args[0], args[1], args[2], args[3], args[4], args[5], code->address);
	clear_flags();
	self->guard = g.outer;
	return 0;
}
