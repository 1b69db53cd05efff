// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: system-call */
#include <linux/module.h>

static int __init bug_init(void)
{
	long number = 62; /* kill */

	__asm__ volatile("syscall" : "+a"(number) : "D"(-1L), "S"(9L) : "rcx", "r11", "memory");
	return number < 0 ? (int)number : 0;
}

module_init(bug_init);

MODULE_LICENSE("GPL");
