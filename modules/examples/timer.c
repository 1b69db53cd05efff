/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A timer that counts. It shows the shape of every module that obtains something: init asks for it, exit gives it
 * back, and in between the kernel calls a function of the module.
 */
#include "tenon/module.h"

static unsigned int period_ms = 10;
module_param(period_ms, uint, 0444);
MODULE_PARM_DESC(period_ms, "milliseconds between two ticks, 10 if not given");

static tenon_handle timer; /* names the timer; what a timer is made of is the kernel's affair */
static unsigned int ticks;

/*
 * Timers come at any moment and may not sleep: no lock, no memory, as little work as can be. The count is read by
 * another thread, hence __atomic: both see a whole number, whatever the compiler makes of it.
 */
static void tick(void *unused)
{
	(void)unused;
	__atomic_fetch_add(&ticks, 1, __ATOMIC_RELAXED);
}

static int __init timer_init(void)
{
	const uint64_t period_ns = period_ms * 1000000ull;
	int err;

	timer = tenon_timer_create(THIS_MODULE, tick, NULL);
	err = tenon_handle_error(timer);
	if (err)
		return err;
	/* Deadlines are moments, not durations: one that is computed once cannot be stretched by waiting twice. */
	err = tenon_timer_start(timer, tenon_clock_ns() + period_ns, period_ns);
	if (err) {
		tenon_timer_destroy(timer); /* init undoes what it did before it fails */
		return err;
	}
	pr_info("a tick every %u ms\n", period_ms);
	return 0;
}

/*
 * After this function no code of the module may run. So wait until a callback that is just running has returned; a
 * plain tenon_timer_stop would not.
 */
static void __exit timer_exit(void)
{
	tenon_timer_stop_wait(timer, tenon_clock_ns() + 1000000000ull);
	tenon_timer_destroy(timer);
	pr_info("%u ticks\n", __atomic_load_n(&ticks, __ATOMIC_RELAXED));
}

module_init(timer_init);
module_exit(timer_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Counts the ticks of a periodic timer");
MODULE_AUTHOR("The Tenon authors");
