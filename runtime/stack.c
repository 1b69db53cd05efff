// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The stack canary: one for the whole domain, chosen when the domain gets its runtime. Nothing here may be protected
 * by it: the init function changes it between its own entry and exit.
 */
#include "tenon/module.h"

uintptr_t __stack_chk_guard __ro_after_init;
EXPORT_SYMBOL(__stack_chk_guard);

/* Called by compiled code that finds the canary changed. */
__attribute__((noreturn)) void __stack_chk_fail(void);
__attribute__((noreturn)) void __stack_chk_fail(void)
{
	static const char text[] = "stack canary overwritten";

	tenon_log(TENON_LEVEL_ERR, text, sizeof(text) - 1);
	__builtin_trap();
}
EXPORT_SYMBOL(__stack_chk_fail);

static int __init __attribute__((no_stack_protector)) choose_canary(void)
{
	uintptr_t value;
	int got = tenon_random(&value, sizeof(value));

	if (got < 0)
		return got;
	__stack_chk_guard = value & ~(uintptr_t)0xff; /* a string copied beyond its end stops at the zero byte */
	return 0;
}
module_init(choose_canary);

/* Nothing to undo; but a module with init and without exit could never be unloaded. */
static void __exit leave(void)
{
}
module_exit(leave);

MODULE_DESCRIPTION("what every module may call without leaving its domain");
MODULE_LICENSE("GPL");
