// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What is asked for to run asynchronously has run when a module's load, or its unload, is over. */
/* log: a slow device is there */
/* log: a slow device is gone */
/* prompt: cat /sys/module/clean_async/parameters/probed */
/* says: 1 */
#include <linux/async.h>
#include <linux/delay.h>
#include <linux/module.h>

#define SLOW_MS 200

static int probed;
module_param(probed, int, 0444);

static void probe(void *unused, async_cookie_t cookie)
{
	msleep(SLOW_MS);
	pr_info("a slow device is there\n");
	probed = 1;
}

static void take_down(void *unused, async_cookie_t cookie)
{
	msleep(SLOW_MS);
	pr_info("a slow device is gone\n");
}

static int __init clean_init(void)
{
	async_schedule(probe, NULL);
	return 0;
}

static void __exit clean_exit(void)
{
	async_schedule(take_down, NULL);
}

module_init(clean_init);
module_exit(clean_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Takes its time");
