// SPDX-License-Identifier: GPL-2.0-only
/* Traps in Linux code go to kernel/traps.c, which knows Linux's tables. */
#include "linux/native/native.h"

static tenon_handle handler;

static int fix(struct tenon_trap *trap)
{
	struct linux_trap t = {
		.pc = trap->pc, .reg = trap->reg, .address = trap->address, .illegal = trap->kind == TENON_TRAP_ILLEGAL
	};

	if (trap->kind != TENON_TRAP_ILLEGAL && trap->kind != TENON_TRAP_ACCESS && trap->kind != TENON_TRAP_PRIVILEGED)
		return 0;
	if (!linux_trap_fix(&t))
		return 0;
	trap->pc = t.pc;
	return 1;
}

int traps_start(void)
{
	tenon_handle h = tenon_trap_register(THIS_MODULE, fix);
	int err = tenon_handle_error(h);

	if (!err)
		handler = h;
	return err;
}

void traps_stop(void)
{
	tenon_trap_unregister(handler);
}
