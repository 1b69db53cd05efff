/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Waiting for several files at once: one wait that stands in the queues of all of them.
 *
 *	poll_wait_init(&p, files); ask each file once with &p; then, until one is ready: wait_sleep(&p.wait), ask with NULL
 */
#ifndef KERNEL_VFS_POLL_H
#define KERNEL_VFS_POLL_H

#include "kernel/sched/wait.h"

#define POLL_QUEUES_MAX 2 /* of one file */

struct poll_wait {
	struct wait wait;
	struct waiter *waiter; /* of the heap */
	unsigned cnt, max;
};

/* For the thread that runs, and up to @files files. Return: 0 or -TENON_ENOMEM. */
int poll_wait_init(struct poll_wait *p, unsigned files);
void poll_wait_end(struct poll_wait *p);
/* For the poll functions of files; @p NULL is let pass. */
void poll_add(struct poll_wait *p, struct wait_queue *queue);

#endif
