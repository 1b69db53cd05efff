// SPDX-License-Identifier: GPL-2.0-only
/* Random numbers: the host's. */
#include <linux/math64.h>
#include <linux/random.h>

#include "linux/glue.h"
#include "linux/export.h"

void get_random_bytes(void *buf, size_t len)
{
	lx_random(buf, len);
}
EXPORT_SYMBOL(get_random_bytes);

#define RANDOM(type)                                                                                                   \
	type get_random_##type(void)                                                                                   \
	{                                                                                                              \
		type n;                                                                                                \
		lx_random(&n, sizeof(n));                                                                              \
		return n;                                                                                              \
	}                                                                                                              \
	EXPORT_SYMBOL(get_random_##type)

RANDOM(u8);
RANDOM(u16);
RANDOM(u32);
RANDOM(u64);

/* A multiplication is as even as a division, if the numbers that would make the first results too likely are rejected. */
u32 __get_random_u32_below(u32 ceil)
{
	u64 product;

	if (!ceil)
		return get_random_u32();
	do
		product = (u64)get_random_u32() * ceil;
	while ((u32)product < -ceil % ceil);
	return (u32)(product >> 32);
}
EXPORT_SYMBOL(__get_random_u32_below);

bool rng_is_initialized(void)
{
	return true;
}
EXPORT_SYMBOL(rng_is_initialized);

int wait_for_random_bytes(void)
{
	return 0;
}
EXPORT_SYMBOL(wait_for_random_bytes);
