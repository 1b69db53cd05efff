// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The end, when something of ours is broken. */
#include "kernel/init.h"
#include "kernel/log.h"

#include <stdatomic.h>

#include "tenon/runtime.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/boot.h"
#include "kernel/console.h"
#include "kernel/sched/thread.h"
#include "kernel/symbols.h"

/* Changed by random_init() before the first thread is made. */
uintptr_t __stack_chk_guard = 0x5bd1e995c3a17f00;

static _Atomic(struct thread *) panicking;

bool panic_running(void)
{
	return atomic_load_explicit(&panicking, memory_order_relaxed);
}

static void vprint(const char *fmt, va_list args)
{
	char line[LOG_LINE_BYTES];
	size_t len = (size_t)tenon_vsnprintf(line, sizeof(line), fmt, args);

	console_write(line, len < sizeof(line) ? len : sizeof(line) - 1);
}

static void print(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprint(fmt, args);
	va_end(args);
}

bool panic_is_here(void)
{
	return atomic_load_explicit(&panicking, memory_order_relaxed) == thread_current();
}

/* Only the first CPU that comes here speaks; a panic of its own while it does so ends quietly. */
static void begin(const char *fmt, va_list args)
{
	char line[LOG_LINE_BYTES];
	struct thread *nobody = NULL;

	interrupts_disable();
	if (!atomic_compare_exchange_strong(&panicking, &nobody, thread_current()))
		machine_halt();
	cpus_stop_others();
	tenon_vsnprintf(line, sizeof(line), fmt, args);
	print("\r\nKernel panic: %s\r\nCPU %u, thread %s (%u)\r\n", line, thread_current()->cpu->index,
	      thread_current()->name, thread_current()->id);
}

/* "panic" on the command line: whoever started the machine waits for its end, and does not look at it. */
static _Noreturn void end(void)
{
	if (boot_option("panic", NULL, 0))
		machine_restart();
	machine_halt();
}

_Noreturn void panic(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	begin(fmt, args);
	va_end(args);
	backtrace_print((uint64_t)__builtin_return_address(0), *(uint64_t *)__builtin_frame_address(0));
	print("The machine stops.\r\n");
	end();
}

_Noreturn void panic_frame(const struct trap_frame *f, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	begin(fmt, args);
	va_end(args);
	trap_print(f, print);
	backtrace_print(f->rip, f->rbp);
	print("The machine stops.\r\n");
	end();
}

_Noreturn void __init machine_refuse(const char *fmt, ...)
{
	va_list args;

	print("tenon: ");
	va_start(args, fmt);
	vprint(fmt, args);
	va_end(args);
	print("\r\n");
	end();
}

_Noreturn void __stack_chk_fail(void);
_Noreturn void __stack_chk_fail(void)
{
	panic("a stack canary was overwritten");
}
