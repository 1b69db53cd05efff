// SPDX-License-Identifier: GPL-2.0-only
/* The keys of the trampolines in thunk.S. Nobody changes the targets of these calls. */
#include <linux/static_call_types.h>

struct static_call_key __SCK__cond_resched, __SCK__might_resched, __SCK__preempt_schedule,
    __SCK__preempt_schedule_notrace;
