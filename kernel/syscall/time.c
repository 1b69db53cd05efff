// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Clocks, sleeping, the alarm of a process. */
#include "kernel/process/types.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "kernel/syscall/copy.h"
#include "kernel/syscall/syscall.h"
#include "tenon/errno.h"

enum {
	CLOCK_REAL,
	CLOCK_MONO,
	CLOCK_PROCESS,
	CLOCK_THREAD,
	CLOCK_MONO_RAW,
	CLOCK_REAL_COARSE,
	CLOCK_MONO_COARSE,
	CLOCK_BOOT
};
enum { TIMER_ABSOLUTE = 1 };

#define TICK_NS 10000000u /* times(2) counts 100 a second */

static uint64_t real_ns(void)
{
	return (uint64_t)clock_boot_time_ns() + clock_ns();
}

/* Return: 0 or -TENON_EINVAL: there is no such clock. */
static int read_clock(int clock, uint64_t *ns)
{
	switch (clock) {
	case CLOCK_REAL:
	case CLOCK_REAL_COARSE:
		*ns = real_ns();
		return 0;
	case CLOCK_MONO:
	case CLOCK_MONO_RAW:
	case CLOCK_MONO_COARSE:
	case CLOCK_BOOT:
		*ns = clock_ns();
		return 0;
	case CLOCK_PROCESS:
		spin_lock(&process_lock);
		*ns = process_run_ns(process_current());
		spin_unlock(&process_lock);
		return 0;
	case CLOCK_THREAD:
		*ns = thread_run_ns(thread_current());
		return 0;
	}
	return -TENON_EINVAL;
}

int64_t sys_clock_gettime(const uint64_t arg[6])
{
	uint64_t ns;

	return read_clock((int)arg[0], &ns) ?: time_out(arg[1], ns);
}

int64_t sys_clock_getres(const uint64_t arg[6])
{
	uint64_t ns;
	int err = read_clock((int)arg[0], &ns);

	return err || !arg[1] ? err : time_out(arg[1], 1);
}

static int64_t set_real(uint64_t ns)
{
	if (process_credentials()->euid)
		return -TENON_EPERM;
	clock_set_boot_time((int64_t)(ns - clock_ns()));
	return 0;
}

int64_t sys_clock_settime(const uint64_t arg[6])
{
	uint64_t ns;
	int err = time_in(arg[1], &ns);

	return err ? err : (int)arg[0] == CLOCK_REAL ? set_real(ns) : -TENON_EINVAL;
}

int64_t sys_gettimeofday(const uint64_t arg[6])
{
	uint64_t zone = 0;

	if (arg[0] && timeval_out(arg[0], real_ns()))
		return -TENON_EFAULT;
	return arg[1] ? user_copy_out(arg[1], &zone, sizeof(zone)) : 0;
}

int64_t sys_settimeofday(const uint64_t arg[6])
{
	uint64_t ns, zone;
	int err = arg[0] ? timeval_in(arg[0], &ns) : 0;

	if (!err && arg[1])
		err = user_copy_in(&zone, arg[1], sizeof(zone));
	return err || !arg[0] ? err : set_real(ns);
}

int64_t sys_time(const uint64_t arg[6])
{
	int64_t s = (int64_t)(real_ns() / NS_PER_SECOND);

	return arg[0] && user_copy_out(arg[0], &s, sizeof(s)) ? -TENON_EFAULT : s;
}

/* ---- sleeping ---------------------------------------------------------------------------------------------------- */

/* Until @deadline_ns; @left: where what remains is stored when a handler ends it, or 0. */
static int64_t sleep_for(uint64_t deadline_ns, user_addr left)
{
	int err = sleep_until(deadline_ns, WAIT_SIGNAL);
	uint64_t now = clock_ns();

	if (err == -TENON_ETIMEDOUT)
		return 0;
	if (left && time_out(left, deadline_ns > now ? deadline_ns - now : 0))
		return -TENON_EFAULT;
	return err;
}

int64_t sys_nanosleep(const uint64_t arg[6])
{
	uint64_t ns;
	int err = time_in(arg[0], &ns);

	return err ? err : sleep_for(syscall_deadline(ns), arg[1]);
}

int64_t sys_clock_nanosleep(const uint64_t arg[6])
{
	uint64_t ns, boot = (uint64_t)clock_boot_time_ns();
	int clock = (int)arg[0], err = time_in(arg[2], &ns);

	if (err)
		return err;
	if (clock != CLOCK_REAL && clock != CLOCK_MONO && clock != CLOCK_BOOT)
		return -TENON_EINVAL;
	if (!(arg[1] & TIMER_ABSOLUTE))
		return sleep_for(syscall_deadline(ns), arg[3]);
	if (clock == CLOCK_REAL)
		ns = ns > boot ? ns - boot : 0;
	return sleep_for(ns, 0);
}

/* ---- the alarm: ITIMER_REAL -------------------------------------------------------------------------------------- */

/* One task at a time changes an alarm. */
static struct mutex alarm_mutex = MUTEX_INIT(LOCK_OBJECT);

static void alarm_rings(struct timer *timer)
{
	struct process *p = (struct process *)((char *)timer - offsetof(struct process, alarm));

	spin_lock(&process_lock);
	signal_post_kernel(p, SIGNAL_ALRM);
	/* Not from its deadline: a program that is late is not made later by a heap of signals. */
	if (p->alarm_interval_ns && p->state != PROCESS_ZOMBIE && !p->exiting)
		timer_set(timer, clock_ns() + p->alarm_interval_ns, alarm_rings);
	spin_unlock(&process_lock);
}

static void set_alarm(uint64_t ns, uint64_t interval_ns, uint64_t *old_ns, uint64_t *old_interval_ns)
{
	struct process *p = process_current();
	uint64_t now = clock_ns(), deadline;

	mutex_lock(&alarm_mutex);
	spin_lock(&process_lock);
	*old_interval_ns = p->alarm_interval_ns;
	p->alarm_interval_ns = 0; /* it does not set itself again */
	deadline = p->alarm.deadline_ns;
	spin_unlock(&process_lock);
	*old_ns = timer_cancel(&p->alarm) ? deadline > now ? deadline - now : 1 : 0;
	if (ns) {
		/* The timer is not set, so nobody else changes it. */
		__atomic_store_n(&p->alarm_interval_ns, interval_ns, __ATOMIC_RELAXED);
		timer_set(&p->alarm, now + ns, alarm_rings);
	}
	mutex_unlock(&alarm_mutex);
}

int64_t sys_alarm(const uint64_t arg[6])
{
	uint64_t old, interval;

	set_alarm((uint64_t)(uint32_t)arg[0] * NS_PER_SECOND, 0, &old, &interval);
	return (int64_t)((old + NS_PER_SECOND - 1) / NS_PER_SECOND);
}

static int timer_out(user_addr dst, uint64_t ns, uint64_t interval_ns)
{
	return timeval_out(dst, interval_ns) ?: timeval_out(dst + sizeof(struct time_spec), ns);
}

int64_t sys_setitimer(const uint64_t arg[6])
{
	uint64_t ns = 0, interval = 0, old, old_interval;
	int err = 0;

	if ((int)arg[0] != 0)
		return -TENON_EINVAL; /* only ITIMER_REAL */
	if (arg[1])
		err = timeval_in(arg[1], &interval) ?: timeval_in(arg[1] + sizeof(struct time_spec), &ns);
	if (err)
		return err;
	set_alarm(ns, interval && interval < TICK_NS / 10 ? TICK_NS / 10 : interval, &old, &old_interval);
	return arg[2] ? timer_out(arg[2], old, old_interval) : 0;
}

int64_t sys_getitimer(const uint64_t arg[6])
{
	struct process *p = process_current();
	uint64_t now = clock_ns(), left, interval;

	if ((int)arg[0] != 0)
		return -TENON_EINVAL;
	/* It may ring meanwhile, and be set again, with or without a lock. */
	left = p->alarm.cpu && p->alarm.deadline_ns > now ? p->alarm.deadline_ns - now : 0;
	interval = __atomic_load_n(&p->alarm_interval_ns, __ATOMIC_RELAXED);
	return timer_out(arg[1], left, interval);
}

/* ---- time spent -------------------------------------------------------------------------------------------------- */

int64_t sys_times(const uint64_t arg[6])
{
	struct process *p = process_current();
	int64_t t[4] = { 0 };

	spin_lock(&process_lock);
	t[0] = (int64_t)(process_run_ns(p) / TICK_NS);
	t[2] = (int64_t)(p->children_ns / TICK_NS);
	spin_unlock(&process_lock);
	if (arg[0] && user_copy_out(arg[0], t, sizeof(t)))
		return -TENON_EFAULT;
	return (int64_t)(clock_ns() / TICK_NS);
}

int64_t sys_getrusage(const uint64_t arg[6])
{
	enum { SELF = 0, CHILDREN = -1, THREAD = 1 };
	struct process *p = process_current();
	int who = (int)arg[0];
	uint64_t ns;

	if (who != SELF && who != CHILDREN && who != THREAD)
		return -TENON_EINVAL;
	spin_lock(&process_lock);
	ns = who == SELF ? process_run_ns(p) : who == CHILDREN ? p->children_ns : thread_run_ns(thread_current());
	spin_unlock(&process_lock);
	return rusage_out(arg[1], ns);
}
