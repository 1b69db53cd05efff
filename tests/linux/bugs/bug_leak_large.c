// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: leak in bug_init */
/* More than is guarded. */
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>

static void *memory;

static int __init bug_init(void)
{
	memory = vmalloc(SZ_16M + SZ_4M); /* here */
	return memory ? 0 : -ENOMEM;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
