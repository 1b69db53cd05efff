// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: overflow in copy_name */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

static char name[] = "a name that is longer than its place";

static noinline void copy_name(char *to, size_t len)
{
	memcpy(to, name, len); /* here */
	barrier();
}

static int __init bug_init(void)
{
	char *p = kmalloc(16, GFP_KERNEL);
	size_t len = sizeof(name);

	OPTIMIZER_HIDE_VAR(len);
	if (!p)
		return -ENOMEM;
	copy_name(p, len);
	kfree(p);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
