// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Levels of the log, sections of init and exit. */
/* log: hello, world */
/* log: a warning */
/* log: an error: -22 */
/* log: table of 4: 1 2 4 8 */
/* log: once */
#define pr_fmt(fmt) fmt
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

static const char greeting[] __initconst = "hello, world";
static int table[] __initdata = { 1, 2, 4, 8 };

static int __init hello_init(void)
{
	pr_info("%s\n", greeting);
	pr_warn("a warning\n");
	pr_err("an error: %d\n", -EINVAL);
	pr_debug("not to be seen\n");
	printk(KERN_INFO "table of %zu:", ARRAY_SIZE(table));
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		pr_cont(" %d", table[i]);
	pr_cont("\n");
	for (int i = 0; i < 3; i++)
		pr_info_once("once\n");
	return 0;
}

static void __exit hello_exit(void)
{
	pr_info("goodbye\n");
}

module_init(hello_init);
module_exit(hello_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("Tenon");
MODULE_DESCRIPTION("Says hello");
MODULE_VERSION("1.0");
