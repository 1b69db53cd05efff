/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The one-shot timer of each CPU, which serves both timers and slices. */
#ifndef KERNEL_SCHED_CLOCKWORK_H
#define KERNEL_SCHED_CLOCKWORK_H

#include <stdint.h>

struct cpu;

/* Have an interrupt on @cpu, this one, at @deadline_ns or before. Interrupts off. */
void clockwork_arm(struct cpu *cpu, uint64_t deadline_ns);

#endif
