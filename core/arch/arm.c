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
#define NOP_W 0x8000f3af /* in the order of memory */

enum form { UNKNOWN, WORD, PREL31, MOVW, MOVT, BL, B_W, B_COND_W, B_N, B_COND_N, PC = 0x80 };

/* By type: where the value goes, and whether it counts from the place. The frequent ones first. */
static const struct {
	uint8_t type, form;
} forms[] = {
	{ R_ARM_THM_CALL, BL | PC },        { R_ARM_ABS32, WORD },
	{ R_ARM_THM_JUMP24, B_W | PC },     { R_ARM_PREL31, PREL31 | PC },
	{ R_ARM_THM_MOVW_ABS_NC, MOVW },    { R_ARM_THM_MOVT_ABS, MOVT },
	{ R_ARM_REL32, WORD | PC },         { R_ARM_TARGET1, WORD },
	{ R_ARM_TARGET2, WORD | PC },       { R_ARM_THM_MOVW_PREL_NC, MOVW | PC },
	{ R_ARM_THM_MOVT_PREL, MOVT | PC }, { R_ARM_THM_JUMP19, B_COND_W | PC },
	{ R_ARM_THM_JUMP11, B_N | PC },     { R_ARM_THM_JUMP8, B_COND_N | PC },
};

/* A run of @cnt bits of a value: its lowest bit in the value, and in the word or instruction that holds the value. */
static const struct run {
	uint8_t value, insn, cnt;
} runs[] = {
	{ 0, 0, 32 },                                                              /* 0 */
	{ 0, 0, 31 },                                                              /* 1 */
	{ 0, 0, 8 },  { 8, 12, 3 },   { 11, 26, 1 }, { 12, 16, 4 },                /* 2: imm4:i:imm3:imm8 */
	{ 1, 0, 11 }, { 12, 16, 10 }, { 22, 11, 1 }, { 23, 13, 1 }, { 24, 26, 1 }, /* 6: S:I1:I2:imm10:imm11:0 */
	{ 1, 0, 11 }, { 12, 16, 6 },  { 18, 13, 1 }, { 19, 11, 1 }, { 20, 26, 1 }, /* 11: S:J2:J1:imm6:imm11:0 */
	{ 1, 0, 8 },                                                               /* 16 */
};

/* By form: the first of its runs, how many, and the bits of its signed value. */
static const struct {
	uint8_t run, cnt, value_bits;
} layouts[] = {
	[WORD] = { 0, 1, 32 },      [PREL31] = { 1, 1, 31 }, [MOVW] = { 2, 4, 16 },
	[MOVT] = { 2, 4, 16 },      [BL] = { 6, 5, 25 },     [B_W] = { 6, 5, 25 },
	[B_COND_W] = { 11, 5, 21 }, [B_N] = { 6, 1, 12 },    [B_COND_N] = { 16, 1, 9 },
};

static uint32_t form_of(uint32_t type)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (forms[i].type == type)
			return forms[i].form;
	return UNKNOWN;
}

static int32_t sign_extend(uint32_t v, unsigned int bits)
{
	return (int32_t)(v << (32 - bits)) >> (32 - bits);
}

/* Do bits outside those of the form's value say more than its sign? movw and movt take half of any value. */
static bool fits(int32_t x, unsigned int form)
{
	return form == MOVW || form == MOVT || sign_extend((uint32_t)x, layouts[form].value_bits) == x;
}

/* In bl and b.w, J1 and J2 are I1 and I2 where S is set, and their opposites where it is not. */
static uint32_t flip_j(uint32_t insn, unsigned int form)
{
	return (form == BL || form == B_W) && !(insn & 1u << 26) ? insn ^ (1u << 13 | 1u << 11) : insn;
}

/* The addend that @insn holds. */
static int32_t decode(uint32_t insn, unsigned int form)
{
	const struct run *run = &runs[layouts[form].run];
	uint32_t v = 0;

	insn = flip_j(insn, form);
	for (unsigned int i = layouts[form].cnt; i; i--, run++)
		v |= (insn >> run->insn & UINT32_MAX >> (32 - run->cnt)) << run->value;
	return sign_extend(v, layouts[form].value_bits);
}

/* @insn with the value @x. */
static uint32_t encode(uint32_t insn, unsigned int form, uint32_t x)
{
	const struct run *run = &runs[layouts[form].run];

	if (form == MOVT)
		x >>= 16;
	for (unsigned int i = layouts[form].cnt; i; i--, run++) {
		uint32_t mask = UINT32_MAX >> (32 - run->cnt) << run->insn;

		insn = (insn & ~mask) | (x >> run->value << run->insn & mask);
	}
	if (form == BL) /* a blx becomes bl, there is no other state to go to */
		insn |= 1u << 12;
	return flip_j(insn, form);
}

/* The halves of an instruction of 32 bits stand the other way round. */
static uint32_t swap_halves(uint32_t v)
{
	return v << 16 | v >> 16;
}

static uint32_t load(const uint8_t *place, unsigned int form)
{
	if (form >= B_N)
		return get_le16(place);
	return form <= PREL31 ? get_le32(place) : swap_halves(get_le32(place));
}

static void store(uint8_t *place, unsigned int form, uint32_t insn)
{
	if (form >= B_N)
		put_le16(place, (uint16_t)insn);
	else
		put_le32(place, form <= PREL31 ? insn : swap_halves(insn));
}

/* Soft-float EABI version 5, little-endian code; no floating-point registers in calls. */
static int check_flags(uint32_t e_flags, struct tenon_diag *diag)
{
	if ((e_flags & ~EF_ARM_ABI_FLOAT_SOFT) != EF_ARM_EABI_VER5)
		return fail_got(diag, TENON_R_ELF_FLAGS, e_flags);
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
	unsigned int form = form_of(type), pc = form & PC;
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
	/* A weak function that nobody has is not called: its branch becomes a nop, as GNU ld does it. */
	if (!value && (form == BL || form == B_W)) {
		put_le32(job->write + r->r_offset, NOP_W);
		return TENON_R_NONE;
	}

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
	if (!fits(x, form)) {
		tenon_addr stub;

		/* With an addend it is not the symbol that is jumped to. Compilers do that inside a section only. */
		if ((form != BL && form != B_W) || addend != -4)
			return TENON_R_REL_RANGE;
		if (!reloc_slot(job->stubs, symbol, true, STUB_BYTES, value, emit_stub, &stub))
			return TENON_R_REL_STUBS;
		x = (int32_t)((uint32_t)stub - 4 - place);
		if (!fits(x, form))
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
			job->diag->section = job->section;
			job->diag->want = ELF32_R_SYM(r->r_info);
			job->diag->got = got;
			return fail_at(job->diag, reason, r->r_offset);
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
