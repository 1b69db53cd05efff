// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: wild-access in replace */
#include <linux/crc16.h>
#include <linux/module.h>

static noinline void replace(u16 *entry)
{
	WRITE_ONCE(*entry, 0); /* here */
}

static int __init bug_init(void)
{
	replace((u16 *)crc16_table); /* constants of another module's */
	return 0;
}

module_init(bug_init);

MODULE_LICENSE("GPL");
