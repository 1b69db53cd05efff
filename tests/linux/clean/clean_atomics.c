// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Atomic counters, bits, references. */
/* log: atomic 7, was 5, cmpxchg 7 -> 9 */
/* log: 64 bits: 4294967296 */
/* log: first bit 3, next 40, weight 2 */
/* log: released after 2 references */
/* log: refcount 1, then last */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bitmap.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/refcount.h>
#include <linux/slab.h>

struct thing {
	struct kref ref;
	int gets;
};

static void release(struct kref *ref)
{
	struct thing *t = container_of(ref, struct thing, ref);

	pr_info("released after %d references\n", t->gets);
	kfree(t);
}

static int use_kref(void)
{
	struct thing *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	kref_init(&t->ref);
	for (; t->gets < 2; t->gets++)
		kref_get(&t->ref);
	for (int i = 0; i < 3; i++)
		kref_put(&t->ref, release);
	return 0;
}

static void use_atomics(void)
{
	atomic_t a = ATOMIC_INIT(5);
	atomic64_t wide = ATOMIC64_INIT(1);
	int was = atomic_fetch_add(2, &a), value = atomic_read(&a), before = atomic_cmpxchg(&a, 7, 9);

	pr_info("atomic %d, was %d, cmpxchg %d -> %d\n", value, was, before, atomic_read(&a));
	while (atomic64_read(&wide) < 1ll << 32)
		atomic64_add(atomic64_read(&wide), &wide);
	pr_info("64 bits: %lld\n", (long long)atomic64_read(&wide));
}

static void use_bits(void)
{
	DECLARE_BITMAP(map, 128);

	bitmap_zero(map, 128);
	set_bit(3, map);
	__set_bit(40, map);
	if (test_and_set_bit(3, map) && !test_and_clear_bit(41, map))
		pr_info("first bit %lu, next %lu, weight %d\n", find_first_bit(map, 128), find_next_bit(map, 128, 4),
			bitmap_weight(map, 128));
}

static int __init clean_init(void)
{
	refcount_t count = REFCOUNT_INIT(1);

	use_atomics();
	use_bits();
	if (refcount_inc_not_zero(&count) && !refcount_dec_and_test(&count)) {
		unsigned int left = refcount_read(&count);

		pr_info("refcount %u, then %s\n", left, refcount_dec_and_test(&count) ? "last" : "not");
	}
	return use_kref();
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
