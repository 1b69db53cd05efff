// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual CPUs. Linux code runs only while its thread has one, whose window holds Linux's per-CPU variables. None is
 * ever taken away (hold mask 0): Linux code gives its own back where it waits, as on a kernel without preemption.
 */
#include "linux/native/native.h"
#include "linux/x86/percpu.h"

#define CPU_CNT 8
#define WAIT_NS 1000000u /* a wake-up may reach another waiter than the one that it is for: so none waits for long */

static tenon_handle cpus, changed;
static struct tenon_vcpu_set set;

static void *window_word(int cpu, size_t offset)
{
	return (char *)set.windows + (size_t)cpu * set.stride + offset;
}

static void fill_window(int cpu, uint64_t canary)
{
	void *window = window_word(cpu, 0);

	memcpy(window_word(cpu, WINDOW_CANARY), &canary, sizeof(canary));
	memcpy(window_word(cpu, WINDOW_THIS_CPU_OFF), &window, sizeof(window));
	*(uint32_t *)window_word(cpu, WINDOW_PREEMPT_COUNT) = WINDOW_PREEMPT_NONE;
	*(int *)window_word(cpu, WINDOW_CPU_NUMBER) = cpu;
}

int vcpus_create(void)
{
	tenon_handle h = tenon_event_create(THIS_MODULE);
	uint64_t canary;
	int err = tenon_handle_error(h);

	if (err)
		return err;
	changed = h;
	err = tenon_random(&canary, sizeof(canary));
	set = (struct tenon_vcpu_set){
		.size = sizeof(set), .cnt = CPU_CNT, .window_bytes = WINDOW_BYTES, .hold_offset = WINDOW_PREEMPT_COUNT
	};
	h = err < 0 ? 0 : tenon_vcpu_create(THIS_MODULE, &set);
	err = err < 0 ? err : tenon_handle_error(h);
	if (err) {
		tenon_event_destroy(changed);
		return err;
	}
	cpus = h;
	/* A thread may go on with another CPU than it began with, so the canary is the same for all. */
	for (int i = 0; i < CPU_CNT; i++)
		fill_window(i, canary & ~0xffull);
	return 0;
}

void vcpus_destroy(void)
{
	tenon_vcpu_destroy(cpus);
	tenon_event_destroy(changed);
}

static void set_task(int cpu, void *task)
{
	*(void **)window_word(cpu, WINDOW_CURRENT_TASK) = task;
}

long lx_on_cpu(long (*fn)(void *arg), void *arg)
{
	int cpu = tenon_vcpu_acquire(cpus, NEVER_NS);
	void *task;
	long ret;

	if (cpu == -TENON_EDEADLK)
		return fn(arg); /* called by Linux code */
	if (cpu < 0)
		return cpu;
	task = linux_task_get();
	if (!task) {
		tenon_vcpu_release();
		return -TENON_ENOMEM;
	}
	set_task(cpu, task);
	ret = fn(arg);
	tenon_vcpu_release();
	linux_task_put(task);
	return ret;
}

void *lx_park(void)
{
	void *task = *(void **)window_word(tenon_vcpu_current(), WINDOW_CURRENT_TASK);

	tenon_vcpu_release();
	return task;
}

/* Linux code cannot be told that there is no CPU to go on with; and a thread that is asked to end goes on, too. */
void lx_unpark(void *task)
{
	int cpu;

	while ((cpu = tenon_vcpu_acquire(cpus, NEVER_NS)) < 0)
		tenon_yield();
	set_task(cpu, task);
}

void lx_wait(void)
{
	void *task = lx_park();

	tenon_event_wait(changed, tenon_clock_ns() + WAIT_NS);
	lx_unpark(task);
}

void lx_wake(void)
{
	tenon_event_set(changed);
}

void lx_relax(void)
{
	tenon_yield();
}
