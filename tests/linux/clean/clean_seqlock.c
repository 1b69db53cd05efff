// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A seqlock and a bare sequence counter: readers try again while a timer writes. */
/* log: every pair was whole */
/* log: sequence is even */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/seqlock.h>
#include <linux/timer.h>

static DEFINE_SEQLOCK(lock);
static u64 first, second;

static void change(struct timer_list *t)
{
	write_seqlock(&lock);
	first++;
	second = first * 2;
	write_sequnlock(&lock);
	mod_timer(t, jiffies + 1);
}
static DEFINE_TIMER(timer, change);

static bool is_whole(void)
{
	unsigned int seq;
	u64 a, b;

	do {
		seq = read_seqbegin(&lock);
		a = first;
		b = second;
	} while (read_seqretry(&lock, seq));
	return b == a * 2;
}

static int __init clean_init(void)
{
	seqcount_t counter = SEQCNT_ZERO(counter);
	bool whole = true;

	mod_timer(&timer, jiffies + 1);
	for (int i = 0; i < 1000; i++) {
		whole &= is_whole();
		if (!(i % 100))
			msleep(1);
	}
	if (whole)
		pr_info("every pair was whole\n");
	preempt_disable();
	write_seqcount_begin(&counter);
	write_seqcount_end(&counter);
	preempt_enable();
	if (!(read_seqcount_begin(&counter) & 1))
		pr_info("sequence is even\n");
	return 0;
}

static void __exit clean_exit(void)
{
	del_timer_sync(&timer);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
