/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Linux's clock_adjtime(2), which adjtimex(3) calls, for programs that ask how well the clock goes. It goes by itself: nobody sets its rate, so nothing can be
 * changed here, and it is never synchronized with another.
 */
#include "tenon/module.h"

#define NS_PER_S 1000000000u
#define STATE_ERROR 5 /* TIME_ERROR: not synchronized */

struct timex { /* Linux's, on 64-bit CPUs */
	uint32_t modes, pad1;
	int64_t offset, frequency, max_error, estimated_error;
	int32_t status, pad2;
	int64_t constant, precision, tolerance, seconds, microseconds, tick, pps[2];
	int32_t shift, pad3;
	int64_t more[5];
	int32_t tai, unused[11];
};
_Static_assert(sizeof(struct timex) == 208, "as Linux has it");

enum { STATUS_UNSYNCHRONIZED = 0x40 };

static long adjust(unsigned long clock, unsigned long address, unsigned long c, unsigned long d, unsigned long e,
		   unsigned long f)
{
	struct timex t;
	uint64_t now = tenon_realtime_ns();
	long got = tenon_program_read(address, &t, sizeof(t));

	(void)c, (void)d, (void)e, (void)f;
	if (got < 0)
		return got;
	if (clock) /* CLOCK_REALTIME is 0; the others cannot be asked */
		return -TENON_EOPNOTSUPP;
	if (t.modes)
		return -TENON_EPERM;
	t = (struct timex){ .status = STATUS_UNSYNCHRONIZED,
			    .max_error = 16000000,
			    .estimated_error = 16000000,
			    .precision = 1,
			    .tolerance = 32768000,
			    .tick = 10000,
			    .seconds = (int64_t)(now / NS_PER_S),
			    .microseconds = (int64_t)(now % NS_PER_S / 1000) };
	got = tenon_program_write(address, &t, sizeof(t));
	return got < 0 ? got : STATE_ERROR;
}

static tenon_handle call;

static int __init adjtimex_init(void)
{
	call = tenon_syscall_register(THIS_MODULE, "linux-305", adjust);
	return tenon_handle_error(call);
}

static void __exit adjtimex_exit(void)
{
	tenon_syscall_unregister(call);
}

module_init(adjtimex_init);
module_exit(adjtimex_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Linux's clock_adjtime(2)");
MODULE_AUTHOR("The Tenon authors");
MODULE_ALIAS("syscall-linux-305");
