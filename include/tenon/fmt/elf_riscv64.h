/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Processor flags and relocation types of 64-bit RISC-V that modules may use. Entries are RELA.
 * Source: RISC-V ABIs Specification 1.0 (riscv-elf), sections 8.1 (file header) and 8.4 (relocations).
 */
#ifndef TENON_FMT_ELF_RISCV64_H
#define TENON_FMT_ELF_RISCV64_H

enum {
	EF_RISCV_RVC = 0x1,       /* compressed instructions */
	EF_RISCV_FLOAT_ABI = 0x6, /* mask; 0: no floating-point registers in calls */
	EF_RISCV_RVE = 0x8,       /* 16 registers */
	EF_RISCV_TSO = 0x10,      /* needs total store ordering */
};

enum {
	R_RISCV_NONE = 0,
	R_RISCV_32 = 1,
	R_RISCV_64 = 2,
	R_RISCV_BRANCH = 16,
	R_RISCV_JAL = 17,
	R_RISCV_CALL = 18, /* auipc and jalr */
	R_RISCV_CALL_PLT = 19,
	R_RISCV_GOT_HI20 = 20,
	R_RISCV_PCREL_HI20 = 23,
	R_RISCV_PCREL_LO12_I = 24, /* the symbol is the place of the HI20 that it completes */
	R_RISCV_PCREL_LO12_S = 25,
	R_RISCV_HI20 = 26,
	R_RISCV_LO12_I = 27,
	R_RISCV_LO12_S = 28,
	R_RISCV_ADD8 = 33,
	R_RISCV_ADD16 = 34,
	R_RISCV_ADD32 = 35,
	R_RISCV_ADD64 = 36,
	R_RISCV_SUB8 = 37,
	R_RISCV_SUB16 = 38,
	R_RISCV_SUB32 = 39,
	R_RISCV_SUB64 = 40,
	R_RISCV_ALIGN = 43, /* addend bytes of nops, of which a linker may remove some */
	R_RISCV_RVC_BRANCH = 44,
	R_RISCV_RVC_JUMP = 45,
	R_RISCV_RELAX = 51, /* the relocation before may be relaxed */
	R_RISCV_SUB6 = 52,
	R_RISCV_SET6 = 53,
	R_RISCV_SET8 = 54,
	R_RISCV_SET16 = 55,
	R_RISCV_SET32 = 56,
	R_RISCV_32_PCREL = 57,
};

#endif
