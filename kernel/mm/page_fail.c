// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Debug builds: one allocation of one thread fails, for tests that make each of them fail in turn. */
#include "kernel/mm/page.h"

#include "kernel/sched/thread.h"

#ifdef KERNEL_DEBUG

static struct thread *_Atomic thread;
static _Atomic uint64_t left;

void page_fail_at(uint64_t nth)
{
	atomic_store(&left, nth);
	atomic_store(&thread, nth ? thread_current() : NULL);
}

uint64_t page_fail_left(void)
{
	return atomic_load(&left);
}

bool page_fails(void)
{
	struct thread *t = atomic_load(&thread);

	return t && t == thread_current() && atomic_load(&left) && atomic_fetch_sub(&left, 1) == 1;
}

#endif
