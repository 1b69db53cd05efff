// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Asks for a module by name, then for one that nobody has. */
/* log: crc7 has come */
/* log: the other has not */
#include <linux/kmod.h>
#include <linux/module.h>

static int __init clean_init(void)
{
	if (!request_module("crc7"))
		pr_info("crc7 has come\n");
	if (request_module("clean-%s", "nonesuch"))
		pr_info("the other has not\n");
	return 0;
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
