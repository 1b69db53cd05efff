/* SPDX-License-Identifier: GPL-2.0-only */
/* kernel/resource.c frees what kmalloc gave, and not what was there before it: here all is kmalloc's, which has no pages. */
#include <linux/page-flags.h>
#undef PageSlab
#define PageSlab(page) true
