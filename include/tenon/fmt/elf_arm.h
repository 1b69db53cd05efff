/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Processor flags and relocation types of 32-bit Arm, M profile, that modules may use: entries are REL, the addend is
 * what the place holds. T is bit 0 of a Thumb function's address.
 * Source: ELF for the Arm Architecture (AAELF32) 2022Q3, sections 5.2 (file header) and 5.6 (relocation).
 */
#ifndef TENON_FMT_ELF_ARM_H
#define TENON_FMT_ELF_ARM_H

#define EF_ARM_EABIMASK 0xff000000u
#define EF_ARM_EABI_VER5 0x05000000u
#define EF_ARM_BE8 0x00800000u
#define EF_ARM_ABI_FLOAT_HARD 0x00000400u
#define EF_ARM_ABI_FLOAT_SOFT 0x00000200u

enum {
	R_ARM_NONE = 0,
	R_ARM_ABS32 = 2,       /* (S + A) | T */
	R_ARM_REL32 = 3,       /* ((S + A) | T) - P */
	R_ARM_THM_CALL = 10,   /* bl */
	R_ARM_THM_JUMP24 = 30, /* b.w */
	R_ARM_TARGET1 = 38,    /* platform's choice: as ABS32 */
	R_ARM_TARGET2 = 41,    /* platform's choice: as REL32 */
	R_ARM_PREL31 = 42,     /* as REL32; bit 31 stays */
	R_ARM_THM_MOVW_ABS_NC = 47,
	R_ARM_THM_MOVT_ABS = 48,
	R_ARM_THM_MOVW_PREL_NC = 49,
	R_ARM_THM_MOVT_PREL = 50,
	R_ARM_THM_JUMP19 = 51,  /* b<c>.w */
	R_ARM_THM_JUMP11 = 102, /* b.n */
	R_ARM_THM_JUMP8 = 103,  /* b<c>.n */
};

#endif
