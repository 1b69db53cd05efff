// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls on other virtual CPUs, which are the interrupts between them: whoever has the CPU makes the call where it would
 * run other work that was put off, or the tick does that visits it (softirq.c).
 */
#include <linux/llist.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "linux/glue.h"
#include "linux/x86/percpu.h"
#include "linux/kernel/kernel.h"
#include "linux/export.h"

static struct llist_head calls[LINUX_CPU_CNT];

void linux_calls_run(void)
{
	struct llist_node *n = llist_reverse_order(llist_del_all(&calls[raw_smp_processor_id()]));
	struct __call_single_data *call, *next;

	llist_for_each_entry_safe(call, next, n, node.llist)
	{
		smp_call_func_t func = call->func;
		void *info = call->info;

		smp_store_release(&call->node.u_flags, 0); /* from now on it may be used again */
		linux_irq_enter();
		func(info);
		linux_irq_exit();
	}
}

int smp_call_function_single_async(int cpu, struct __call_single_data *call)
{
	if (cmpxchg(&call->node.u_flags, 0, CSD_FLAG_LOCK))
		return -EBUSY;
	llist_add(&call->node.llist, &calls[cpu]);
	return 0;
}
EXPORT_SYMBOL_GPL(smp_call_function_single_async);

struct request {
	struct __call_single_data call;
	smp_call_func_t func;
	void *info;
	bool done;
};

static void serve(void *arg)
{
	struct request *r = arg;

	r->func(r->info);
	smp_store_release(&r->done, true);
}

/* @wait or not, it is waited for: the request lies on the stack. */
int smp_call_function_single(int cpu, smp_call_func_t func, void *info, int wait)
{
	struct request r = { .func = func, .info = info };
	unsigned long flags;

	(void)wait;
	if (cpu < 0 || cpu >= LINUX_CPU_CNT)
		return -ENXIO;
	preempt_disable();
	if (cpu == (int)smp_processor_id()) {
		local_irq_save(flags);
		func(info);
		local_irq_restore(flags);
		preempt_enable();
		return 0;
	}
	preempt_enable();
	r.call.func = serve;
	r.call.info = &r;
	smp_call_function_single_async(cpu, &r.call);
	while (!smp_load_acquire(&r.done))
		yield();
	return 0;
}
EXPORT_SYMBOL(smp_call_function_single);

void smp_call_function_many(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait)
{
	int own = (int)raw_smp_processor_id();

	for (int cpu = 0; cpu < LINUX_CPU_CNT; cpu++)
		if (cpu != own && cpumask_test_cpu(cpu, mask))
			smp_call_function_single(cpu, func, info, wait);
}
EXPORT_SYMBOL(smp_call_function_many);

void on_each_cpu_cond_mask(smp_cond_func_t cond, smp_call_func_t func, void *info, bool wait,
			   const struct cpumask *mask)
{
	for (int cpu = 0; cpu < LINUX_CPU_CNT; cpu++)
		if (cpumask_test_cpu(cpu, mask) && (!cond || cond(cpu, info)))
			smp_call_function_single(cpu, func, info, wait);
}
EXPORT_SYMBOL(on_each_cpu_cond_mask);
