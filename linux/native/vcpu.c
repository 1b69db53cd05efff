// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual CPUs. Linux code runs only while its thread has one, whose window holds Linux's per-CPU variables. None is
 * ever taken away (hold mask 0): Linux code gives its own back where it waits, as on a kernel without preemption.
 *
 * Each is a set of one, so that a thread can ask for a certain CPU: for work that is bound to it, and for its timers.
 */
#include "linux/native/native.h"
#include "linux/x86/percpu.h"
#include "tenon/linux_watch.h"

#define STUCK_TICKS 10 /* 40 ms, longer on a busy machine */

static tenon_handle cpus[LINUX_CPU_CNT];
static char *windows[LINUX_CPU_CNT];
static unsigned int turns[LINUX_CPU_CNT]; /* how often a thread has got it */

static void fill_window(int cpu, uint64_t canary)
{
	char *window = windows[cpu];

	memcpy(window + WINDOW_CANARY, &canary, sizeof(canary));
	memcpy(window + WINDOW_THIS_CPU_OFF, &window, sizeof(window));
	*(uint32_t *)(window + WINDOW_PREEMPT_COUNT) = WINDOW_PREEMPT_NONE;
	*(uint32_t *)(window + WINDOW_IRQ_FLAGS) = WINDOW_IRQ_ON;
	*(int *)(window + WINDOW_CPU_NUMBER) = cpu;
	linux_percpu_fill(window + WINDOW_LIBRARY, cpu, window);
}

static int create(int cpu, uint64_t canary)
{
	struct tenon_vcpu_set set = {
		.size = sizeof(set), .cnt = 1, .window_bytes = WINDOW_BYTES, .hold_offset = WINDOW_PREEMPT_COUNT
	};
	tenon_handle h = tenon_vcpu_create(THIS_MODULE, &set);
	int err = tenon_handle_error(h);

	if (err)
		return err;
	cpus[cpu] = h;
	windows[cpu] = set.windows;
	fill_window(cpu, canary);
	return 0;
}

int vcpus_create(void)
{
	uint64_t canary;
	int err = tenon_random(&canary, sizeof(canary));

	/* A thread may go on with another CPU than it began with, so the canary is the same for all. */
	for (int i = 0; i < LINUX_CPU_CNT && err >= 0; i++)
		err = create(i, canary & ~0xffull);
	if (err < 0)
		vcpus_destroy();
	return err < 0 ? err : 0;
}

void vcpus_destroy(void)
{
	for (int i = 0; i < LINUX_CPU_CNT; i++)
		if (cpus[i])
			tenon_vcpu_destroy(cpus[i]);
}

/*
 * A free CPU, or else one after the other is waited for. @only: this one, or -1. Return: it, or a negative errno value.
 */
static int acquire(int only)
{
	static unsigned int turn;
	int err = -TENON_ETIMEDOUT;

	for (int i = 0; only < 0 && i < LINUX_CPU_CNT; i++) {
		err = tenon_vcpu_acquire(cpus[i], 0);
		if (err != -TENON_ETIMEDOUT)
			return err < 0 ? err : i;
	}
	if (only < 0)
		only = (int)(__atomic_fetch_add(&turn, 1, __ATOMIC_RELAXED) % LINUX_CPU_CNT);
	err = tenon_vcpu_acquire(cpus[only], NEVER_NS);
	return err < 0 ? err : only;
}

static void set_task(int cpu, void *task)
{
	__atomic_fetch_add(&turns[cpu], 1, __ATOMIC_RELAXED);
	__atomic_store_n((void **)(windows[cpu] + WINDOW_CURRENT_TASK), task, __ATOMIC_RELEASE);
}

long lx_on_cpu(long (*fn)(void *arg), void *arg)
{
	int cpu = acquire(-1);
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
	linux_leave();
	lx_park();
	linux_task_drop(task);
	return ret;
}

bool lx_visit(int cpu, void *task, void (*fn)(void))
{
	if (tenon_vcpu_acquire(cpus[cpu], 0) < 0)
		return false;
	set_task(cpu, task);
	fn();
	lx_park();
	return true;
}

/* The window begins where the base register points to, and says where that is: no gate has to be asked. */
static char *own_window(void)
{
	char *window;

	__asm__ volatile("movq %%gs:%c1, %0" : "=r"(window) : "i"(WINDOW_THIS_CPU_OFF));
	return window;
}

static void **task_place(void)
{
	return (void **)(own_window() + WINDOW_CURRENT_TASK);
}

static unsigned long *last_entered(void)
{
	return (unsigned long *)(own_window() + WINDOW_LAST_ENTERED);
}

/*
 * By the tick alone, with the number of ticks that the thread has been there: the longest counts. Said when that has doubled,
 * from the second tick on, for where each call of the host waits for a busy machine there are few ticks before the domain ends;
 * and when it has come to another place.
 */
void vcpus_watch(void)
{
	static unsigned int seen[LINUX_CPU_CNT], same[LINUX_CPU_CNT];
	static unsigned long said[LINUX_CPU_CNT];
	bool doubled;
	char line[64];
	int len;

	for (int cpu = 0; cpu < LINUX_CPU_CNT; cpu++) {
		unsigned int turn = __atomic_load_n(&turns[cpu], __ATOMIC_RELAXED);
		unsigned long entered = *(unsigned long *)(windows[cpu] + WINDOW_LAST_ENTERED);

		same[cpu] = turn == seen[cpu] &&
				    __atomic_load_n((void **)(windows[cpu] + WINDOW_CURRENT_TASK), __ATOMIC_ACQUIRE) ?
				same[cpu] + 1 :
				0;
		seen[cpu] = turn;
		if (!same[cpu])
			said[cpu] = 0;
		doubled = !(same[cpu] & (same[cpu] - 1));
		if (same[cpu] < 2 || (!doubled && (same[cpu] % STUCK_TICKS || entered == said[cpu])))
			continue;
		said[cpu] = entered;
		len = tenon_snprintf(line, sizeof(line), TENON_LINUX_FINDING " stuck 0 %x %lx", same[cpu], entered);
		lx_log(TENON_LEVEL_ERR, line, (unsigned long)len);
	}
}

void *lx_task(void)
{
	return *task_place();
}

/* A virtual CPU that nobody has shows no task: kernel/rcu.c looks there. */
void *lx_park(void)
{
	void *task = *task_place();

	linux_task_parks(task, last_entered());
	__atomic_store_n(task_place(), NULL, __ATOMIC_RELEASE);
	tenon_vcpu_release();
	return task;
}

/* Linux code cannot be told that there is no CPU to go on with; and a thread that is asked to end goes on, too. */
void lx_unpark(void *task, int only)
{
	int cpu;

	while ((cpu = acquire(only)) < 0)
		tenon_yield();
	set_task(cpu, task);
	linux_task_goes_on(task, last_entered());
}

void lx_relax(void)
{
	tenon_yield();
}
