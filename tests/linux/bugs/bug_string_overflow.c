// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: overflow in name_it */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

static char *text = "a name that is too long for that";

static noinline void name_it(char *name)
{
	strcpy(name, READ_ONCE(text)); /* here */
	barrier();                     /* no tail call: its own frame is there to be named */
}

static int __init bug_init(void)
{
	char *name = kmalloc(16, GFP_KERNEL);

	if (!name)
		return -ENOMEM;
	name_it(name);
	pr_info("%s\n", name);
	kfree(name);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
