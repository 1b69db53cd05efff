// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: system-call */
#include <linux/fcntl.h>
#include <linux/module.h>

static const char path[] = "/tmp/written-by-a-module";

static int __init bug_init(void)
{
	long number = 2; /* open */

	__asm__ volatile("syscall"
			 : "+a"(number)
			 : "D"(path), "S"((long)(O_CREAT | O_WRONLY)), "d"(0600L)
			 : "rcx", "r11", "memory");
	return number < 0 ? (int)number : 0;
}

module_init(bug_init);

MODULE_LICENSE("GPL");
