// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The watch: while there are isolated domains, every CPU takes an interrupt now and then. A thread that is found
 * computing in a domain then has its tick counted on the way back there (gate.c), so that entering one costs no timer.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/boot.h"
#include "kernel/domain/domain.h"
#include "kernel/init.h"
#include "kernel/platform/pc/pc.h"
#include "kernel/sched/timer.h"

#define TICK_NS (50 * NS_PER_MS)
#define WAIT_MS 30000
#define COMPUTE_MS 2000

uint64_t domain_wait_ns;
unsigned domain_ticks;
_Atomic uint32_t domains_tick;
_Atomic uint64_t domains_until_ns;

static struct timer timer;
static struct spinlock lock = SPINLOCK_INIT(LOCK_LEAF); /* of the two below; the timer's function takes none */
static unsigned domain_cnt;
static _Atomic bool wanted;

static void set_next(struct timer *t);

/* In an interrupt of this CPU; those that idle are in no domain. */
static void tick(struct timer *t)
{
	if (!atomic_load(&wanted))
		return;
	atomic_fetch_add(&domains_tick, 1);
	for (unsigned i = 0; i < cpu_cnt; i++)
		if (&cpus[i] != cpu_current() && !atomic_load(&cpus[i].idling))
			apic_send(cpus[i].apic_id, APIC_FIXED | VECTOR_RESCHEDULE);
	set_next(t);
}

static void set_next(struct timer *t)
{
	uint64_t now = clock_ns();

	atomic_store(&domains_until_ns, now + TICK_NS + domain_wait_ns);
	timer_set(t, now + TICK_NS, tick);
}

void __init watch_init(void)
{
	domain_wait_ns = (boot_number("domain_wait_ms", 0) ?: WAIT_MS) * NS_PER_MS;
	domain_ticks = (unsigned)((boot_number("domain_compute_ms", 0) ?: COMPUTE_MS) * NS_PER_MS / TICK_NS);
}

void watch_begin(void)
{
	spin_lock(&lock);
	if (!domain_cnt++) {
		atomic_store(&wanted, true);
		timer_cancel(&timer); /* a last one of the time before */
		set_next(&timer);
	}
	spin_unlock(&lock);
}

void watch_end(void)
{
	spin_lock(&lock);
	if (!--domain_cnt)
		atomic_store(&wanted, false);
	spin_unlock(&lock);
}
