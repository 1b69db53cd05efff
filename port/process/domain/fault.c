/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Faults of module code are reported to the host, with the registers. Either the host answers (a module had a function for
 * that) and the thread goes on with the registers it is given, or it ends the process.
 */
#include <linux/signal.h>
#include <asm/sigcontext.h>
#include <asm/siginfo.h>

#include "port/process/domain/domain.h"
#include "port/process/domain/sys.h"

/*
 * What the kernel leaves on the stack (struct ucontext, whose header does not go without a C library), up to the
 * registers.
 */
struct signal_frame {
	unsigned long flags;
	void *link;
	stack_t stack;
	struct sigcontext mc;
};

/* Registers in the order of DWARF and of struct channel. */
#define FOR_EACH_REG(X) \
	X(0, rax) X(1, rdx) X(2, rcx) X(3, rbx) X(4, rsi) X(5, rdi) X(6, rbp) X(7, rsp) X(8, r8) X(9, r9) X(10, r10) \
	X(11, r11) X(12, r12) X(13, r13) X(14, r14) X(15, r15) X(16, rip) X(17, eflags)

static void on_fault(int sig, siginfo_t *info, void *context)
{
	struct signal_frame *uc = context;
	struct channel *ch;

	__asm__ volatile("mov %%fs:%c1, %0" : "=r"(ch) : "i"(__builtin_offsetof(struct channel, own)));
#define SAVE(i, name) ch->reg[i] = uc->mc.name;
	FOR_EACH_REG(SAVE)
	ch->index = (uint32_t)sig;
	ch->address = (uint64_t)info->si_addr;
	ch->args[0] = uc->mc.err;
	ch->args[1] = uc->mc.trapno;
	channel_give(ch, OP_FAULT);
	channel_serve(ch);
#define RESTORE(i, name) uc->mc.name = ch->reg[i];
	FOR_EACH_REG(RESTORE)
}

void fault_init(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
	struct sigaction sa = {
		.sa_handler = (__sighandler_t)(void *)on_fault,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | 0x04000000 /* SA_RESTORER */,
		.sa_restorer = signal_return,
	};

	for (unsigned int i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sys6(SYS_rt_sigaction, signals[i], (long)&sa, 0, 8, 0, 0))
			sys_exit_all(EXIT_SIGNAL);
}
