/* SPDX-License-Identifier: GPL-2.0-only */
/* No event can be traced (NOTRACE): what asks whether one is, without Linux's own way to ask a switched-off event, hears no. */
#include <linux/tracepoint-defs.h>
#undef tracepoint_enabled
#define tracepoint_enabled(event) false
