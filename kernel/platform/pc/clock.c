// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Time is counted by the CPUs' time-stamp counters. How fast they and the local timers go is measured once, against the
 * old timer, whose frequency every PC has in common: its channel 0, since QEMU's microvm lacks the port that channel 2 is
 * switched on by. The time of day comes from the battery-backed clock.
 */
#include "kernel/arch/x86_64/insn.h"
#include "kernel/console.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/platform/pc/pc.h"
#include "kernel/sched/timer.h"

enum {
	PIT_HZ = 1193182,
	PIT_CHANNEL = 0x40,
	PIT_COMMAND = 0x43,
	PIT_ONCE = 0x30,      /* two bytes, mode 0: counts down, then its output goes up */
	PIT_READ_BACK = 0xe2, /* the next byte that is read is its status: */
	PIT_OUTPUT = 0x80,
	MEASURE_COUNTS = 2386, /* 2 ms */
	POLLS_MAX = 100000000,
	MEASURE_COUNTS_MAX = 16 * MEASURE_COUNTS,
	MEASURES_MAX = 20,
	EXACT_PART = 64, /* good enough: wrong by a 64th */
	RTC_INDEX = 0x70,
	RTC_DATA = 0x71,
};

static uint64_t tsc_start, tsc_mult; /* ns in 2^32 counts */
static int64_t boot_time_ns;

uint64_t clock_ns(void)
{
	return (uint64_t)((unsigned __int128)(read_tsc() - tsc_start) * tsc_mult >> 32);
}

int64_t clock_boot_time_ns(void)
{
	return boot_time_ns;
}

void clock_set_boot_time(int64_t ns)
{
	boot_time_ns = ns;
}

void clock_delay_ns(uint64_t ns)
{
	uint64_t until = clock_ns() + ns;

	while (clock_ns() < until)
		cpu_pause();
}

/* ---- how fast ---------------------------------------------------------------------------------------------------- */

struct measured {
	uint64_t ns;        /* how long it took by the old timer */
	uint64_t counts;    /* of the time-stamp counter meanwhile */
	uint64_t uncertain; /* how many more or fewer they may be */
	uint32_t timer;     /* counts of the local timer */
};

/* A machine without the timer reads as ones. */
static bool has_ended(void)
{
	uint8_t status;

	port_out8(PIT_COMMAND, PIT_READ_BACK);
	status = port_in8(PIT_CHANNEL);
	if (status == 0xff)
		machine_refuse("this machine lacks the timer (8254) that clocks are measured with");
	return status & PIT_OUTPUT;
}

/* A host may let this machine wait at any moment: how exact it was is known only afterwards. */
static struct measured __init measure_once(uint32_t pit_counts)
{
	struct measured m = { .ns = pit_counts * NS_PER_SECOND / PIT_HZ };
	uint64_t before, start, last, asked, end;
	unsigned polls = 0;

	port_out8(PIT_COMMAND, PIT_ONCE);
	port_out8(PIT_CHANNEL, pit_counts & 0xff);
	before = read_tsc();
	port_out8(PIT_CHANNEL, (uint8_t)(pit_counts >> 8));
	apic_timer_start_counting();
	start = last = read_tsc();
	/* What is known is that it had not ended before the question: the answer may be read much later. */
	for (asked = last; !has_ended(); last = asked, asked = read_tsc())
		if (polls++ == POLLS_MAX)
			machine_refuse("this machine lacks the timer (8254) that clocks are measured with");
	m.timer = apic_timer_counted();
	end = read_tsc();
	m.uncertain = (start - before) + (end - last);
	m.counts = end - before - m.uncertain / 2;
	return m;
}

static bool is_better(const struct measured *m, const struct measured *than)
{
	return m->uncertain * than->counts < than->uncertain * m->counts;
}

/* Longer and longer, until what is uncertain is a small part of it. */
static void measure(void)
{
	uint32_t pit_counts = MEASURE_COUNTS;
	struct measured best = measure_once(pit_counts), m;

	for (unsigned i = 0; i < MEASURES_MAX && best.uncertain > best.counts / EXACT_PART; i++) {
		if (pit_counts < MEASURE_COUNTS_MAX)
			pit_counts *= 2;
		m = measure_once(pit_counts);
		if (is_better(&m, &best))
			best = m;
	}
	tsc_mult = (best.ns << 32) / best.counts;
	apic_timer_set_rate(best.timer, best.ns);
}

/* ---- time of day ------------------------------------------------------------------------------------------------- */

static unsigned rtc_read(uint8_t reg)
{
	port_out8(RTC_INDEX, reg);
	return port_in8(RTC_DATA);
}

/* Binary-coded decimal, which is what every PC's firmware leaves it in. */
static unsigned __init rtc_number(uint8_t reg)
{
	unsigned v = rtc_read(reg);

	return (v >> 4) * 10 + (v & 15);
}

/* Days from 1970-01-01 in the Gregorian calendar, by years that begin in March. */
static int64_t days(int64_t year, unsigned month, unsigned day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	unsigned m = month <= 2 ? month + 9 : month - 3;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static void read_time_of_day(void)
{
	unsigned second, again;
	int64_t seconds;

	if (rtc_read(0x0d) != 0x80) /* says that its battery is good; 0xff: nothing is there */
		return;
	do {
		while (rtc_read(0x0a) & 0x80) /* it is being updated */
			cpu_pause();
		second = rtc_number(0);
		seconds = days(2000 + rtc_number(9), rtc_number(8), rtc_number(7)) * 86400 + rtc_number(4) * 3600 +
			  rtc_number(2) * 60 + second;
		again = rtc_number(0);
	} while (again != second);
	boot_time_ns = seconds * (int64_t)NS_PER_SECOND - (int64_t)clock_ns();
}

void __init clock_start(void)
{
	tsc_start = read_tsc();
}

void __init clock_init(void)
{
	measure();
	read_time_of_day();
}
