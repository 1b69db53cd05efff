// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What the native interface needs of this kernel for its log and random numbers: struct tenon_kpi_host. */
#include "kernel/arch/x86_64/guard.h"
#include "kernel/mm/heap.h"
#include "kernel/module/module.h"
#include "kernel/module/thread.h"
#include "kernel/random.h"
#include "kernel/sched/lock.h"

_Static_assert(sizeof(struct spinlock) <= sizeof(struct tenon_kpi_lock), "it has room for a lock");

static void release(void *memory, size_t bytes)
{
	(void)bytes;
	heap_free(memory);
}

static void lock_init(struct tenon_kpi_lock *l)
{
	spin_init((struct spinlock *)l, LOCK_LEAF);
}

static void lock(struct tenon_kpi_lock *l)
{
	spin_lock((struct spinlock *)l);
}

static void unlock(struct tenon_kpi_lock *l)
{
	spin_unlock((struct spinlock *)l);
}

static struct tenon_kpi_thread *self(void)
{
	return &module_thread()->kpi;
}

static void fault(struct tenon_kpi_domain *d, const char *why)
{
	(void)d;
	guard_raise(why);
}

static int random(void *to, size_t bytes)
{
	random_bytes(to, bytes);
	return 0;
}

const struct tenon_kpi_host domain_primitives = {
	.alloc = heap_alloc_zeroed,
	.free = release,
	.lock_init = lock_init,
	.lock = lock,
	.unlock = unlock,
	.self = self,
	.fault = fault,
	.random = random,
};
