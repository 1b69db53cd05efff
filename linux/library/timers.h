/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kernel/time/timer.c takes for granted. No virtual CPU sleeps so deeply that some timers had better wait: they are among the
 * others, where the next one of all is looked for (kernel/quiet.c).
 */
#include <linux/timer.h>
#undef TIMER_INIT_FLAGS
#define TIMER_INIT_FLAGS (0x00080000 | TIMER_PINNED | TIMER_IRQSAFE)
#undef TIMER_DEFERRABLE
#define TIMER_DEFERRABLE 0
