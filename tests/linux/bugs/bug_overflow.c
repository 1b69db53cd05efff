// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: overflow in fill */
#include <linux/module.h>
#include <linux/slab.h>

static noinline void fill(char *to, size_t len)
{
	for (size_t i = 0; i <= len; i++)
		WRITE_ONCE(to[i], 'x'); /* here */
}

static int __init bug_init(void)
{
	char *p = kmalloc(64, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	fill(p, 64);
	kfree(p);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
