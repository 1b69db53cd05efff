/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The smallest module that says something. Load it and look at the log:
 *
 *     > insmod hello.ko
 *     > dmesg
 *     hello: loaded
 *     > rmmod hello
 *
 * module.h is the only header that a module needs. It brings the whole interface with it.
 */
#include "tenon/module.h"

static char *name;
module_param(name, charp, 0444);
MODULE_PARM_DESC(name, "whom to greet, if anybody: insmod hello.ko name=you");

/*
 * __init puts the function into memory that is given back as soon as it has returned. The name in front of each line
 * of the log is the kernel's addition: it knows which module is running.
 */
static int __init hello_init(void)
{
	pr_info("loaded\n");
	if (name)
		pr_info("good day, %s\n", name);
	return 0; /* or a negative errno value such as -TENON_ENOMEM: then the module is taken out again */
}

/* Without an exit function a module could never be unloaded. */
static void __exit hello_exit(void)
{
	pr_info("unloaded\n");
}

/* Which function is called when the module comes, which when it goes. Each may be named once. */
module_init(hello_init);
module_exit(hello_exit);

/*
 * What the module says of itself, for `modinfo hello.ko`. The licence must be there: some functions are exported for
 * GPL-compatible modules only, and a module that is not marks the kernel as tainted.
 */
MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Says hello and goodbye");
MODULE_AUTHOR("The Tenon authors");
