// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Times: of clocks, converted, compared, and taken apart. */
/* log: 1500 ms are 1500000000 ns */
/* log: 2000-02-29 12:34:56 */
/* log: the clock goes on */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/time.h>
#include <linux/timekeeping.h>

static int __init clean_init(void)
{
	unsigned long before = jiffies;
	ktime_t start = ktime_get(), boot = ktime_get_boottime();
	struct tm tm;

	pr_info("1500 ms are %lld ns\n", ktime_to_ns(ms_to_ktime(1500)));
	time64_to_tm(951827696, 0, &tm);
	pr_info("%04ld-%02d-%02d %02d:%02d:%02d\n", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
		tm.tm_sec);
	mdelay(1);
	msleep(2 * jiffies_to_msecs(1));
	if (time_after(jiffies, before) && ktime_after(ktime_get(), start) && ktime_after(ktime_get_boottime(), boot) &&
	    ktime_get_real_seconds() > 1500000000)
		pr_info("the clock goes on\n");
	return msecs_to_jiffies(1000) == HZ ? 0 : -EINVAL;
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
