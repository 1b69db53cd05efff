/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The kernel below its parts that are tested here: memory, locks, waiting and the process that runs, over the C library
 * and its threads. host_machine.c has the machine's side, host_process.c that of processes.
 */
#ifndef TESTS_KERNEL_HOST_H
#define TESTS_KERNEL_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Let allocation number @n from now on fail, and no other; 0: none. Pages and heap alike. */
void host_fail_allocation(unsigned n);
/* Has it failed? */
bool host_allocation_failed(void);
/* Objects and pages that were not given back. */
long host_allocations(void);

/* The next waits of this thread end as if by a signal. */
void host_interrupt(bool interrupted);
/* This thread pauses whenever it has released a lock, so that others get in between what it does. */
void host_pause(bool pauses);
/* Threads that sleep in a wait now; a test that needs one to sleep looks here. */
unsigned host_sleepers(void);

/*
 * Threads of the kernel that are started from now on run beside this one; false: what they would do is done when they are
 * started. Waits for those that run.
 */
void host_threads(bool are_beside);

/* The process that runs; one for each thread of the test. */
struct host_process {
	int pid, group, session;
	struct terminal *terminal;
	bool orphaned, signals_ineffective;
	uint32_t uid, gid;
};

struct host_process *host_process(void);
/* The last signal sent to a group or to the task that runs, and to which group (0: the task); 0 if none. Cleared. */
int host_signal(int *group);

#endif
