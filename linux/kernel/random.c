// SPDX-License-Identifier: GPL-2.0-only
/* Random numbers: the host's. */
#include <linux/blkdev.h>
#include <linux/hw_random.h>
#include <linux/math64.h>
#include <linux/random.h>
#include <linux/sched.h>

#include "linux/glue.h"
#include "linux/versions.h"
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

#if LINUX_SINCE(6, 12)
/* Who wants to know when there are random numbers is told at once. */
int execute_with_initialized_rng(struct notifier_block *nb)
{
	nb->notifier_call(nb, 0, NULL);
	return 0;
}
#endif

int wait_for_random_bytes(void)
{
	return 0;
}
EXPORT_SYMBOL(wait_for_random_bytes);

/* The host's need no help of ours. */
void add_device_randomness(const void *buf, size_t len)
{
	(void)buf, (void)len;
}
EXPORT_SYMBOL(add_device_randomness);

#if LINUX_SINCE(6, 12)
void add_hwgenerator_randomness(const void *buf, size_t len, size_t entropy, bool sleep)
{
	(void)buf, (void)len, (void)entropy;
	if (sleep)
		schedule_timeout_interruptible(10 * HZ); /* there are enough already */
}
#else
void add_hwgenerator_randomness(const void *buf, size_t len, size_t entropy)
{
	(void)buf, (void)len, (void)entropy;
	schedule_timeout_interruptible(10 * HZ); /* there are enough already */
}
#endif
EXPORT_SYMBOL_GPL(add_hwgenerator_randomness);

void add_input_randomness(unsigned int type, unsigned int code, unsigned int value)
{
	(void)type, (void)code, (void)value;
}
EXPORT_SYMBOL_GPL(add_input_randomness);

void add_disk_randomness(struct gendisk *disk)
{
	(void)disk;
}
EXPORT_SYMBOL_GPL(add_disk_randomness);
