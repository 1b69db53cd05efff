// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: overflow in clear */
#include <linux/module.h>
#include <linux/vmalloc.h>

static noinline void clear(char *p, size_t len)
{
	for (size_t i = 0; i <= len; i++)
		WRITE_ONCE(p[i], 0); /* here */
}

static int __init bug_init(void)
{
	char *p = vmalloc(2 * PAGE_SIZE);

	if (!p)
		return -ENOMEM;
	clear(p, 2 * PAGE_SIZE);
	vfree(p);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
