/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A module that uses another. Nothing here says `depends on export_a`: modpost sees it from the functions that are
 * called, and modprobe loads both.
 *
 *     > modprobe export_b
 *     > lsmod                    # export_a is used by export_b
 */
#include "export-a.h"
#include "tenon/module.h"

static int __init export_b_init(void)
{
	const struct export_a_point a = { 1, 2 }, b = { 30, 40 };
	struct export_a_point sum;
	int twice;

	export_a_reset();
	twice = export_a_double(21);
	sum = export_a_add(&a, &b);
	pr_info("double of 21 is %d, the sum is (%d, %d), %u calls\n", twice, sum.x, sum.y, export_a_calls());
	return 0;
}

static void __exit export_b_exit(void)
{
}

module_init(export_b_init);
module_exit(export_b_exit);

MODULE_LICENSE("GPL");      /* needed for export_a_add */
MODULE_IMPORT_NS(EXPORT_A); /* needed for export_a_calls */
MODULE_DESCRIPTION("Uses the symbols that export_a exports");
MODULE_AUTHOR("The Tenon authors");
