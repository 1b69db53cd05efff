// SPDX-License-Identifier: GPL-2.0-only
/* Functions that Linux's files call and nobody has end up here: library/stubs.S is made of what the linker misses. */
#include <linux/bug.h>
#include <linux/printk.h>

#include "linux/kernel/kernel.h"

void linux_stub_hit(const char *name)
{
	_printk(KERN_ERR "linux.ko: %s() is called and not there\n", name);
	__builtin_trap();
}
