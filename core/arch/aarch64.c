/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * AArch64. Source: ELF for the Arm 64-bit Architecture (AAELF64) 2022Q3, section 5.7.
 * The table below has that section's columns: how the value is calculated, what is checked, where it is put.
 */
#include "core/arch/common.h"
#include "tenon/fmt/elf_aarch64.h"
#include "tenon/host.h"

#define STUB_BYTES 16
#define GOT_BYTES 8
#define NOP 0xd503201f
#define PAGE(x) ((x) & ~0xfffull)
#define IN_PAGE(x) ((x)&0xfffull)

enum calc { UNKNOWN, ABS, PREL, PAGE_PREL, ABS_LO12, GOT_PREL, GOT_PAGE, GOT_LO12 };
enum check { ANY, SIGNED, UNSIGNED, EITHER }; /* EITHER: fits as one or the other */
enum field {
	DATA16,
	DATA32,
	DATA64,
	MOVW,  /* 16 bits of movz, movk, movn */
	MOVNZ, /* the same, choosing movn for a negative value and movz otherwise */
	ADR,   /* 21 bits in two pieces: adr, adrp */
	IMM12, /* add, ldr, str */
	IMM14, /* tbz */
	IMM19, /* b.cond, cbz, ldr of a literal */
	IMM26, /* b, bl */
};

struct howto {
	uint8_t calc, check, bits; /* the value must fit in so many bits */
	uint8_t field, shift;      /* lowest bit of the value that goes into the field */
};

#define FIRST R_AARCH64_ABS64
#define ROW(type) [R_AARCH64_##type - FIRST]

static const struct howto howtos[] = {
	ROW(ABS64) = { ABS, ANY, 0, DATA64, 0 },
	ROW(ABS32) = { ABS, EITHER, 32, DATA32, 0 },
	ROW(ABS16) = { ABS, EITHER, 16, DATA16, 0 },
	ROW(PREL64) = { PREL, ANY, 0, DATA64, 0 },
	ROW(PREL32) = { PREL, SIGNED, 32, DATA32, 0 },
	ROW(PREL16) = { PREL, SIGNED, 16, DATA16, 0 },
	ROW(MOVW_UABS_G0) = { ABS, UNSIGNED, 16, MOVW, 0 },
	ROW(MOVW_UABS_G0_NC) = { ABS, ANY, 0, MOVW, 0 },
	ROW(MOVW_UABS_G1) = { ABS, UNSIGNED, 32, MOVW, 16 },
	ROW(MOVW_UABS_G1_NC) = { ABS, ANY, 0, MOVW, 16 },
	ROW(MOVW_UABS_G2) = { ABS, UNSIGNED, 48, MOVW, 32 },
	ROW(MOVW_UABS_G2_NC) = { ABS, ANY, 0, MOVW, 32 },
	ROW(MOVW_UABS_G3) = { ABS, ANY, 0, MOVW, 48 },
	ROW(MOVW_SABS_G0) = { ABS, SIGNED, 17, MOVNZ, 0 },
	ROW(MOVW_SABS_G1) = { ABS, SIGNED, 33, MOVNZ, 16 },
	ROW(MOVW_SABS_G2) = { ABS, SIGNED, 49, MOVNZ, 32 },
	ROW(LD_PREL_LO19) = { PREL, SIGNED, 21, IMM19, 2 },
	ROW(ADR_PREL_LO21) = { PREL, SIGNED, 21, ADR, 0 },
	ROW(ADR_PREL_PG_HI21) = { PAGE_PREL, SIGNED, 33, ADR, 12 },
	ROW(ADR_PREL_PG_HI21_NC) = { PAGE_PREL, ANY, 0, ADR, 12 },
	ROW(ADD_ABS_LO12_NC) = { ABS_LO12, ANY, 0, IMM12, 0 },
	ROW(LDST8_ABS_LO12_NC) = { ABS_LO12, ANY, 0, IMM12, 0 },
	ROW(TSTBR14) = { PREL, SIGNED, 16, IMM14, 2 },
	ROW(CONDBR19) = { PREL, SIGNED, 21, IMM19, 2 },
	ROW(JUMP26) = { PREL, SIGNED, 28, IMM26, 2 },
	ROW(CALL26) = { PREL, SIGNED, 28, IMM26, 2 },
	ROW(LDST16_ABS_LO12_NC) = { ABS_LO12, ANY, 0, IMM12, 1 },
	ROW(LDST32_ABS_LO12_NC) = { ABS_LO12, ANY, 0, IMM12, 2 },
	ROW(LDST64_ABS_LO12_NC) = { ABS_LO12, ANY, 0, IMM12, 3 },
	ROW(LDST128_ABS_LO12_NC) = { ABS_LO12, ANY, 0, IMM12, 4 },
	ROW(MOVW_PREL_G0) = { PREL, SIGNED, 17, MOVNZ, 0 },
	ROW(MOVW_PREL_G0_NC) = { PREL, ANY, 0, MOVW, 0 },
	ROW(MOVW_PREL_G1) = { PREL, SIGNED, 33, MOVNZ, 16 },
	ROW(MOVW_PREL_G1_NC) = { PREL, ANY, 0, MOVW, 16 },
	ROW(MOVW_PREL_G2) = { PREL, SIGNED, 49, MOVNZ, 32 },
	ROW(MOVW_PREL_G2_NC) = { PREL, ANY, 0, MOVW, 32 },
	ROW(MOVW_PREL_G3) = { PREL, ANY, 0, MOVNZ, 48 },
	ROW(GOT_LD_PREL19) = { GOT_PREL, SIGNED, 21, IMM19, 2 },
	ROW(ADR_GOT_PAGE) = { GOT_PAGE, SIGNED, 33, ADR, 12 },
	ROW(LD64_GOT_LO12_NC) = { GOT_LO12, ANY, 0, IMM12, 3 },
};

/* NULL for a type that is not supported. */
static const struct howto *find_howto(uint32_t type)
{
	uint32_t row = type - FIRST;

	return row < sizeof(howtos) / sizeof(howtos[0]) && howtos[row].calc != UNKNOWN ? &howtos[row] : NULL;
}

static int check_flags(uint32_t e_flags, struct tenon_diag *diag)
{
	return e_flags ? fail_got(diag, TENON_R_ELF_FLAGS, e_flags) : 0;
}

static void count(const struct reloc_job *job, bool far, struct reloc_need *need)
{
	const Elf64_Rela *r = job->entries, *const end = r + job->cnt;

	for (; r < end; r++) {
		uint32_t symbol = ELF64_R_SYM(r->r_info);

		if (symbol >= job->symbol_cnt)
			continue;
		switch (ELF64_R_TYPE(r->r_info)) {
		case R_AARCH64_CALL26:
		case R_AARCH64_JUMP26:
			if (far)
				need_stub(need, symbol, r->r_addend == 0);
			break;
		case R_AARCH64_GOT_LD_PREL19:
		case R_AARCH64_ADR_GOT_PAGE:
		case R_AARCH64_LD64_GOT_LO12_NC:
			need_got(need, symbol);
			break;
		}
	}
}

/* ldr x16, .+8; br x16; the target. A bl or b may change x16 (AAPCS64), and bti c accepts a br x16. */
static void emit_stub(uint8_t *write, uint64_t run, uint64_t target)
{
	(void)run;
	put_le32(write, 0x58000050);
	put_le32(write + 4, 0xd61f0200);
	put_le64(write + 8, target);
}

/*
 * A branch that does not reach goes through a stub. @x: its value, replaced. Any other value does not fit. Return: 0,
 * an error, or 1: a weak function that nobody has is not called, its branch has become a nop, as GNU ld does it.
 */
static OUT_OF_LINE int reach(const struct reloc_job *job, const Elf64_Rela *r, uint64_t *x)
{
	uint32_t type = ELF64_R_TYPE(r->r_info);
	uint64_t place = job->run + r->r_offset, stub;

	if (type != R_AARCH64_CALL26 && type != R_AARCH64_JUMP26)
		return rela_refuse(job, r, TENON_R_REL_RANGE, *x);
	if (!job->values[ELF64_R_SYM(r->r_info)]) {
		put_le32(job->write + r->r_offset, NOP);
		return 1;
	}
	if (!reloc_slot(job->stubs, ELF64_R_SYM(r->r_info), r->r_addend == 0, STUB_BYTES, *x + place, emit_stub, &stub))
		return rela_refuse(job, r, TENON_R_REL_STUBS, *x);
	*x = stub - place;
	return fits_signed((int64_t)*x, 28) ? 0 : rela_refuse(job, r, TENON_R_REL_RANGE, *x);
}

/* A GOT entry holds the symbol itself, for all that use it: an addend cannot be meant. */
static OUT_OF_LINE int got_entry(const struct reloc_job *job, const Elf64_Rela *r, uint64_t *slot)
{
	uint32_t symbol = ELF64_R_SYM(r->r_info);

	if (r->r_addend)
		return rela_refuse(job, r, TENON_R_REL_RANGE, (uint64_t)r->r_addend);
	if (!reloc_slot(job->got, symbol, true, GOT_BYTES, job->values[symbol], emit_got64, slot))
		return rela_refuse(job, r, TENON_R_REL_STUBS, 0);
	return 0;
}

static int calculate(const struct reloc_job *job, const Elf64_Rela *r, uint8_t calc, uint64_t *x)
{
	uint64_t value = *x + (uint64_t)r->r_addend, place = job->run + r->r_offset;

	if (calc >= GOT_PREL) {
		int ret = got_entry(job, r, &value);

		if (ret)
			return ret;
	}
	switch (calc) {
	case PREL:
	case GOT_PREL:
		value -= place;
		break;
	case PAGE_PREL:
	case GOT_PAGE:
		value = PAGE(value) - PAGE(place);
		break;
	case ABS_LO12:
	case GOT_LO12:
		value = IN_PAGE(value);
		break;
	}
	*x = value;
	return 0;
}

static bool fits(const struct howto *h, uint64_t x)
{
	switch (h->check) {
	case SIGNED:
		return fits_signed((int64_t)x, h->bits);
	case UNSIGNED:
		return x < 1ull << h->bits;
	case EITHER:
		return x < 1ull << h->bits || fits_signed((int64_t)x, h->bits);
	}
	return true;
}

static uint32_t insert(uint32_t insn, uint64_t value, unsigned int bits, unsigned int lsb)
{
	uint32_t mask = (1u << bits) - 1;

	return (insn & ~(mask << lsb)) | ((uint32_t)value & mask) << lsb;
}

/* The instruction with the value in its field. */
static uint32_t encode(uint32_t insn, const struct howto *h, uint64_t x)
{
	uint64_t value = (uint64_t)((int64_t)x >> h->shift);

	switch (h->field) {
	case MOVNZ: /* opcode in bits 30:29: 0 movn, 2 movz */
		insn = insert(insn, (int64_t)x < 0 ? 0 : 2, 2, 29);
		return insert(insn, (int64_t)x < 0 ? ~value : value, 16, 5);
	case MOVW:
		return insert(insn, value, 16, 5);
	case ADR:
		return insert(insert(insn, value, 2, 29), value >> 2, 19, 5);
	case IMM12:
		return insert(insn, value, 12, 10);
	case IMM14:
		return insert(insn, value, 14, 5);
	case IMM19:
		return insert(insn, value, 19, 5);
	default: /* IMM26 */
		return insert(insn, value, 26, 0);
	}
}

/* Immediates of loads and branches leave out the low bits, which must be zero. */
static bool aligned(const struct howto *h, uint64_t offset, uint64_t x)
{
	if (h->field <= DATA64)
		return true;
	return !(offset & 3) && (h->field < IMM12 || !(x & ((1u << h->shift) - 1)));
}

static int relocate(struct reloc_job *job)
{
	const Elf64_Rela *r = job->entries, *const end = r + job->cnt;

	for (; r < end; r++) {
		uint32_t symbol = ELF64_R_SYM(r->r_info), type = ELF64_R_TYPE(r->r_info);
		const struct howto *h = find_howto(type);
		uint8_t *place;
		uint64_t x;
		int ret;

		if (unlikely(symbol >= job->symbol_cnt))
			return rela_refuse(job, r, TENON_R_REL_SYMBOL, symbol);
		if (unlikely(!h)) {
			if (type == R_AARCH64_NONE)
				continue;
			return rela_refuse(job, r, TENON_R_REL_TYPE, type);
		}
		x = job->values[symbol];
		if (unlikely(x == RELOC_DISCARDED))
			return rela_refuse(job, r, TENON_R_REL_DISCARDED, symbol);
		if (unlikely(!reloc_inside(job, r->r_offset, h->field == DATA64 ? 8 : h->field == DATA16 ? 2 : 4)))
			return rela_refuse(job, r, TENON_R_REL_OFFSET, job->size);
		ret = calculate(job, r, h->calc, &x);
		if (unlikely(ret))
			return ret;
		if (unlikely(!aligned(h, r->r_offset, x)))
			return rela_refuse(job, r, TENON_R_REL_ALIGN, x);
		if (unlikely(!fits(h, x))) {
			ret = reach(job, r, &x);
			if (ret > 0)
				continue;
			if (ret)
				return ret;
		}
		place = job->write + r->r_offset;
		if (h->field == DATA64)
			put_le64(place, x);
		else if (h->field == DATA32)
			put_le32(place, (uint32_t)x);
		else if (h->field == DATA16)
			put_le16(place, (uint16_t)x);
		else
			put_le32(place, encode(get_le32(place), h, x));
	}
	return 0;
}

const struct tenon_arch tenon_arch_aarch64 = {
	.name = "aarch64",
	.machine = EM_AARCH64,
	.is64 = true,
	.rela = true,
	.branch_reach = 128u << 20,
	.stub_bytes = STUB_BYTES,
	.got_bytes = GOT_BYTES,
	.trap_fill = 0xd4200000, /* brk #0 */
	.check_flags = check_flags,
	.count = count,
	.relocate = relocate,
};
