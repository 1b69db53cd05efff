/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Waiting for children. */
#ifndef KERNEL_PROCESS_WAIT_H
#define KERNEL_PROCESS_WAIT_H

#include <stdbool.h>
#include <stdint.h>

struct process;

/* Linux's options of wait4 and waitid. */
enum {
	WAIT_NO_HANG = 1,
	WAIT_STOPPED = 2,
	WAIT_EXITED = 4,
	WAIT_CONTINUED = 8,
	WAIT_LEAVE = 0x01000000, /* it can be waited for again */
};

struct child_wait {
	int pid; /* that one; -1: any; 0 or below: of the group -pid, 0 the caller's own */
	unsigned options;
};

struct child_report {
	int pid; /* 0: none yet, and WAIT_NO_HANG */
	uint32_t uid;
	int status; /* as wait4 gives it */
	uint64_t run_ns;
};

/* Return: 0; -TENON_ECHILD; -TENON_EINTR. */
int child_wait(const struct child_wait *w, struct child_report *report);

/*
 * The same without waiting, with process_lock held. Return: 0, -TENON_ECHILD, -TENON_EAGAIN: there are some, none
 * ready.
 */
int child_find(struct process *parent, const struct child_wait *w, struct child_report *report);

/* A zombie goes; process_lock. */
void process_reap(struct process *p);

#endif
