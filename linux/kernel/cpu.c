// SPDX-License-Identifier: GPL-2.0-only
/*
 * The CPUs, as Linux's code asks about them: all that there are are there from the beginning to the end, on one node.
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/nodemask.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <asm/smp.h>

#include "linux/glue.h"
#include "linux/x86/percpu.h"
#include "linux/versions.h"
#include "linux/export.h"

#define ALL { CPU_BITS_NONE_BUT_OURS }
#define CPU_BITS_NONE_BUT_OURS [0] = (1UL << LINUX_CPU_CNT) - 1

extern char linux_percpu_template[], linux_percpu_template_end[];

struct cpumask __cpu_possible_mask = { ALL };
EXPORT_SYMBOL(__cpu_possible_mask);
struct cpumask __cpu_online_mask = { ALL };
EXPORT_SYMBOL(__cpu_online_mask);
struct cpumask __cpu_present_mask = { ALL };
EXPORT_SYMBOL(__cpu_present_mask);
struct cpumask __cpu_active_mask = { ALL };
EXPORT_SYMBOL(__cpu_active_mask);
#if LINUX_SINCE(6, 12)
struct cpumask __cpu_dying_mask;
EXPORT_SYMBOL(__cpu_dying_mask);
#endif
atomic_t __num_online_cpus = ATOMIC_INIT(LINUX_CPU_CNT);
EXPORT_SYMBOL(__num_online_cpus);
unsigned int nr_cpu_ids = LINUX_CPU_CNT;
EXPORT_SYMBOL(nr_cpu_ids);
unsigned long __per_cpu_offset[NR_CPUS];
EXPORT_SYMBOL(__per_cpu_offset);

/* One word of which bit n is set, for each n, so that a mask of one CPU is a pointer into it. */
#define BIT_OF(n) [(n) + 1][0] = 1UL << (n)
#define BITS_OF_8(n)                                                                                                   \
	BIT_OF(n), BIT_OF((n) + 1), BIT_OF((n) + 2), BIT_OF((n) + 3), BIT_OF((n) + 4), BIT_OF((n) + 5), BIT_OF((n) + 6), \
		BIT_OF((n) + 7)
const unsigned long cpu_bit_bitmap[BITS_PER_LONG + 1][BITS_TO_LONGS(NR_CPUS)] = {
	BITS_OF_8(0),  BITS_OF_8(8),  BITS_OF_8(16), BITS_OF_8(24),
	BITS_OF_8(32), BITS_OF_8(40), BITS_OF_8(48), BITS_OF_8(56),
};
EXPORT_SYMBOL_GPL(cpu_bit_bitmap);

const DECLARE_BITMAP(cpu_all_bits, NR_CPUS) = { CPU_BITS_NONE_BUT_OURS };
EXPORT_SYMBOL(cpu_all_bits);

cpumask_var_t node_to_cpumask_map[MAX_NUMNODES] = { [0] = &__cpu_possible_mask };
EXPORT_SYMBOL(node_to_cpumask_map);

void cpus_read_lock(void)
{
}
EXPORT_SYMBOL_GPL(cpus_read_lock);

void cpus_read_unlock(void)
{
}
EXPORT_SYMBOL_GPL(cpus_read_unlock);

void lockdep_assert_cpus_held(void)
{
}

/*
 * No CPU comes later, and none goes: only what is to be done for those that are there. A state of several instances does
 * it for each one.
 */
static struct {
	int (*startup)(unsigned int cpu, struct hlist_node *instance);
	int (*teardown)(unsigned int cpu, struct hlist_node *instance);
} multi[CPUHP_ONLINE];

/* Of those that are numbered when they are set up. */
static int dynamic(enum cpuhp_state state, enum cpuhp_state end)
{
	static atomic_t taken;
	int number = (int)state + atomic_fetch_inc(&taken);

	return number < (int)end ? number : -ENOSPC;
}

int __cpuhp_setup_state(enum cpuhp_state state, const char *name, bool invoke, int (*startup)(unsigned int cpu),
			int (*teardown)(unsigned int cpu), bool multi_instance)
{
	int number = (int)state, err = 0;

	(void)name;
	if (state == CPUHP_AP_ONLINE_DYN)
		number = dynamic(state, CPUHP_AP_ONLINE_DYN_END);
	else if (state == CPUHP_BP_PREPARE_DYN)
		number = dynamic(state, CPUHP_BP_PREPARE_DYN_END);
	if (number < 0)
		return number;
	if (multi_instance) {
		multi[number].startup = (void *)startup;
		multi[number].teardown = (void *)teardown;
		invoke = false;
	}
	for (unsigned int cpu = 0; invoke && startup && cpu < LINUX_CPU_CNT && !err; cpu++)
		err = startup(cpu);
	if (err)
		return err;
	return state == CPUHP_AP_ONLINE_DYN || state == CPUHP_BP_PREPARE_DYN ? number : 0;
}
EXPORT_SYMBOL(__cpuhp_setup_state);

int __cpuhp_state_add_instance(enum cpuhp_state state, struct hlist_node *instance, bool invoke)
{
	int err = 0;

	for (unsigned int cpu = 0; invoke && multi[state].startup && cpu < LINUX_CPU_CNT && !err; cpu++)
		err = multi[state].startup(cpu, instance);
	return err;
}
EXPORT_SYMBOL_GPL(__cpuhp_state_add_instance);

int __cpuhp_state_add_instance_cpuslocked(enum cpuhp_state state, struct hlist_node *instance, bool invoke)
{
	return __cpuhp_state_add_instance(state, instance, invoke);
}

int __cpuhp_state_remove_instance(enum cpuhp_state state, struct hlist_node *instance, bool invoke)
{
	for (unsigned int cpu = 0; invoke && multi[state].teardown && cpu < LINUX_CPU_CNT; cpu++)
		multi[state].teardown(cpu, instance);
	return 0;
}
EXPORT_SYMBOL_GPL(__cpuhp_state_remove_instance);

void __cpuhp_remove_state(enum cpuhp_state state, bool invoke)
{
	(void)invoke;
	multi[state].startup = multi[state].teardown = NULL;
}
EXPORT_SYMBOL(__cpuhp_remove_state);

void linux_percpu_fill(void *variables, int cpu, void *window)
{
	memcpy(variables, linux_percpu_template, (size_t)(linux_percpu_template_end - linux_percpu_template));
	__per_cpu_offset[cpu] = (unsigned long)window;
	per_cpu(cpu_sibling_map, cpu) = (struct cpumask *)cpumask_of(cpu); /* one thread each */
	per_cpu(cpu_core_map, cpu) = per_cpu(cpu_die_map, cpu) = &__cpu_possible_mask;
	per_cpu(cpu_info, cpu) = boot_cpu_data;
	per_cpu(cpu_info, cpu).cpu_index = (u16)cpu;
}

#if LINUX_SINCE(6, 12)
/* None is farther away than another. */
int sched_numa_find_nth_cpu(const struct cpumask *cpus, int cpu, int node)
{
	(void)node;
	return (int)cpumask_nth((unsigned int)cpu, cpus);
}
EXPORT_SYMBOL_GPL(sched_numa_find_nth_cpu);
#endif
