/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Time is counted by CMSDK timer 0 (DDI 0479, 4.2), 32 bits at 25 MHz downward, and not by SysTick: ticks that come
 * while interrupts are forbidden would be lost, cycles are not. SysTick (DDI 0403, B3.3) gives the ticks.
 */
#include "port/mps2/board.h"
#include "port/mps2/mps2.h"

struct timer_registers {
	volatile uint32_t ctrl, value, reload;
};

struct systick_registers {
	volatile uint32_t ctrl, reload, value;
};

#define TIMER ((struct timer_registers *)0x40000000)
#define TIMER_ENABLE 1u
#define SYSTICK ((struct systick_registers *)0xe000e010)
#define SYSTICK_ENABLE 7u /* counts the CPU's cycles, with interrupt */
#define NS_PER_CYCLE 40u

static void (*on_tick)(uint64_t now_ns);

void clock_open(void (*tick)(uint64_t now_ns))
{
	on_tick = tick;
	TIMER->reload = UINT32_MAX;
	TIMER->value = UINT32_MAX;
	TIMER->ctrl = TIMER_ENABLE;
	SYSTICK->reload = TICK_NS / NS_PER_CYCLE - 1;
	SYSTICK->value = 0;
	SYSTICK->ctrl = SYSTICK_ENABLE;
}

uint64_t clock_ns(void)
{
	static uint32_t last = UINT32_MAX;
	static uint64_t cycles;
	uint32_t irq = irq_save(), now = TIMER->value;
	uint64_t ns;

	cycles += last - now; /* right once a wrap, too */
	last = now;
	ns = cycles * NS_PER_CYCLE;
	irq_restore(irq);
	return ns;
}

void clock_sleep(uint64_t until_ns)
{
	while (clock_ns() < until_ns)
		__asm__ volatile("wfi");
}

void clock_tick(void)
{
	on_tick(clock_ns());
}
