// SPDX-License-Identifier: GPL-2.0-only
/* The tick: Linux's clock goes on while linux.ko is there. */
#include "linux/native/native.h"

#define TICK_NS 4000000u /* CONFIG_HZ of Debian's kernels is 250 */

static tenon_handle timer;
static uint64_t start_ns;

static void tick(void *unused)
{
	(void)unused;
	linux_tick(tenon_clock_ns() - start_ns);
}

int tick_start(void)
{
	tenon_handle h = tenon_timer_create(THIS_MODULE, tick, NULL);
	int err = tenon_handle_error(h);

	if (err)
		return err;
	timer = h;
	start_ns = tenon_clock_ns();
	return tenon_timer_start(timer, start_ns + TICK_NS, TICK_NS);
}

void tick_stop(void)
{
	tenon_timer_stop_wait(timer, NEVER_NS);
	tenon_timer_destroy(timer);
}
