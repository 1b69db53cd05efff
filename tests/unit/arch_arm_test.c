/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Thumb-2 relocations at the ends of their ranges. The encodings are an assembler's (llvm-mc). */
#include <string.h>

#include "tenon/fmt/elf_arm.h"
#include "tests/tap.h"
#include "tests/unit/arch_limits.h"

#define ARCH (&tenon_arch_arm)
#define RUN 0x20000000u
#define CNT(a) (sizeof(a) / sizeof((a)[0]))

/* An instruction as a little-endian number: its first halfword is the lower one. */
#define T32(first, second) ((uint32_t)(second) << 16 | (first))

#define WORD(type, rel, old, addend_, hex_first, hex_last) \
	{ #type, R_ARM_##type, 4, old, addend_, .pcrel = rel, .unchecked = true, .step = 1, .place_align = 1, \
	  .low = INT32_MIN, .high = INT32_MAX, .after_low = hex_first, .after_high = hex_last }
/* movw, movt: #0xfedc (the addend, signed) before. */
#define MOV(type, rel, insn, first, last, hex_first, hex_last) \
	{ #type, R_ARM_##type, 4, insn, -0x124, .pcrel = rel, .unchecked = true, .step = 1, .place_align = 2, .low = first, \
	  .high = last, .after_low = hex_first, .after_high = hex_last }
/* Branches to Thumb functions: values are odd. */
#define BRANCH(type, bytes, needs_stub, insn, first, last, hex_first, hex_last) \
	{ #type, R_ARM_##type, bytes, insn, -4, .pcrel = true, .stub = needs_stub, .step = 2, .place_align = 2, \
	  .low = (first) + 1, .high = (last) + 1, .after_low = hex_first, .after_high = hex_last }

static const struct limit limits[] = {
	WORD(ABS32, false, 5, 5, 0x80000000, 0x7fffffff),
	WORD(TARGET1, false, 5, 5, 0x80000000, 0x7fffffff),
	WORD(REL32, true, 0xfffffffb, -5, 0x80000000, 0x7fffffff),
	WORD(TARGET2, true, 0xfffffffb, -5, 0x80000000, 0x7fffffff),
	{ "PREL31", R_ARM_PREL31, 4, 0xfffffffb, -5, .pcrel = true, .step = 1, .place_align = 1, .low = -0x40000000,
	  .high = 0x3fffffff, .after_low = 0xc0000000, .after_high = 0xbfffffff },
	MOV(THM_MOVW_ABS_NC, false, T32(0xf64f, 0x61dc), 0x12340000, 0x1234fedc, T32(0xf240, 0x0100),
	    T32(0xf64f, 0x61dc)),
	MOV(THM_MOVT_ABS, false, T32(0xf6cf, 0x61dc), 0x0000ffff, 0xfedc0000, T32(0xf2c0, 0x0100), T32(0xf6cf, 0x61dc)),
	MOV(THM_MOVW_PREL_NC, true, T32(0xf64f, 0x61dc), 0x12340000, 0x1234fedc, T32(0xf240, 0x0100),
	    T32(0xf64f, 0x61dc)),
	MOV(THM_MOVT_PREL, true, T32(0xf6cf, 0x61dc), 0x0000ffff, 0xfedc0000, T32(0xf2c0, 0x0100), T32(0xf6cf, 0x61dc)),
	BRANCH(THM_CALL, 4, true, T32(0xf7ff, 0xfffe), -0x1000000, 0xfffffe, T32(0xf400, 0xd000), T32(0xf3ff, 0xd7ff)),
	BRANCH(THM_JUMP24, 4, true, T32(0xf7ff, 0xbffe), -0x1000000, 0xfffffe, T32(0xf400, 0x9000),
	       T32(0xf3ff, 0x97ff)),
	BRANCH(THM_JUMP19, 4, false, T32(0xf47f, 0xaffe), -0x100000, 0xffffe, T32(0xf440, 0x8000), T32(0xf07f, 0xafff)),
	BRANCH(THM_JUMP11, 2, false, 0xe7fe, -0x800, 0x7fe, 0xe400, 0xe3ff),
	BRANCH(THM_JUMP8, 2, false, 0xd1fe, -0x100, 0xfe, 0xd180, 0xd17f),
};

static void test_unknown(void)
{
	uint32_t known[CNT(limits) + 1] = { R_ARM_NONE };
	size_t i;

	for (i = 0; i < CNT(limits); i++)
		known[i + 1] = limits[i].type;
	check_unknown(ARCH, known, CNT(known));
}

static void test_none(void)
{
	struct patch p = {
		.arch = ARCH, .type = R_ARM_NONE, .symbol = 1, .width = 4, .before = 5, .value = RELOC_DISCARDED
	};

	patch_apply(&p);
	ok(p.ret == 0 && p.after == 5 && p.intact, "NONE changes nothing, whatever its symbol");
}

/* A branch at 16 with the addend -4 to @target. */
static struct patch branch(uint32_t type, uint32_t insn, uint64_t target)
{
	struct patch p = { .arch = ARCH,
			   .run = RUN,
			   .offset = 16,
			   .width = 4,
			   .before = insn,
			   .type = type,
			   .symbol = 1,
			   .value = target,
			   .stubs_run = RUN + 0x1014,
			   .stub_cnt = 1 };

	patch_apply(&p);
	return p;
}

static void test_states(void)
{
	struct patch p = branch(R_ARM_THM_CALL, T32(0xf7ff, 0xfffe), RUN + 0x20);

	ok(p.ret && p.diag.reason == TENON_R_REL_ALIGN && p.intact, "bl to a target in Arm state is refused");
	p = branch(R_ARM_THM_JUMP24, T32(0xf7ff, 0xbffe), RUN + 0x20);
	ok(p.ret == 0 && p.after == T32(0xf000, 0xb806) && p.intact,
	   "b.w to a label without type stays in Thumb state");
	p = branch(R_ARM_THM_CALL, T32(0xf7ff, 0xeffe), RUN + 0x21);
	ok(p.ret == 0 && p.after == T32(0xf000, 0xf806) && p.intact, "blx to a Thumb function becomes bl");
	p = branch(R_ARM_THM_JUMP24, T32(0xf7ff, 0xbffe), 0x100000021);
	ok(p.ret && p.diag.reason == TENON_R_REL_RANGE && p.intact, "a symbol above 4 GiB is refused");
}

static void test_stubs(void)
{
	struct patch p = branch(R_ARM_THM_CALL, T32(0xf7ff, 0xfffe), 0x08001235);

	ok(p.ret == 0 && p.after == T32(0xf001, 0xf800) && p.intact, "a call that does not reach goes to its stub");
	ok(get_le32(p.stubs) == T32(0xf8df, 0xf000) && get_le32(p.stubs + 4) == 0x08001235,
	   "stub: ldr.w pc, [pc]; the target");
	p = branch(R_ARM_THM_JUMP24, T32(0xf7ff, 0xbffe), 0x08001234);
	ok(p.ret == 0 && p.after == T32(0xf001, 0xb800) && get_le32(p.stubs + 4) == 0x08001235,
	   "so does b.w, in Thumb state");
	p = branch(R_ARM_THM_JUMP24, T32(0xf000, 0xb800), 0x08001235);
	ok(p.ret && p.diag.reason == TENON_R_REL_RANGE && p.intact && !p.stubs_used, "with an addend it is refused");
	p.before = T32(0xf7ff, 0xbffe);
	p.stubs_run = RUN + 0x2000000;
	patch_apply(&p);
	ok(p.ret && p.diag.reason == TENON_R_REL_RANGE && p.intact, "the stub itself is too far");
}

static void test_count(void)
{
	const Elf32_Rel r[] = { { 0, 1 << 8 | R_ARM_THM_CALL },
				{ 4, 1 << 8 | R_ARM_THM_JUMP24 },
				{ 8, 2 << 8 | R_ARM_THM_CALL },
				{ 12, 0 << 8 | R_ARM_ABS32 },
				{ 16, 3 << 8 | R_ARM_THM_CALL } };
	const uint8_t kinds[3] = { RELOC_KIND_NONE, RELOC_KIND_NONE, TENON_MEM_TEXT };
	uint8_t marks[3] = { 0 };
	struct reloc_need need = { .kinds = kinds, .kind = TENON_MEM_TEXT, .marks = marks };
	struct reloc_job job = { .entries = r, .cnt = CNT(r), .symbol_cnt = 3 };

	ARCH->count(&job, true, &need);
	ok(need.stubs == 1 && need.got == 0, "count: one stub for a symbol, none in the same kind of memory");
	ARCH->count(&job, false, &need);
	ok(need.stubs == 1, "count: no stubs where every branch reaches");
}

int main(void)
{
	static const uint32_t refused[] = {
		0,          EF_ARM_EABI_VER5 | EF_ARM_BE8, EF_ARM_EABI_VER5 | EF_ARM_ABI_FLOAT_HARD, 0x04000000,
		0x06000000, EF_ARM_EABI_VER5 | 1
	};
	struct tenon_diag d;
	size_t i;

	check_limits(ARCH, RUN, limits, CNT(limits));
	test_unknown();
	test_none();
	test_states();
	test_stubs();
	test_count();
	ok(ARCH->check_flags(EF_ARM_EABI_VER5, &d) == 0, "flags: EABI version 5");
	ok(ARCH->check_flags(EF_ARM_EABI_VER5 | EF_ARM_ABI_FLOAT_SOFT, &d) == 0, "flags: soft float");
	for (i = 0; i < CNT(refused); i++)
		ok(ARCH->check_flags(refused[i], &d) == -TENON_ENOEXEC && d.reason == TENON_R_ELF_FLAGS &&
		       d.got == refused[i],
		   "flags %#x are refused", refused[i]);
	return tap_done();
}
