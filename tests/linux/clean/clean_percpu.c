// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Counters per CPU: declared, allocated, and the library's. */
/* log: sum 300, allocated 30 */
/* log: counter 1000 */
#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/percpu_counter.h>

static DEFINE_PER_CPU(int, declared);
static int __percpu *allocated;

static int sum(int __percpu *each)
{
	int all = 0, cpu;

	for_each_possible_cpu(cpu) all += *per_cpu_ptr(each, cpu);
	return all;
}

static int __init clean_init(void)
{
	struct percpu_counter counter;
	int err = percpu_counter_init(&counter, 0, GFP_KERNEL);

	if (err)
		return err;
	allocated = alloc_percpu(int);
	if (!allocated) {
		percpu_counter_destroy(&counter);
		return -ENOMEM;
	}
	for (int i = 0; i < 30; i++) {
		this_cpu_add(declared, 10);
		this_cpu_inc(*allocated);
		preempt_disable();
		__this_cpu_sub(declared, 0);
		preempt_enable();
	}
	pr_info("sum %d, allocated %d\n", sum(&declared), sum(allocated));
	for (int i = 0; i < 100; i++)
		percpu_counter_add(&counter, 10);
	pr_info("counter %lld\n", percpu_counter_sum(&counter));
	percpu_counter_destroy(&counter);
	return 0;
}

static void __exit clean_exit(void)
{
	free_percpu(allocated);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
