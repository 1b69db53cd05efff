// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/syscall/copy.h"

#include "kernel/sched/timer.h"
#include "tenon/errno.h"

int copy_versioned_in(void *dst, size_t known, user_addr src, uint64_t bytes, size_t least)
{
	uint8_t more[64];

	if (bytes < least || bytes > 4096)
		return bytes < least ? -TENON_EINVAL : -TENON_E2BIG;
	if (user_copy_in(dst, src, bytes < known ? bytes : known))
		return -TENON_EFAULT;
	for (uint64_t off = known; off < bytes; off += sizeof(more)) {
		size_t part = bytes - off < sizeof(more) ? bytes - off : sizeof(more);

		if (user_copy_in(more, src + off, part))
			return -TENON_EFAULT;
		for (size_t i = 0; i < part; i++)
			if (more[i])
				return -TENON_E2BIG;
	}
	return 0;
}

static int in(user_addr src, uint64_t *ns, uint64_t per_second, uint64_t factor)
{
	struct time_spec t;

	if (user_copy_in(&t, src, sizeof(t)))
		return -TENON_EFAULT;
	if (t.s < 0 || t.ns < 0 || (uint64_t)t.ns >= per_second)
		return -TENON_EINVAL;
	*ns = t.s >= INT64_MAX / (int64_t)NS_PER_SECOND ? INT64_MAX :
							  (uint64_t)t.s * NS_PER_SECOND + (uint64_t)t.ns * factor;
	return 0;
}

static int out(user_addr dst, uint64_t ns, uint64_t factor)
{
	struct time_spec t = { (int64_t)(ns / NS_PER_SECOND), (int64_t)(ns % NS_PER_SECOND / factor) };

	return user_copy_out(dst, &t, sizeof(t));
}

int time_in(user_addr src, uint64_t *ns)
{
	return in(src, ns, NS_PER_SECOND, 1);
}

int time_out(user_addr dst, uint64_t ns)
{
	return out(dst, ns, 1);
}

int timeval_in(user_addr src, uint64_t *ns)
{
	return in(src, ns, 1000000, 1000);
}

int timeval_out(user_addr dst, uint64_t ns)
{
	return out(dst, ns, 1000);
}

int rusage_out(user_addr dst, uint64_t run_ns)
{
	struct {
		int64_t user_s, user_us, rest[16];
	} r = { .user_s = (int64_t)(run_ns / NS_PER_SECOND), .user_us = (int64_t)(run_ns % NS_PER_SECOND / 1000) };

	return user_copy_out(dst, &r, sizeof(r));
}
