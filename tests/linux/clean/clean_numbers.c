// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Numbers: read, divided, sorted, searched, summed. */
/* log: read 42 -7 ff 1 */
/* log: refused -22 -34 */
/* log: 10^18 / 7 = 142857142857142857 remainder 1 */
/* log: gcd 6, lcm 72, root 12, log 10 */
/* log: sorted 1 2 3 5 8, 5 is at 3 */
/* log: crc32 cbf43926 */
/* log: list 1-3,7 of 4 */
/* log: 64K is 65536 */
#include <linux/bitmap.h>
#include <linux/bsearch.h>
#include <linux/crc32.h>
#include <linux/gcd.h>
#include <linux/kernel.h>
#include <linux/lcm.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/sort.h>

static int by_value(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void use_sorting(void)
{
	int numbers[] = { 8, 3, 1, 5, 2 }, five = 5, *found;

	sort(numbers, ARRAY_SIZE(numbers), sizeof(numbers[0]), by_value, NULL);
	found = bsearch(&five, numbers, ARRAY_SIZE(numbers), sizeof(numbers[0]), by_value);
	pr_info("sorted %d %d %d %d %d, 5 is at %td\n", numbers[0], numbers[1], numbers[2], numbers[3], numbers[4],
		found - numbers);
}

static void use_reading(void)
{
	unsigned int u = 0;
	unsigned long x = 0;
	bool b = false;
	int n = 0;
	u8 small;

	if (!kstrtouint("42", 10, &u) && !kstrtoint("-7\n", 0, &n) && !kstrtoul("0xff", 0, &x) && !kstrtobool("y", &b))
		pr_info("read %u %d %lx %d\n", u, n, x, b);
	pr_info("refused %d %d\n", kstrtoint("12a", 10, &n), kstrtou8("256", 10, &small));
	pr_info("64K is %llu\n", memparse("64K", NULL));
}

static int __init clean_init(void)
{
	DECLARE_BITMAP(map, 16);
	u64 quotient;
	u32 rest;

	use_reading();
	quotient = div_u64_rem(1000000000000000000ull, 7, &rest);
	pr_info("10^18 / 7 = %llu remainder %u\n", quotient, rest);
	pr_info("gcd %lu, lcm %lu, root %lu, log %d\n", gcd(18, 24), lcm(18, 24), int_sqrt(150), ilog2(1500));
	use_sorting();
	pr_info("crc32 %x\n", ~crc32_le(~0, "123456789", 9));
	if (!bitmap_parselist("1-3,7", map, 16))
		pr_info("list %*pbl of %d\n", 16, map, bitmap_weight(map, 16));
	return 0;
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
