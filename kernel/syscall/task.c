// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * What a thread of a program says about itself: base registers, where its end is reported, its name; futexes; scheduling.
 */
#include "kernel/arch/x86_64/user.h"
#include "kernel/process/types.h"
#include "kernel/sched/thread.h"
#include "kernel/syscall/copy.h"
#include "kernel/syscall/syscall.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

enum { ARCH_SET_GS = 0x1001, ARCH_SET_FS, ARCH_GET_FS, ARCH_GET_GS };
enum { PR_GET_DUMPABLE = 3, PR_SET_DUMPABLE = 4, PR_SET_NAME = 15, PR_GET_NAME = 16, PR_GET_NO_NEW_PRIVS = 39 };
enum {
	FUTEX_WAIT,
	FUTEX_WAKE,
	FUTEX_WAIT_BITSET = 9,
	FUTEX_WAKE_BITSET = 10,
	FUTEX_PRIVATE = 128,
	FUTEX_REALTIME = 256
};

int64_t sys_arch_prctl(const uint64_t arg[6])
{
	uint64_t base = (int)arg[0] == ARCH_GET_FS ? user_fs_base() : user_gs_base();

	switch ((int)arg[0]) {
	case ARCH_SET_FS:
	case ARCH_SET_GS:
		if (arg[1] >= USER_END)
			return -TENON_EPERM;
		((int)arg[0] == ARCH_SET_FS ? user_set_fs_base : user_set_gs_base)(arg[1]);
		return 0;
	case ARCH_GET_FS:
	case ARCH_GET_GS:
		return user_copy_out(arg[1], &base, sizeof(base));
	}
	return -TENON_EINVAL;
}

int64_t sys_set_tid_address(const uint64_t arg[6])
{
	task_current()->clear_tid = arg[0];
	return task_current()->tid;
}

int64_t sys_set_robust_list(const uint64_t arg[6])
{
	if (arg[1] != 24)
		return -TENON_EINVAL;
	task_current()->robust_list = arg[0];
	return 0;
}

int64_t sys_prctl(const uint64_t arg[6])
{
	struct task *t = task_current();
	char name[PROCESS_NAME_BYTES] = { 0 };

	switch ((int)arg[0]) {
	case PR_SET_NAME:
		if (user_string_in(name, arg[1], sizeof(name)) == -TENON_EFAULT)
			return -TENON_EFAULT;
		name[sizeof(name) - 1] = '\0';
		spin_lock(&process_lock);
		memcpy(t->thread->name, name, sizeof(name));
		if (t->tid == t->process->pid)
			memcpy(t->process->name, name, sizeof(name));
		spin_unlock(&process_lock);
		return 0;
	case PR_GET_NAME:
		return user_copy_out(arg[1], t->thread->name, sizeof(name));
	case PR_GET_DUMPABLE: /* there are no core dumps, nor anyone who traces */
	case PR_GET_NO_NEW_PRIVS:
		return 0;
	case PR_SET_DUMPABLE:
		return arg[1] > 1 ? -TENON_EINVAL : 0;
	}
	return -TENON_EINVAL;
}

/* The deadline of a wait: from now on, or at a time of the clock that @realtime says. Return: 0 or a negative errno. */
static int futex_deadline(const uint64_t arg[6], bool absolute, uint64_t *deadline_ns)
{
	uint64_t ns;
	int err;

	*deadline_ns = DEADLINE_NONE;
	if (!arg[3])
		return 0;
	err = time_in(arg[3], &ns);
	if (err)
		return err;
	if (absolute && arg[1] & FUTEX_REALTIME)
		ns = ns > (uint64_t)clock_boot_time_ns() ? ns - (uint64_t)clock_boot_time_ns() : 0;
	*deadline_ns = absolute ? ns : syscall_deadline(ns);
	return 0;
}

int64_t sys_futex(const uint64_t arg[6])
{
	unsigned op = (unsigned)arg[1] & ~(unsigned)(FUTEX_PRIVATE | FUTEX_REALTIME);
	bool bitset = op == FUTEX_WAIT_BITSET || op == FUTEX_WAKE_BITSET;
	uint32_t bits = bitset ? (uint32_t)arg[5] : ~0u;
	uint64_t deadline_ns;
	int err;

	switch (op) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
		err = futex_deadline(arg, bitset, &deadline_ns);
		return err ? err : futex_wait(arg[0], (uint32_t)arg[2], bits, deadline_ns);
	case FUTEX_WAKE:
	case FUTEX_WAKE_BITSET:
		return futex_wake(arg[0], (uint32_t)arg[2], bits);
	}
	return -TENON_ENOSYS;
}

int64_t sys_sched_yield(const uint64_t arg[6])
{
	(void)arg;
	thread_yield();
	return 0;
}

static bool is_task(uint64_t id)
{
	bool there;

	if (!(int)id)
		return true;
	spin_lock(&process_lock);
	there = id_task((int)id);
	spin_unlock(&process_lock);
	return there;
}

static uint64_t all_cpus(void)
{
	struct thread_totals totals;

	thread_totals(&totals);
	return (1ull << totals.cpus) - 1;
}

int64_t sys_sched_getaffinity(const uint64_t arg[6])
{
	uint64_t mask = all_cpus();

	if ((unsigned)arg[1] < sizeof(mask) || arg[1] % 8)
		return -TENON_EINVAL;
	if (!is_task(arg[0]))
		return -TENON_ESRCH;
	return user_copy_out(arg[2], &mask, sizeof(mask)) ?: (int64_t)sizeof(mask);
}

/* Every task may run on every CPU: a set that says so is accepted, one that would have it otherwise is not. */
int64_t sys_sched_setaffinity(const uint64_t arg[6])
{
	uint64_t mask = 0;

	if (user_copy_in(&mask, arg[2], (unsigned)arg[1] < sizeof(mask) ? (unsigned)arg[1] : sizeof(mask)))
		return -TENON_EFAULT;
	if (!is_task(arg[0]))
		return -TENON_ESRCH;
	return (mask & all_cpus()) == all_cpus() ? 0 : -TENON_EINVAL;
}

/* There is one policy, SCHED_OTHER, and no priority. */
int64_t sys_sched_getscheduler(const uint64_t arg[6])
{
	return is_task(arg[0]) ? 0 : -TENON_ESRCH;
}

int64_t sys_sched_getparam(const uint64_t arg[6])
{
	int32_t priority = 0;

	if (!is_task(arg[0]))
		return -TENON_ESRCH;
	return user_copy_out(arg[1], &priority, sizeof(priority));
}

int64_t sys_getpriority(const uint64_t arg[6])
{
	(void)arg;
	return 20; /* nice 0, as the call gives it */
}

int64_t sys_setpriority(const uint64_t arg[6])
{
	return (int)arg[2] == 0 ? 0 : -TENON_EACCES;
}
