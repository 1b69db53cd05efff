/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Exceptions of x86-64 (SDM volume 3, 6.3.1 and 4.7) in the words of kpi/trap.def. */
#include "kpi/impl/impl.h"

enum { DIVIDE = 0, BREAKPOINT = 3, INVALID_OPCODE = 6, PROTECTION = 13, PAGE = 14 };
enum { PAGE_WRITE = 2, PAGE_FETCH = 16 }; /* bits of a page fault's error code */

bool tenon_kpi_trap_x86_64(struct tenon_trap *trap, uint64_t vector, uint64_t error, tenon_addr address)
{
	trap->address = 0;
	switch (vector) {
	case PAGE:
		trap->kind = TENON_TRAP_ACCESS;
		trap->access = error & PAGE_FETCH ? TENON_TRAP_EXECUTE :
			       error & PAGE_WRITE ? TENON_TRAP_WRITE :
						    TENON_TRAP_READ;
		trap->address = address;
		return true;
	case INVALID_OPCODE:
		trap->kind = TENON_TRAP_ILLEGAL;
		return true;
	case PROTECTION:
		trap->kind = TENON_TRAP_PRIVILEGED;
		return true;
	case BREAKPOINT:
		trap->kind = TENON_TRAP_BREAKPOINT;
		return true;
	case DIVIDE:
		trap->kind = TENON_TRAP_DIVIDE;
		return true;
	default:
		return false;
	}
}
