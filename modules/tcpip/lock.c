// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The one lock. It is taken for each frame and each operation and is nearly always free: so who finds it free asks nobody, and
 * only who has to wait needs the kernel.
 */
#include "tcpip.h"

#define LOCK_NS 10000000000ull /* nothing is waited for with it held */

enum { FREE, HELD, WAITED_FOR };

/* WAITED_FOR: held, and perhaps somebody waits. One who waits no more leaves it so: then the event is set for nobody. */
static uint32_t state;
static tenon_handle freed; /* an event; whoever it lets pass looks again */

int lock_open(void)
{
	freed = tenon_event_create(THIS_MODULE);
	return tenon_handle_error(freed);
}

void lock_close(void)
{
	tenon_event_destroy(freed);
}

static int wait_for_it(void)
{
	uint64_t deadline_ns = tenon_clock_ns() + LOCK_NS;
	int err = 0;

	/* Held by us it is still WAITED_FOR, for there may be others. */
	while (!err && __atomic_exchange_n(&state, WAITED_FOR, __ATOMIC_ACQUIRE) != FREE)
		err = tenon_event_wait(freed, deadline_ns);
	return err;
}

int tcpip_lock(void)
{
	uint32_t was = FREE;

	if (__atomic_compare_exchange_n(&state, &was, HELD, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return 0;
	return wait_for_it();
}

void tcpip_unlock(void)
{
	if (__atomic_exchange_n(&state, FREE, __ATOMIC_RELEASE) == WAITED_FOR)
		tenon_event_set(freed);
}
