// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: callback-left in bug_event */

#include <linux/leds.h>
#include <linux/module.h>

static int bug_event(struct led_classdev *led)
{ /* here */
	return 0;
}

static void bug_gone(struct led_classdev *led)
{
}

static struct led_trigger trigger = { .name = "bug", .activate = bug_event, .deactivate = bug_gone };

static int __init bug_init(void)
{
	return led_trigger_register(&trigger);
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
