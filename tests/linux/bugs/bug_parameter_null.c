// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: null-access in set */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

static char *text;

static int set(const char *value, const struct kernel_param *kp)
{
	if (value[0] == '7')
		WRITE_ONCE(text[0], value[0]); /* here */
	return 0;
}

static int get(char *to, const struct kernel_param *kp)
{
	return sprintf(to, "7\n");
}

static const struct kernel_param_ops ops = { .set = set, .get = get };
module_param_cb(number, &ops, NULL, 0644);

static int __init bug_init(void)
{
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
