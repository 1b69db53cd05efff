/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Signals by number, sets of them, and sending them. Numbers and layouts are Linux's for x86-64. */
#ifndef KERNEL_PROCESS_SIGNAL_H
#define KERNEL_PROCESS_SIGNAL_H

#include <stdbool.h>
#include <stdint.h>

/* Names of our own beside C's, for host programs that include <signal.h> too. */
enum signal_number {
	SIGNAL_HUP = 1,
	SIGNAL_INT = 2,
	SIGNAL_QUIT = 3,
	SIGNAL_ILL = 4,
	SIGNAL_TRAP = 5,
	SIGNAL_ABRT = 6,
	SIGNAL_BUS = 7,
	SIGNAL_FPE = 8,
	SIGNAL_KILL = 9,
	SIGNAL_USR1 = 10,
	SIGNAL_SEGV = 11,
	SIGNAL_USR2 = 12,
	SIGNAL_PIPE = 13,
	SIGNAL_ALRM = 14,
	SIGNAL_TERM = 15,
	SIGNAL_STKFLT = 16,
	SIGNAL_CHLD = 17,
	SIGNAL_CONT = 18,
	SIGNAL_STOP = 19,
	SIGNAL_TSTP = 20,
	SIGNAL_TTIN = 21,
	SIGNAL_TTOU = 22,
	SIGNAL_URG = 23,
	SIGNAL_XCPU = 24,
	SIGNAL_XFSZ = 25,
	SIGNAL_VTALRM = 26,
	SIGNAL_PROF = 27,
	SIGNAL_WINCH = 28,
	SIGNAL_IO = 29,
	SIGNAL_PWR = 30,
	SIGNAL_SYS = 31,
	SIGNAL_REALTIME = 32, /* the first of those that queue */
	SIGNAL_MAX = 64,
};

/* A set of signals: bit N-1 for signal N, as in Linux's calls. */
typedef uint64_t signal_set;

static inline signal_set signal_bit(int signo)
{
	return 1ull << (signo - 1);
}

struct process;
struct task;

/* Send a signal of the kernel's to the task that runs: SIGPIPE, SIGXFSZ. Any context. */
void task_signal(int signo);

#endif
