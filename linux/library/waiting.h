/* SPDX-License-Identifier: GPL-2.0-only */
/* What Linux's files of kernel/sched/ take for granted: Linux includes them all in one file, after these headers. */
#include <linux/completion.h>
#include <linux/export.h>
#include <linux/hash.h>
#include <linux/kthread.h>
#include <linux/sched/debug.h>
#include <linux/sched/signal.h>
#include <linux/swait.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>
#include <linux/poll.h>

/* Of a header that only sched/ sees: the waker is about to sleep, and where the other may run. Nobody looks at them here (kernel/sched.c). */
#define WF_SYNC 0x10
#define WF_CURRENT_CPU 0x40
