/* SPDX-License-Identifier: GPL-2.0-only */
/* What kernel/workqueue.c makes its threads by: kernel/rescuer.c says why. */
#include <linux/kthread.h>

__printf(4, 5) struct task_struct *linux_worker_create(int (*fn)(void *data), void *data, int node, const char *name,
						       ...);
#define kthread_create_on_node linux_worker_create
