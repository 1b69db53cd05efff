// SPDX-License-Identifier: GPL-2.0-only
/*
 * The clock by which Linux's code counts: set by the host's time at each tick, so that ticks that come late are made up
 * for.
 */
#include <linux/jiffies.h>

#include "linux/glue.h"
#include "linux/export.h"

unsigned long volatile jiffies = INITIAL_JIFFIES;
EXPORT_SYMBOL(jiffies);
extern u64 jiffies_64 __attribute__((alias("jiffies")));

void linux_tick(unsigned long long since_start_ns)
{
	WRITE_ONCE(jiffies, INITIAL_JIFFIES + (unsigned long)(since_start_ns / TICK_NSEC));
}
