// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the time, and waiting for it without sleeping. Jiffies are set by the host's time at each tick, so that ticks
 * that come late are made up for. Timers are Linux's; those of high resolution run at the tick, too.
 */
#include <linux/clocksource.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/kernel_stat.h>
#include <linux/posix-timers.h>
#include <linux/rcupdate.h>
#include <linux/sched/clock.h>
#include <linux/timekeeping.h>

#include "linux/glue.h"
#include "linux/kernel/kernel.h"
#include "linux/versions.h"
#include "linux/export.h"

EXPORT_SYMBOL(jiffies);

/* The coarse clocks, which files take their times from: as they were at the last tick, so that nobody has to be asked. */
static u64 coarse_ns, coarse_real_ns;

void linux_tick(unsigned long long since_start_ns)
{
	WRITE_ONCE(jiffies_64, INITIAL_JIFFIES + since_start_ns / TICK_NSEC);
	WRITE_ONCE(coarse_ns, lx_clock_ns());
	WRITE_ONCE(coarse_real_ns, lx_realtime_ns());
}

/* The host's clock does not stop while the machine sleeps, as far as anyone here could tell: one clock for all. */
ktime_t ktime_get(void)
{
	return (ktime_t)lx_clock_ns();
}
EXPORT_SYMBOL_GPL(ktime_get);

ktime_t ktime_get_raw(void)
{
	return ktime_get();
}
EXPORT_SYMBOL_GPL(ktime_get_raw);

static ktime_t offset_of(enum tk_offsets which)
{
	return which == TK_OFFS_BOOT ? 0 : (ktime_t)(lx_realtime_ns() - lx_clock_ns());
}

ktime_t ktime_get_with_offset(enum tk_offsets which)
{
	return ktime_add(ktime_get(), offset_of(which));
}
EXPORT_SYMBOL_GPL(ktime_get_with_offset);

ktime_t ktime_get_coarse_with_offset(enum tk_offsets which)
{
	return (ktime_t)(which == TK_OFFS_BOOT ? READ_ONCE(coarse_ns) : READ_ONCE(coarse_real_ns));
}
EXPORT_SYMBOL_GPL(ktime_get_coarse_with_offset);

ktime_t ktime_mono_to_any(ktime_t mono, enum tk_offsets which)
{
	return ktime_add(mono, offset_of(which));
}
EXPORT_SYMBOL_GPL(ktime_mono_to_any);

/* For hrtimer.c: the wall clock's distance is looked at each time, and counts as unchanged. */
ktime_t ktime_get_update_offsets_now(unsigned int *seq, ktime_t *real, ktime_t *boot, ktime_t *tai)
{
	*seq = 0;
	*real = *tai = offset_of(TK_OFFS_REAL);
	*boot = 0;
	return ktime_get();
}

#define FAST_NS(name, value)                                                                                           \
	u64 notrace ktime_get_##name##_fast_ns(void)                                                                   \
	{                                                                                                              \
		return value;                                                                                          \
	}                                                                                                              \
	EXPORT_SYMBOL_GPL(ktime_get_##name##_fast_ns)

FAST_NS(mono, lx_clock_ns());
FAST_NS(raw, lx_clock_ns());
FAST_NS(boot, lx_clock_ns());
FAST_NS(real, lx_realtime_ns());
#if LINUX_SINCE(6, 12)
FAST_NS(tai, lx_realtime_ns());
#endif

#define AS_TIMESPEC(name, ns)                                                                                          \
	void name(struct timespec64 *ts)                                                                               \
	{                                                                                                              \
		*ts = ns_to_timespec64((s64)(ns));                                                                     \
	}

AS_TIMESPEC(ktime_get_ts64, lx_clock_ns())
EXPORT_SYMBOL_GPL(ktime_get_ts64);
AS_TIMESPEC(ktime_get_raw_ts64, lx_clock_ns())
EXPORT_SYMBOL(ktime_get_raw_ts64);
AS_TIMESPEC(ktime_get_coarse_ts64, READ_ONCE(coarse_ns))
EXPORT_SYMBOL(ktime_get_coarse_ts64);
AS_TIMESPEC(ktime_get_real_ts64, lx_realtime_ns())
EXPORT_SYMBOL(ktime_get_real_ts64);
AS_TIMESPEC(ktime_get_coarse_real_ts64, READ_ONCE(coarse_real_ns))
EXPORT_SYMBOL(ktime_get_coarse_real_ts64);
AS_TIMESPEC(getboottime64, lx_realtime_ns() - lx_clock_ns())
EXPORT_SYMBOL_GPL(getboottime64);

time64_t ktime_get_seconds(void)
{
	return (time64_t)(lx_clock_ns() / NSEC_PER_SEC);
}
EXPORT_SYMBOL_GPL(ktime_get_seconds);

time64_t ktime_get_real_seconds(void)
{
	return (time64_t)(lx_realtime_ns() / NSEC_PER_SEC);
}
EXPORT_SYMBOL_GPL(ktime_get_real_seconds);

u32 ktime_get_resolution_ns(void)
{
	return 1;
}
EXPORT_SYMBOL_GPL(ktime_get_resolution_ns);

u64 notrace sched_clock(void)
{
	return lx_clock_ns();
}
EXPORT_SYMBOL_GPL(sched_clock);

/* Nobody here may set the host's clock. */
int do_settimeofday64(const struct timespec64 *ts)
{
	(void)ts;
	return -EPERM;
}
EXPORT_SYMBOL(do_settimeofday64);

/* ---- delays: other threads run meanwhile, on other virtual CPUs ---- */

static void delay_ns(u64 ns)
{
	u64 until = lx_clock_ns() + ns;

	while (lx_clock_ns() < until)
		lx_relax();
}

void __ndelay(unsigned long nsecs)
{
	delay_ns(nsecs);
}
EXPORT_SYMBOL(__ndelay);

void __udelay(unsigned long usecs)
{
	delay_ns(usecs * NSEC_PER_USEC);
}
EXPORT_SYMBOL(__udelay);

/* @loops: in 2^-32 seconds, as Linux's udelay() of a constant has it. */
void __const_udelay(unsigned long loops)
{
	delay_ns(mul_u64_u32_shr(loops, NSEC_PER_SEC, 32));
}
EXPORT_SYMBOL(__const_udelay);

/* No loop is counted here, but some drivers ask how many a jiffy has. */
unsigned long loops_per_jiffy = 1 << 22;
EXPORT_SYMBOL(loops_per_jiffy);

/* ---- what hrtimer.c and timer.c ask of the machinery of ticks: they come regularly, and no more precisely ---- */

int tick_program_event(ktime_t expires, int force)
{
	(void)expires, (void)force;
	return 0;
}

int tick_check_oneshot_change(int allow_nohz)
{
	(void)allow_nohz;
	return 0;
}

/* A tick, in timer.c, would also account the time of programs and look after readers. */
void account_process_tick(struct task_struct *task, int user_tick)
{
	(void)task, (void)user_tick;
}

void rcu_sched_clock_irq(int user_tick)
{
	(void)user_tick;
}

#if LINUX_SINCE(6, 12)
#define scheduler_tick sched_tick
#endif

void scheduler_tick(void)
{
}

void run_posix_cpu_timers(void)
{
}

void posix_cputimers_init_work(void)
{
}

int tick_init_highres(void)
{
	return -ENODEV;
}

/* The clock and the counter that it is made of are one. */
void ktime_get_snapshot(struct system_time_snapshot *s)
{
	*s = (struct system_time_snapshot){ .cycles = lx_clock_ns(), .real = ktime_get_real(), .raw = ktime_get_raw() };
}
EXPORT_SYMBOL_GPL(ktime_get_snapshot);

/* Of the largest factors @mult and @shift, with which a count of up to @seconds does not overflow 64 bits. */
void clocks_calc_mult_shift(u32 *mult, u32 *shift, u32 from, u32 to, u32 seconds)
{
	u64 most = (u64)seconds * from, factor = 0;
	u32 bits = most >> 32 ? 32 - (u32)fls64(most >> 32) : 32;

	for (*shift = 32; *shift; (*shift)--) {
		factor = (((u64)to << *shift) + from / 2) / from;
		if (!(factor >> bits))
			break;
	}
	*mult = (u32)factor;
}
EXPORT_SYMBOL_GPL(clocks_calc_mult_shift);

#if LINUX_SINCE(6, 12)
/* Timers stay with their CPU, which has a tick of its own: none is looked after by another one. */
bool tmigr_requires_handle_remote(void);
bool tmigr_requires_handle_remote(void)
{
	return false;
}

u64 tmigr_quick_check(u64 next);
u64 tmigr_quick_check(u64 next)
{
	return next;
}
#endif
