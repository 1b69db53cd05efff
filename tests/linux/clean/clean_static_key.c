// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Branches that are patched: static keys. */
/* log: off on off */
#include <linux/jump_label.h>
#include <linux/module.h>

static DEFINE_STATIC_KEY_FALSE(key);

static noinline const char *state(void)
{
	return static_branch_unlikely(&key) ? "on" : "off";
}

static int __init clean_init(void)
{
	const char *a = state(), *b, *c;

	static_branch_enable(&key);
	b = state();
	static_branch_disable(&key);
	c = state();
	pr_info("%s %s %s\n", a, b, c);
	return 0;
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
