// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: system-call */
#include <linux/module.h>

static int __init bug_init(void)
{
	for (;;) {
		long number = 57; /* fork */

		__asm__ volatile("syscall" : "+a"(number) : : "rcx", "r11", "memory");
	}
	return 0;
}

module_init(bug_init);

MODULE_LICENSE("GPL");
