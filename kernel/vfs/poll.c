// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/vfs/poll.h"

#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "tenon/errno.h"

int poll_wait_init(struct poll_wait *p, unsigned files)
{
	*p = (struct poll_wait){ .max = files * POLL_QUEUES_MAX };
	wait_init(&p->wait);
	p->waiter = heap_alloc_array(p->max ? p->max : 1, sizeof(*p->waiter));
	return p->waiter ? 0 : -TENON_ENOMEM;
}

void poll_wait_end(struct poll_wait *p)
{
	while (p->cnt)
		wait_remove(&p->waiter[--p->cnt]);
	heap_free(p->waiter);
}

void poll_add(struct poll_wait *p, struct wait_queue *queue)
{
	if (!p)
		return;
	ASSERT(p->cnt < p->max);
	wait_add(&p->waiter[p->cnt++], &p->wait, queue);
}
