// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tick: Linux's clock goes on while linux.ko is there, and timers that are due on a virtual CPU run there. Each that
 * is free is visited; one that is not has a thread that will look itself, or is visited a tick later.
 */
#include "linux/native/native.h"
#include "linux/x86/percpu.h"

#define TICK_NS 4000000u /* CONFIG_HZ of Debian's kernels is 250 */

static tenon_handle ticker, quit;
static void *task; /* the ticker's, in Linux code */
static uint64_t start_ns;

static void tick(void *unused)
{
	bool all;

	(void)unused;
	while (tenon_event_wait(quit, tenon_clock_ns() / TICK_NS * TICK_NS + TICK_NS) == -TENON_ETIMEDOUT) {
		linux_tick(tenon_clock_ns() - start_ns);
		all = true;
		for (int cpu = 0; cpu < LINUX_CPU_CNT; cpu++)
			all &= lx_visit(cpu, task, linux_tick_here);
		if (!linux_watching)
			continue;
		vcpus_watch();
		linux_quiet_tick(all);
	}
}

int tick_start(void)
{
	tenon_handle h = tenon_event_create(THIS_MODULE);
	int err = tenon_handle_error(h);

	if (err)
		return err;
	quit = h;
	task = linux_task_get();
	if (!task) {
		tenon_event_destroy(quit);
		return -TENON_ENOMEM;
	}
	start_ns = tenon_clock_ns();
	linux_tick(0);
	h = tenon_thread_create(THIS_MODULE, tick, NULL, "linux-tick");
	err = tenon_handle_error(h);
	if (err)
		tenon_event_destroy(quit);
	ticker = h;
	return err;
}

void tick_stop(void)
{
	tenon_event_set(quit);
	tenon_thread_join(ticker, NEVER_NS);
	tenon_event_destroy(quit);
}
