/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Relocation types of x86-64 that modules may use: entries are RELA, S is the symbol, A the addend, P the place.
 * Source: System V ABI, AMD64 Architecture Processor Supplement 1.0, table 4.9.
 */
#ifndef TENON_FMT_ELF_X86_64_H
#define TENON_FMT_ELF_X86_64_H

enum {
	R_X86_64_NONE = 0,
	R_X86_64_64 = 1,             /* S + A */
	R_X86_64_PC32 = 2,           /* S + A - P, sign-extended */
	R_X86_64_PLT32 = 4,          /* the same for a branch, which may go through a stub */
	R_X86_64_GOTPCREL = 9,       /* slot that holds S, + A - P */
	R_X86_64_32 = 10,            /* S + A, zero-extended */
	R_X86_64_32S = 11,           /* S + A, sign-extended */
	R_X86_64_PC64 = 24,          /* S + A - P */
	R_X86_64_GOTPCRELX = 41,     /* as GOTPCREL; a linker may rewrite the instruction */
	R_X86_64_REX_GOTPCRELX = 42, /* the same, the instruction has a REX prefix */
};

#endif
