/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Time and chance: kpi/clock.def, kpi/random.def. */
#include <sys/random.h>
#include <time.h>

#include "port/process/internal.h"
#include "tenon/kpi.h"

uint64_t tenon_clock_ns(void)
{
	return sync_now(NULL);
}

uint64_t tenon_realtime_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

int tenon_random(void *data, size_t len)
{
	if (len > TENON_RANDOM_BYTES)
		return -TENON_EINVAL;
	return getrandom(data, len, GRND_NONBLOCK) == (ssize_t)len ? (int)len : -TENON_EAGAIN;
}
