// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: wild-access in first */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/string.h>

static void *nothing(void)
{
	return ERR_PTR(-ENOENT);
}

static noinline char first(const char *text)
{
	return READ_ONCE(*text); /* here */
}

static noinline int length(void)
{
	return first(nothing()) ? 1 : 2;
}

static int __init bug_init(void)
{
	return length() ? 0 : -EINVAL;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
