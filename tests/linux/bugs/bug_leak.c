// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: leak in keep */
#include <linux/module.h>
#include <linux/slab.h>

static noinline void *keep(size_t len)
{
	void *p = kmalloc(len, GFP_KERNEL); /* here */

	barrier();
	return p;
}

static int __init bug_init(void)
{
	return keep(100) ? 0 : -ENOMEM;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
