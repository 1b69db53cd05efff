// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * A shrinker that is never asked to shrink: jbd2 looks at its flag to know whether it has counters to take back, and one
 * that is left on their list is found there when its memory has gone.
 */
#include <linux/module.h>
#include <linux/shrinker.h>

#include "check.h"

static unsigned long count(struct shrinker *shrinker, struct shrink_control *control)
{
	return 0;
}

static struct shrinker shrinker = { .count_objects = count, .scan_objects = count, .seeks = DEFAULT_SEEKS };

static int __init test_init(void)
{
	check(!register_shrinker(&shrinker, "test"), "a shrinker is registered");
	check(shrinker.flags & SHRINKER_REGISTERED, "... and says so");
	unregister_shrinker(&shrinker);
	check(!(shrinker.flags & SHRINKER_REGISTERED), "... until it is unregistered");
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test of shrinkers");
