// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocated per-CPU variables: what is left of the windows after the library's own and those that modules declare. An allocation is the same bytes of
 * each; units of 8 bytes are marked in two maps, as used and as the last one of an allocation.
 */
#include <linux/bitmap.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>

#include "linux/kernel/watch.h"
#include "linux/x86/percpu.h"
#include "linux/versions.h"
#include "linux/export.h"
#include "tenon/linux.h"

#define UNIT 8
#define FIRST TENON_LINUX_PERCPU_END
#define UNITS ((WINDOW_BYTES - FIRST) / UNIT)

static DECLARE_BITMAP(used, UNITS);
static DECLARE_BITMAP(last, UNITS);
static DEFINE_RAW_SPINLOCK(lock);

static char *address(unsigned int cpu, unsigned long unit)
{
	return (char *)__per_cpu_offset[cpu] + FIRST + unit * UNIT;
}

static void track(const void *start, size_t size)
{
	struct trace here;

	linux_trace_here(&here);
	linux_track(start, size, &here);
}

static void __percpu *alloc(size_t size, size_t align)
{
	unsigned long cnt = DIV_ROUND_UP(size, UNIT), flags, unit;

	if (!size || size > UNITS * UNIT || !is_power_of_2(align) || align > PAGE_SIZE)
		return NULL;
	raw_spin_lock_irqsave(&lock, flags);
	unit = bitmap_find_next_zero_area(used, UNITS, 0, (unsigned int)cnt, align > UNIT ? align / UNIT - 1 : 0);
	if (unit < UNITS) {
		bitmap_set(used, (unsigned int)unit, (int)cnt);
		__set_bit((long)(unit + cnt - 1), last);
	}
	raw_spin_unlock_irqrestore(&lock, flags);
	if (unit >= UNITS)
		return NULL;
	for (unsigned int cpu = 0; cpu < LINUX_CPU_CNT; cpu++)
		memset(address(cpu, unit), 0, cnt * UNIT);
	if (linux_watching)
		track((void *)(FIRST + unit * UNIT), size);
	return (void __percpu *)(unsigned long)(FIRST + unit * UNIT);
}

#if LINUX_SINCE(6, 12)
void __percpu *pcpu_alloc_noprof(size_t size, size_t align, bool reserved, gfp_t gfp)
{
	(void)reserved, (void)gfp;
	return alloc(size, align);
}
EXPORT_SYMBOL_GPL(pcpu_alloc_noprof);
#else
void __percpu *__alloc_percpu_gfp(size_t size, size_t align, gfp_t gfp)
{
	(void)gfp;
	return alloc(size, align);
}
EXPORT_SYMBOL_GPL(__alloc_percpu_gfp);

void __percpu *__alloc_percpu(size_t size, size_t align)
{
	return alloc(size, align);
}
EXPORT_SYMBOL_GPL(__alloc_percpu);
#endif

void free_percpu(void __percpu *p)
{
	unsigned long unit = ((unsigned long)p - FIRST) / UNIT, end, flags;

	if (!p)
		return;
	if (linux_watching)
		linux_untrack((__force void *)p);
	raw_spin_lock_irqsave(&lock, flags);
	end = find_next_bit(last, UNITS, unit);
	__clear_bit((long)end, last);
	bitmap_clear(used, (unsigned int)unit, (int)(end - unit + 1));
	raw_spin_unlock_irqrestore(&lock, flags);
}
EXPORT_SYMBOL_GPL(free_percpu);
