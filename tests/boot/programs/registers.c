// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Vector registers belong to each process, outlive signals, and come back only if what the program says of them is
 * sound.
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <ucontext.h>

#include "tests/boot/programs/guest.h"

typedef uint64_t vector __attribute__((vector_size(32)));

static bool has_avx(void)
{
	unsigned a, b, c, d;

	return __get_cpuid(1, &a, &b, &c, &d) && c >> 28 & 1 && c >> 27 & 1;
}

/* Fill ymm0 and ymm15, compute for a while with other processes running, look whether they are as before. */
__attribute__((target("avx"))) static bool keep(uint64_t seed)
{
	vector in = { seed, seed * 3, seed * 5, seed * 7 }, low, high;

	for (int round = 0; round < 2000; round++) {
		__asm__ volatile("vmovdqu %2, %%ymm0\n vmovdqu %2, %%ymm15\n"
				 "movl $20000, %%ecx\n1: decl %%ecx\n jnz 1b\n"
				 "vmovdqu %%ymm0, %0\n vmovdqu %%ymm15, %1"
				 : "=m"(low), "=m"(high)
				 : "m"(in)
				 : "ecx", "xmm0", "xmm15", "memory");
		if (memcmp(&low, &in, sizeof(in)) || memcmp(&high, &in, sizeof(in)))
			return false;
	}
	return true;
}

static bool many_keep(void)
{
	bool good = true;
	int status;

	for (uint64_t i = 1; i <= 4; i++)
		if (fork() == 0)
			_exit(!keep(i * 0x123456789abcdefull));
	while (waitpid(-1, &status, 0) > 0)
		good &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
	return good;
}

__attribute__((target("avx"))) static void spoil(int signo)
{
	(void)signo;
	__asm__ volatile("vxorps %%ymm0, %%ymm0, %%ymm0\n vxorps %%ymm15, %%ymm15, %%ymm15" : : : "xmm0", "xmm15");
}

/* The signal is raised with the registers full and no C code between. */
__attribute__((target("avx"))) static bool survives_handler(void)
{
	struct sigaction action = { .sa_handler = spoil };
	vector in = { 1, 2, 3, 4 }, out;

	sigaction(SIGUSR1, &action, NULL);
	__asm__ volatile("vmovdqu %1, %%ymm0\n movl $39, %%eax\n syscall\n"                  /* getpid */
			 "movl %%eax, %%edi\n movl $10, %%esi\n movl $62, %%eax\n syscall\n" /* kill SIGUSR1 */
			 "vmovdqu %%ymm0, %0"
			 : "=m"(out)
			 : "m"(in)
			 : "rax", "rcx", "r11", "rdi", "rsi", "xmm0", "memory");
	return !memcmp(&in, &out, sizeof(in));
}

static unsigned what;

/* What the kernel must not believe: it is set in the frame of the handler, to which it returns. */
static void forge(int signo, siginfo_t *info, void *context)
{
	ucontext_t *u = context;

	(void)signo;
	(void)info;
	switch (what) {
	case 0:
		u->uc_mcontext.gregs[REG_EFL] |= 0x3000; /* I/O privilege */
		break;
	case 1:
		u->uc_mcontext.gregs[REG_RIP] = 0x800000000000; /* no address */
		break;
	case 2:
		u->uc_mcontext.gregs[REG_CSGSFS] = 8; /* the kernel's code */
		break;
	case 3:
		memset(u->uc_mcontext.fpregs, 0xff, 576); /* reserved bits everywhere */
		break;
	case 4:
		u->uc_mcontext.fpregs = (void *)0xffff800000000000;
		break;
	case 5:
		u->uc_mcontext.gregs[REG_RSP] = -8;
		break;
	case 6:
		u->uc_mcontext.gregs[REG_RIP] = (greg_t)0xffffffff80000000;
		break;
	}
}

static void return_forged(void)
{
	struct sigaction action = { .sa_sigaction = forge, .sa_flags = SA_SIGINFO };
	uint64_t flags;

	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	__asm__ volatile("pushfq; popq %0" : "=r"(flags));
	_exit(flags & 0x3000 ? 1 : 0);
}

static void privileged(void)
{
	__asm__ volatile("cli");
}

static void forged_without_frame(void)
{
	__asm__ volatile("xorl %%esp, %%esp\n movl $15, %%eax\n syscall" : : : "memory");
}

static void step(int signo)
{
	_exit(signo == SIGTRAP ? 5 : 1);
}

static void trace_itself(void)
{
	struct sigaction action = { .sa_handler = step };

	sigaction(SIGTRAP, &action, NULL);
	__asm__ volatile("pushfq\n orq $0x100, (%rsp)\n popfq\n nop\n nop");
	_exit(2);
}

static void syscall_with_trap_flag(void)
{
	struct sigaction action = { .sa_handler = step };

	sigaction(SIGTRAP, &action, NULL);
	__asm__ volatile("movl $39, %%eax\n pushfq\n orq $0x100, (%%rsp)\n popfq\n syscall\n nop"
			 :
			 :
			 : "rax", "rcx", "r11");
	_exit(2);
}

int main(void)
{
	static const struct {
		const char *name;
		int signo; /* 0: goes on with what was made good */
	} forged[] = {
		{ "I/O privilege", 0 },
		{ "an instruction pointer that is no address", SIGSEGV },
		{ "the kernel's code segment", 0 },
		{ "vector state with reserved bits", SIGSEGV },
		{ "vector state at the kernel's address", SIGSEGV },
		{ "the kernel's stack pointer", SIGSEGV },
		{ "the kernel's instruction pointer", SIGSEGV },
	};

	guest_begin();
	if (has_avx()) {
		ok(many_keep(), "four processes with AVX registers keep their own");
		ok(survives_handler(), "AVX registers outlive a handler that uses them");
	}
	for (what = 0; what < sizeof(forged) / sizeof(*forged); what++) {
		int status = in_child(return_forged), signo = forged[what].signo;

		ok(signo ? killed(status, signo) : exited(status, 0), "a return from a handler with %s",
		   forged[what].name);
	}
	ok(killed(in_child(forged_without_frame), SIGSEGV), "a return from no handler");
	ok(killed(in_child(privileged), SIGSEGV), "a privileged instruction is SIGSEGV");
	ok(exited(in_child(trace_itself), 5), "a program may trace itself");
	ok(exited(in_child(syscall_with_trap_flag), 5), "... also into a system call");
	guest_end();
}
