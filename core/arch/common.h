/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the CPU tables share among themselves. */
#ifndef CORE_ARCH_COMMON_H
#define CORE_ARCH_COMMON_H

#include "core/arch.h"

#define unlikely(x) __builtin_expect(!!(x), 0)
/* Kept out of the loop over relocations, which then stays in registers. */
#define OUT_OF_LINE __attribute__((noinline, cold))

/* Fail at RELA entry @r. The symbol index goes to diag->want, for the load to find the symbol's name. */
int rela_refuse(const struct reloc_job *job, const Elf64_Rela *r, enum tenon_reason reason, tenon_addr got);

/* A branch to @symbol may need a stub: one for all of them, or if not @shared one of its own. */
static inline void need_stub(struct reloc_need *need, uint32_t symbol, bool shared)
{
	if (need->kinds[symbol] == need->kind)
		return;
	if (shared) {
		if (need->marks[symbol] & RELOC_MARK_STUB)
			return;
		need->marks[symbol] |= RELOC_MARK_STUB;
	}
	need->stubs++;
}

/* @symbol needs a GOT entry. */
static inline void need_got(struct reloc_need *need, uint32_t symbol)
{
	if (!(need->marks[symbol] & RELOC_MARK_GOT)) {
		need->marks[symbol] |= RELOC_MARK_GOT;
		need->got++;
	}
}

/* A GOT entry: the address itself. */
static inline void emit_got64(uint8_t *write, tenon_addr run, tenon_addr target)
{
	(void)run;
	put_le64(write, target);
}

#endif
