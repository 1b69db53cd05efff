// SPDX-License-Identifier: GPL-2.0-only
/* The keys beside the trampolines of thunk.S. Nobody changes where these calls lead to. */
#include <linux/static_call_types.h>

struct static_call_key __SCK__cond_resched, __SCK__might_resched, __SCK__preempt_schedule,
    __SCK__preempt_schedule_notrace;
