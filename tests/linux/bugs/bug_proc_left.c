// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: leak in make */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static int show(struct seq_file *to, void *unused)
{
	seq_puts(to, "hello\n");
	return 0;
}

static noinline bool make(void)
{
	return proc_create_single("bug", 0444, NULL, show); /* here */
}

static int __init bug_init(void)
{
	return make() ? 0 : -ENOMEM;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
