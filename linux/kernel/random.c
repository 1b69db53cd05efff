// SPDX-License-Identifier: GPL-2.0-only
/* Random numbers: the host's. Most are of a few bytes, so some are had in advance; none is kept once it was given. */
#include <linux/blkdev.h>
#include <linux/hw_random.h>
#include <linux/math64.h>
#include <linux/random.h>
#include <linux/sched.h>

#include "linux/glue.h"
#include "linux/versions.h"
#include "linux/export.h"

#define STOCK_BYTES 256

static u8 stock[STOCK_BYTES]; /* the last stock_left of them; stock_lock held */
static size_t stock_left;
static arch_spinlock_t stock_lock = __ARCH_SPIN_LOCK_UNLOCKED;

/* Return: false: there are not as many. */
static bool take_from_stock(void *buf, size_t len)
{
	u8 *from;
	bool enough;

	arch_spin_lock(&stock_lock);
	enough = len <= stock_left;
	if (enough) {
		from = stock + STOCK_BYTES - stock_left;
		memcpy(buf, from, len);
		memzero_explicit(from, len);
		stock_left -= len;
	}
	arch_spin_unlock(&stock_lock);
	return enough;
}

static void fill_stock(void)
{
	u8 fresh[STOCK_BYTES];

	lx_random(fresh, sizeof(fresh));
	arch_spin_lock(&stock_lock);
	memcpy(stock, fresh, sizeof(fresh));
	stock_left = sizeof(fresh);
	arch_spin_unlock(&stock_lock);
	memzero_explicit(fresh, sizeof(fresh));
}

void get_random_bytes(void *buf, size_t len)
{
	if (len > STOCK_BYTES / 4) {
		lx_random(buf, len);
		return;
	}
	while (!take_from_stock(buf, len))
		fill_stock();
}
EXPORT_SYMBOL(get_random_bytes);

#define RANDOM(type)                                                                                                   \
	type get_random_##type(void)                                                                                   \
	{                                                                                                              \
		type n;                                                                                                \
		get_random_bytes(&n, sizeof(n));                                                                       \
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
