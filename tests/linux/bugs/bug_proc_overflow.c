// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: overflow in show */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

static int *numbers;

static int show(struct seq_file *to, void *unused)
{
	for (int i = 0; i <= 4; i++)
		seq_printf(to, "%d\n", READ_ONCE(numbers[i])); /* here */
	return 0;
}

static int __init bug_init(void)
{
	numbers = kcalloc(4, sizeof(*numbers), GFP_KERNEL);
	if (numbers && proc_create_single("bug", 0444, NULL, show))
		return 0;
	kfree(numbers);
	return -ENOMEM;
}

static void __exit bug_exit(void)
{
	remove_proc_entry("bug", NULL);
	kfree(numbers);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
