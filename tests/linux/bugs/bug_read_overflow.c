// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: overflow in sum */
#include <linux/module.h>
#include <linux/slab.h>

static noinline int sum(const int *numbers, int cnt)
{
	int total = 0;

	for (int i = 0; i <= cnt; i++)
		total += READ_ONCE(numbers[i]); /* here */
	return total;
}

static int __init bug_init(void)
{
	int *numbers = kcalloc(8, sizeof(*numbers), GFP_KERNEL);

	if (!numbers)
		return -ENOMEM;
	pr_info("sum %d\n", sum(numbers, 8));
	kfree(numbers);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
