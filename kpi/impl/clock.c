/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Time and chance: kpi/clock.def, kpi/random.def. */
#include "kpi/impl/impl.h"

uint64_t tenon_clock_ns(void)
{
	return now_ns();
}

uint64_t tenon_realtime_ns(void)
{
	return kpi.host->realtime_ns();
}

int tenon_random(void *data, size_t len)
{
	int err;

	if (len > TENON_RANDOM_BYTES)
		return -TENON_EINVAL;
	err = kpi.host->random(data, len);
	return err ? err : (int)len;
}
