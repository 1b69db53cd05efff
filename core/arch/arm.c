/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * 32-bit Arm, M profile: Thumb-2 only. Source: ELF for the Arm Architecture (AAELF32) 2022Q3, section 5.6.
 * Entries are REL: the addend is in the place. A function's value has bit 0 set, as in st_value (the T of the
 * specification). An instruction of 32 bits is two halfwords, here one number with the first in its upper half.
 */
#include "core/arch/common.h"
#include "tenon/fmt/elf_arm.h"
#include "tenon/host.h"

#define STUB_BYTES 8

enum form { UNKNOWN, WORD, PREL31, MOVW, MOVT, BL, B_W, B_COND_W, B_N, B_COND_N, PC = 0x80 };

/* By type: where the value goes, and whether it counts from the place. */
static const uint8_t forms[] = {
	[R_ARM_ABS32] = WORD,
	[R_ARM_REL32] = WORD | PC,
	[R_ARM_THM_CALL] = BL | PC,
	[R_ARM_THM_JUMP24] = B_W | PC,
	[R_ARM_TARGET1] = WORD,
	[R_ARM_TARGET2] = WORD | PC,
	[R_ARM_PREL31] = PREL31 | PC,
	[R_ARM_THM_MOVW_ABS_NC] = MOVW,
	[R_ARM_THM_MOVT_ABS] = MOVT,
	[R_ARM_THM_MOVW_PREL_NC] = MOVW | PC,
	[R_ARM_THM_MOVT_PREL] = MOVT | PC,
	[R_ARM_THM_JUMP19] = B_COND_W | PC,
	[R_ARM_THM_JUMP11] = B_N | PC,
	[R_ARM_THM_JUMP8] = B_COND_N | PC,
};

/* By form: bits of a signed value that fits. */
static const uint8_t value_bits[] = {
	[WORD] = 32, [PREL31] = 31,   [MOVW] = 32, [MOVT] = 32,    [BL] = 25,
	[B_W] = 25,  [B_COND_W] = 21, [B_N] = 12,  [B_COND_N] = 9,
};

static int32_t sign_extend(uint32_t v, unsigned int bits)
{
	return (int32_t)(v << (32 - bits)) >> (32 - bits);
}

static bool fits(int32_t x, unsigned int bits)
{
	return sign_extend((uint32_t)x, bits) == x;
}

/* Bits of @insn from @from, moved to @to. */
static uint32_t bits(uint32_t insn, unsigned int from, unsigned int cnt, unsigned int to)
{
	return (insn >> from & ((1u << cnt) - 1)) << to;
}

/* The addend that @insn holds. */
static int32_t decode(uint32_t insn, unsigned int form)
{
	switch (form) {
	case MOVW:
	case MOVT: /* imm4:i:imm3:imm8 */
		return sign_extend(
		    bits(insn, 16, 4, 12) | bits(insn, 26, 1, 11) | bits(insn, 12, 3, 8) | bits(insn, 0, 8, 0), 16);
	case BL:
	case B_W: /* S:I1:I2:imm10:imm11:0, In = not(Jn xor S) */
		if (!(insn & 1u << 26))
			insn ^= 1u << 13 | 1u << 11;
		return sign_extend(bits(insn, 26, 1, 24) | bits(insn, 13, 1, 23) | bits(insn, 11, 1, 22) |
				       bits(insn, 16, 10, 12) | bits(insn, 0, 11, 1),
				   25);
	case B_COND_W: /* S:J2:J1:imm6:imm11:0 */
		return sign_extend(bits(insn, 26, 1, 20) | bits(insn, 11, 1, 19) | bits(insn, 13, 1, 18) |
				       bits(insn, 16, 6, 12) | bits(insn, 0, 11, 1),
				   21);
	case B_N:
		return sign_extend(insn << 1, 12);
	case B_COND_N:
		return sign_extend(insn << 1, 9);
	case PREL31:
		return sign_extend(insn, 31);
	}
	return (int32_t)insn; /* WORD */
}

/* @insn with the value @x. */
static uint32_t encode(uint32_t insn, unsigned int form, uint32_t x)
{
	switch (form) {
	case MOVT:
		x >>= 16;
		/* fall through */
	case MOVW:
		return (insn & ~0x040f70ffu) | bits(x, 12, 4, 16) | bits(x, 11, 1, 26) | bits(x, 8, 3, 12) |
		       bits(x, 0, 8, 0);
	case BL:
	case B_W: /* bit 12: a blx becomes bl, there is no other state to go to */
		insn = (insn & ~0x07ff2fffu) | 1u << 12 | bits(x, 24, 1, 26) | bits(x, 23, 1, 13) | bits(x, 22, 1, 11) |
		       bits(x, 12, 10, 16) | bits(x, 1, 11, 0);
		return x & 1u << 24 ? insn : insn ^ (1u << 13 | 1u << 11);
	case B_COND_W:
		return (insn & ~0x043f2fffu) | bits(x, 20, 1, 26) | bits(x, 19, 1, 11) | bits(x, 18, 1, 13) |
		       bits(x, 12, 6, 16) | bits(x, 1, 11, 0);
	case B_N:
		return (insn & ~0x7ffu) | bits(x, 1, 11, 0);
	case B_COND_N:
		return (insn & ~0xffu) | bits(x, 1, 8, 0);
	case PREL31:
		return (insn & 1u << 31) | (x & ~(1u << 31));
	}
	return x; /* WORD */
}

static uint32_t load(const uint8_t *place, unsigned int form)
{
	if (form <= PREL31)
		return get_le32(place);
	if (form >= B_N)
		return get_le16(place);
	return (uint32_t)get_le16(place) << 16 | get_le16(place + 2);
}

static void store(uint8_t *place, unsigned int form, uint32_t insn)
{
	if (form <= PREL31) {
		put_le32(place, insn);
	} else if (form >= B_N) {
		put_le16(place, (uint16_t)insn);
	} else {
		put_le16(place, (uint16_t)(insn >> 16));
		put_le16(place + 2, (uint16_t)insn);
	}
}

/* Soft-float EABI version 5, little-endian code; no floating-point registers in calls. */
static int check_flags(uint32_t e_flags, struct tenon_diag *diag)
{
	if ((e_flags & ~EF_ARM_ABI_FLOAT_SOFT) != EF_ARM_EABI_VER5)
		return fail_value(diag, TENON_R_ELF_FLAGS, e_flags, EF_ARM_EABI_VER5);
	return 0;
}

static void count(const struct reloc_job *job, bool far, struct reloc_need *need)
{
	const Elf32_Rel *r = job->entries, *const end = r + job->cnt;

	for (; far && r < end; r++) {
		uint32_t symbol = ELF32_R_SYM(r->r_info), type = ELF32_R_TYPE(r->r_info);

		if (symbol < job->symbol_cnt && (type == R_ARM_THM_CALL || type == R_ARM_THM_JUMP24))
			need_stub(need, symbol, true);
	}
}

/* ldr.w pc, [pc, #0]; the target. */
static void emit_stub(uint8_t *write, tenon_addr run, tenon_addr target)
{
	(void)run;
	put_le32(write, 0xf000f8df);
	put_le32(write + 4, (uint32_t)target | 1);
}

/* Apply one entry. Return: 0 or why not, with the value at fault in @got. */
static enum tenon_reason apply(struct reloc_job *job, const Elf32_Rel *r, uint32_t *got)
{
	uint32_t symbol = ELF32_R_SYM(r->r_info), type = ELF32_R_TYPE(r->r_info);
	unsigned int form = type < sizeof(forms) ? forms[type] : UNKNOWN, pc = form & PC;
	uint32_t place = (uint32_t)job->run + r->r_offset, insn;
	tenon_addr value;
	int32_t addend, x;

	form &= ~(unsigned int)PC;
	*got = symbol;
	if (symbol >= job->symbol_cnt)
		return TENON_R_REL_SYMBOL;
	if (type == R_ARM_NONE)
		return TENON_R_NONE;
	*got = type;
	if (form == UNKNOWN)
		return TENON_R_REL_TYPE;
	value = job->values[symbol];
	if (value == RELOC_DISCARDED)
		return TENON_R_REL_DISCARDED;
	if (value != (uint32_t)value)
		return TENON_R_REL_RANGE;
	if (!reloc_inside(job, r->r_offset, form >= B_N ? 2 : 4))
		return TENON_R_REL_OFFSET;
	if (form >= MOVW && r->r_offset & 1)
		return TENON_R_REL_ALIGN;

	insn = load(job->write + r->r_offset, form);
	addend = decode(insn, form);
	x = (int32_t)((uint32_t)value + (uint32_t)addend - (pc ? place : 0));
	*got = (uint32_t)x;
	if (form >= BL) {
		/* bl stays in Thumb state, and there is no other: its target must be a Thumb function. */
		if (form == BL && !(x & 1))
			return TENON_R_REL_ALIGN;
		x &= ~1;
	}
	if (!fits(x, value_bits[form])) {
		tenon_addr stub;

		/* With an addend it is not the symbol that is jumped to. Compilers do that inside a section only. */
		if ((form != BL && form != B_W) || addend != -4)
			return TENON_R_REL_RANGE;
		if (!reloc_slot(job->stubs, symbol, true, STUB_BYTES, value, emit_stub, &stub))
			return TENON_R_REL_STUBS;
		x = (int32_t)((uint32_t)stub - 4 - place);
		if (!fits(x, value_bits[form]))
			return TENON_R_REL_RANGE;
	}
	store(job->write + r->r_offset, form, encode(insn, form, (uint32_t)x));
	return TENON_R_NONE;
}

static int relocate(struct reloc_job *job)
{
	const Elf32_Rel *r = job->entries, *const end = r + job->cnt;

	for (; r < end; r++) {
		uint32_t got;
		enum tenon_reason reason = apply(job, r, &got);

		if (reason) {
			int ret = fail_at(job->diag, reason, job->section, r->r_offset, got);

			job->diag->want = ELF32_R_SYM(r->r_info);
			return ret;
		}
	}
	return 0;
}

const struct tenon_arch tenon_arch_arm = {
	.name = "arm",
	.machine = EM_ARM,
	.branch_reach = 16u << 20,
	.stub_bytes = STUB_BYTES,
	.trap_fill = 0xde00de00, /* udf #0, twice */
	.check_flags = check_flags,
	.count = count,
	.relocate = relocate,
};
