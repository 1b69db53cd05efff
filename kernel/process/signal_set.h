/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What is decided about signals without a machine: what is pending, in which order it is taken, and what becomes of it.
 * Lock: process_lock, where these are part of a process.
 */
#ifndef KERNEL_PROCESS_SIGNAL_SET_H
#define KERNEL_PROCESS_SIGNAL_SET_H

#include "kernel/process/signal.h"

/* Linux's si_code, by names of our own: of signals that are sent, and of SIGCHLD. */
enum { INFO_USER = 0, INFO_KERNEL = 0x80, INFO_TKILL = -6 };
enum { INFO_EXITED = 1, INFO_KILLED = 2, INFO_STOPPED = 5, INFO_CONTINUED = 6 };

/* Linux's siginfo_t, 128 bytes, as far as the kernel fills it; the rest is 0. */
struct signal_info {
	int32_t signo, error, code, pad;
	union {
		struct {
			int32_t pid;
			uint32_t uid;
			uint64_t value; /* of sigqueue; of SIGCHLD the status, as an int */
			uint64_t user_ticks, system_ticks;
		};
		uint64_t addr; /* of a fault */
	};
	uint8_t rest[128 - 48];
};

_Static_assert(sizeof(struct signal_info) == 128, "siginfo_t");

/* Linux's struct sigaction of the kernel. */
struct signal_action {
	uint64_t handler; /* or one of the two below */
	uint64_t flags, restorer;
	signal_set mask;
};

#define HANDLER_DEFAULT 0ull
#define HANDLER_IGNORE 1ull

/* Its flags, sigaction(2). */
#define ACTION_NO_CHILD_STOP 1ull
#define ACTION_NO_ZOMBIES 2ull
#define ACTION_RESTORE 0x04000000ull
#define ACTION_STACK 0x08000000ull
#define ACTION_AGAIN 0x10000000ull
#define ACTION_NO_DEFER 0x40000000ull
#define ACTION_RESET 0x80000000ull

struct queued_signal {
	struct queued_signal *next;
	struct signal_info info;
};

/* Signals that wait to be taken. Those below SIGNAL_REALTIME are there once or not. */
struct pending {
	signal_set set;
	struct queued_signal *first, **last; /* in order of sending; last NULL: empty */
};

#define SIGNALS_QUEUED_MAX 256 /* in one queue: then real-time signals cannot be sent */

/**
 * pending_add - a signal was sent
 * @limit: queued_cnt of the process, which counts them
 *
 * One that is pending already is not added again, unless it is a real-time one. Without memory one below
 * SIGNAL_REALTIME loses what came with it.
 *
 * Return: 0, -TENON_EAGAIN: a real-time signal for which there is no room.
 */
int pending_add(struct pending *p, const struct signal_info *info, unsigned *queued_cnt);

/**
 * pending_take - take the next of @wanted: synchronous faults first, then by number
 *
 * Return: false: there is none.
 */
bool pending_take(struct pending *p, signal_set wanted, struct signal_info *info, unsigned *queued_cnt);
void pending_remove(struct pending *p, signal_set which, unsigned *queued_cnt);

/* What becomes of a signal that is taken. */
enum signal_fate { FATE_IGNORE, FATE_HANDLE, FATE_END, FATE_CORE, FATE_STOP, FATE_CONTINUE };

enum signal_fate signal_fate(int signo, const struct signal_action *action);

/* KILL and STOP can be neither blocked, ignored nor handled. */
#define SIGNALS_UNBLOCKABLE (1ull << (SIGNAL_KILL - 1) | 1ull << (SIGNAL_STOP - 1))
#define SIGNALS_STOPPING                                                                                               \
	(1ull << (SIGNAL_STOP - 1) | 1ull << (SIGNAL_TSTP - 1) | 1ull << (SIGNAL_TTIN - 1) | 1ull << (SIGNAL_TTOU - 1))

#endif
