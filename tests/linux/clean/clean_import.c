// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Uses functions and data of another module, one of them in a namespace. */
/* log: 4 then 7, apart -7 */
#include "clean_export.h"
#include <linux/module.h>

static int __init clean_init(void)
{
	int n = clean_next(1), further;

	clean_step = 3;
	further = clean_next(n);
	pr_info("%d then %d, apart %d\n", n, further, clean_apart(further));
	return 0;
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(CLEAN);
MODULE_SOFTDEP("pre: clean_export");
