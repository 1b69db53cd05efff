/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* AArch64 relocations at the ends of their ranges. The encodings are an assembler's (llvm-mc). */
#include <string.h>

#include "tenon/fmt/elf_aarch64.h"
#include "tests/tap.h"
#include "tests/unit/arch_limits.h"

#define ARCH (&tenon_arch_aarch64)
#define RUN 0xffff800001000000ull /* begins a page */
#define CNT(a) (sizeof(a) / sizeof((a)[0]))

#define DATA(type, bytes, rel, first, last, hex_first, hex_last) \
	{ #type, R_AARCH64_##type, bytes, 0, 3, .pcrel = rel, .unchecked = (bytes) == 8, .step = 1, .place_align = 1, \
	  .low = first, .high = last, .after_low = hex_first, .after_high = hex_last }
/* A checked and an unchecked instruction. */
#define INSN(type, rel, granule, insn, first, last, hex_first, hex_last) \
	{ #type, R_AARCH64_##type, 4, insn, 0, .pcrel = rel, .step = granule, .place_align = 4, .low = first, .high = last, \
	  .after_low = hex_first, .after_high = hex_last }
#define INSN_NC(type, rel, insn, first, last, hex_first, hex_last) \
	{ #type, R_AARCH64_##type, 4, insn, 0, .pcrel = rel, .unchecked = true, .step = 1, .place_align = 4, .low = first, \
	  .high = last, .after_low = hex_first, .after_high = hex_last }
/* A branch or load of a literal; a load or store in a page. */
#define BRANCH(type, needs_stub, insn, first, last, hex_first, hex_last) \
	{ #type, R_AARCH64_##type, 4, insn, 0, .pcrel = true, .stub = needs_stub, .aligned = true, .step = 4, \
	  .place_align = 4, .low = first, .high = last, .after_low = hex_first, .after_high = hex_last }
#define LDST(type, misaligns, insn, last, hex_last) \
	{ #type, R_AARCH64_##type, 4, insn, 0, .unchecked = true, .aligned = misaligns, .step = 1, .place_align = 4, \
	  .low = 0x7000, .high = 0x7000 + (last), .after_low = insn, .after_high = hex_last }

static const struct limit limits[] = {
	DATA(ABS64, 8, false, INT64_MIN, INT64_MAX, 1ull << 63, INT64_MAX),
	DATA(ABS32, 4, false, INT32_MIN, UINT32_MAX, 0x80000000, 0xffffffff),
	DATA(ABS16, 2, false, INT16_MIN, UINT16_MAX, 0x8000, 0xffff),
	DATA(PREL64, 8, true, INT64_MIN, INT64_MAX, 1ull << 63, INT64_MAX),
	DATA(PREL32, 4, true, INT32_MIN, INT32_MAX, 0x80000000, 0x7fffffff),
	DATA(PREL16, 2, true, INT16_MIN, INT16_MAX, 0x8000, 0x7fff),
	INSN(MOVW_UABS_G0, false, 1, 0xd2800001, 0, 0xffff, 0xd2800001, 0xd29fffe1),
	INSN(MOVW_UABS_G1, false, 1, 0xd2a00001, 0, 0xffffffff, 0xd2a00001, 0xd2bfffe1),
	INSN(MOVW_UABS_G2, false, 1, 0xd2c00001, 0, 0xffffffffffff, 0xd2c00001, 0xd2dfffe1),
	INSN_NC(MOVW_UABS_G3, false, 0xd2e00001, 0, -1, 0xd2e00001, 0xd2ffffe1),
	INSN_NC(MOVW_UABS_G0_NC, false, 0xf2800001, 0x1234567800000000, 0x1234567800005678, 0xf2800001, 0xf28acf01),
	INSN_NC(MOVW_UABS_G1_NC, false, 0xf2a00001, 0x123456780000ffff, 0x123456785678ffff, 0xf2a00001, 0xf2aacf01),
	INSN_NC(MOVW_UABS_G2_NC, false, 0xf2c00001, 0x12340000ffffffff, 0x12345678ffffffff, 0xf2c00001, 0xf2cacf01),
	INSN(MOVW_SABS_G0, false, 1, 0xd2800001, -0x10000, 0xffff, 0x929fffe1, 0xd29fffe1),
	INSN(MOVW_SABS_G1, false, 1, 0x92a00001, -0x100000000, 0xffffffff, 0x92bfffe1, 0xd2bfffe1),
	INSN(MOVW_SABS_G2, false, 1, 0xd2c00001, -0x1000000000000, 0xffffffffffff, 0x92dfffe1, 0xd2dfffe1),
	INSN(MOVW_PREL_G0, true, 1, 0xd2800001, -0x10000, 0xffff, 0x929fffe1, 0xd29fffe1),
	INSN(MOVW_PREL_G1, true, 1, 0xd2a00001, -0x100000000, 0xffffffff, 0x92bfffe1, 0xd2bfffe1),
	INSN(MOVW_PREL_G2, true, 1, 0xd2c00001, -0x1000000000000, 0xffffffffffff, 0x92dfffe1, 0xd2dfffe1),
	INSN_NC(MOVW_PREL_G3, true, 0xd2e00001, INT64_MIN, INT64_MAX, 0x92efffe1, 0xd2efffe1),
	INSN_NC(MOVW_PREL_G0_NC, true, 0xf2800001, 0x1234567800000000, 0x1234567800005678, 0xf2800001, 0xf28acf01),
	INSN_NC(MOVW_PREL_G1_NC, true, 0xf2a00001, 0x123456780000ffff, 0x123456785678ffff, 0xf2a00001, 0xf2aacf01),
	INSN_NC(MOVW_PREL_G2_NC, true, 0xf2c00001, 0x12340000ffffffff, 0x12345678ffffffff, 0xf2c00001, 0xf2cacf01),
	BRANCH(LD_PREL_LO19, false, 0x58000001, -0x100000, 0xffffc, 0x58800001, 0x587fffe1),
	INSN(ADR_PREL_LO21, true, 1, 0x10000001, -0x100000, 0xfffff, 0x10800001, 0x707fffe1),
	INSN(ADR_PREL_PG_HI21, true, 0x1000, 0x90000001, -0x100000000, 0xfffff000, 0x90800001, 0xf07fffe1),
	INSN_NC(ADR_PREL_PG_HI21_NC, true, 0x90000001, -0x300000000, 0x2fffff000, 0x90800001, 0xf07fffe1),
	LDST(ADD_ABS_LO12_NC, false, 0x91000041, 0xfff, 0x913ffc41),
	LDST(LDST8_ABS_LO12_NC, false, 0x39400041, 0xfff, 0x397ffc41),
	LDST(LDST16_ABS_LO12_NC, true, 0x79400041, 0xffe, 0x795ffc41),
	LDST(LDST32_ABS_LO12_NC, true, 0xb9400041, 0xffc, 0xb94ffc41),
	LDST(LDST64_ABS_LO12_NC, true, 0xf9400041, 0xff8, 0xf947fc41),
	LDST(LDST128_ABS_LO12_NC, true, 0x3dc00041, 0xff0, 0x3dc3fc41),
	BRANCH(TSTBR14, false, 0x36180001, -0x8000, 0x7ffc, 0x361c0001, 0x361bffe1),
	BRANCH(CONDBR19, false, 0x54000001, -0x100000, 0xffffc, 0x54800001, 0x547fffe1),
	BRANCH(JUMP26, true, 0x14000000, -0x8000000, 0x7fffffc, 0x16000000, 0x15ffffff),
	BRANCH(CALL26, true, 0x94000000, -0x8000000, 0x7fffffc, 0x96000000, 0x95ffffff),
};

static void test_unknown(void)
{
	static const uint32_t more[] = { R_AARCH64_NONE, R_AARCH64_GOT_LD_PREL19, R_AARCH64_ADR_GOT_PAGE,
					 R_AARCH64_LD64_GOT_LO12_NC };
	uint32_t known[CNT(limits) + CNT(more)];
	size_t i;

	for (i = 0; i < CNT(limits); i++)
		known[i] = limits[i].type;
	memcpy(known + CNT(limits), more, sizeof(more));
	check_unknown(ARCH, known, CNT(known));
}

static void test_none(void)
{
	struct patch p = {
		.arch = ARCH, .type = R_AARCH64_NONE, .symbol = 1, .width = 4, .before = 5, .value = RELOC_DISCARDED
	};

	patch_apply(&p);
	ok(p.ret == 0 && p.after == 5 && p.intact, "NONE changes nothing, whatever its symbol");
}

/* bl with an out-of-reach target. */
static struct patch far_call(int64_t addend, uint64_t stubs_run)
{
	struct patch p = { .arch = ARCH,
			   .run = RUN,
			   .offset = 16,
			   .width = 4,
			   .before = 0x94000000,
			   .type = R_AARCH64_CALL26,
			   .symbol = 1,
			   .addend = addend,
			   .value = 0x1122334455667700,
			   .stubs_run = stubs_run,
			   .stub_cnt = 1 };

	patch_apply(&p);
	return p;
}

static void test_stubs(void)
{
	struct patch p = far_call(0, RUN + 0x1000);

	ok(p.ret == 0 && p.after == 0x94000000 + (0x1000 - 16) / 4 && p.intact,
	   "a call that does not reach goes to its stub");
	ok(get_le32(p.stubs) == 0x58000050 && get_le32(p.stubs + 4) == 0xd61f0200 && get_le64(p.stubs + 8) == p.value,
	   "stub: ldr x16, .+8; br x16; the target");
	p = far_call(8, RUN + 0x1000);
	ok(p.ret == 0 && get_le64(p.stubs + 8) == p.value + 8, "the stub of a call with an addend jumps there");
	p = far_call(0, RUN + 16 + (128u << 20));
	ok(p.ret && p.diag.reason == TENON_R_REL_RANGE && p.after == p.before, "the stub itself is too far");
}

static void test_got(void)
{
	struct patch p = { .arch = ARCH,
			   .run = RUN,
			   .offset = 16,
			   .width = 4,
			   .before = 0x90000001,
			   .symbol = 1,
			   .type = R_AARCH64_ADR_GOT_PAGE,
			   .value = 0x1122334455667788,
			   .got_run = RUN - 0x1008,
			   .got_cnt = 1 };

	patch_apply(&p);
	ok(p.ret == 0 && p.after == 0xd0ffffe1 && get_le64(p.got) == p.value && p.intact,
	   "adrp of a GOT entry two pages before");
	p.got_run = RUN + (1ull << 32);
	patch_apply(&p);
	ok(p.ret && p.diag.reason == TENON_R_REL_RANGE && p.intact, "adrp of a GOT entry too far away");
	p.got_run = RUN - 0x1008;
	p.type = R_AARCH64_LD64_GOT_LO12_NC;
	p.before = 0xf9400041;
	patch_apply(&p);
	ok(p.ret == 0 && p.after == 0xf947fc41 && get_le64(p.got) == p.value && p.intact,
	   "ldr of a GOT entry at 0xff8 of its page");
	p.type = R_AARCH64_GOT_LD_PREL19;
	p.before = 0x58000001;
	patch_apply(&p);
	ok(p.ret == 0 && p.after == 0x58ff7f41 && get_le64(p.got) == p.value && p.intact,
	   "ldr of a GOT entry as a literal");
	p.got_run = RUN + 16 + (1 << 20);
	patch_apply(&p);
	ok(p.ret && p.diag.reason == TENON_R_REL_RANGE && p.intact, "the entry is too far");
	p.got_run = RUN - 0x1008;
	p.addend = 8;
	patch_apply(&p);
	ok(p.ret && p.diag.reason == TENON_R_REL_RANGE && p.intact, "a GOT entry with an addend is refused");
	p.type = R_AARCH64_LD64_GOT_LO12_NC;
	p.addend = 0;
	p.got_run += 4;
	patch_apply(&p);
	ok(p.ret && p.diag.reason == TENON_R_REL_ALIGN && p.intact, "a misaligned GOT is noticed");
	p.got_cnt = 0;
	patch_apply(&p);
	ok(p.ret && p.diag.reason == TENON_R_REL_STUBS && p.intact, "no room in the GOT");
}

/* Two calls of one symbol, one of another: two slots, and a third is refused. */
static void test_sharing(void)
{
	const Elf64_Rela r[] = { { 0, 1ull << 32 | R_AARCH64_CALL26, 0 },
				 { 4, 1ull << 32 | R_AARCH64_JUMP26, 0 },
				 { 8, 2ull << 32 | R_AARCH64_CALL26, 0 },
				 { 12, 1ull << 32 | R_AARCH64_CALL26, 4 } };
	const uint64_t values[3] = { 0, 0x1000000000, 0x2000000000 };
	const uint8_t kinds[3] = { RELOC_KIND_NONE, RELOC_KIND_NONE, RELOC_KIND_NONE };
	uint8_t section[16] = { 0 }, slots[32], marks[3] = { 0 };
	uint32_t of_symbol[3] = { 0 };
	struct reloc_slots stubs = { slots, RUN + 0x100, 2, 0, of_symbol };
	struct tenon_diag d;
	struct reloc_job job = { .entries = r,
				 .cnt = 3,
				 .write = section,
				 .run = RUN,
				 .size = sizeof(section),
				 .values = values,
				 .symbol_cnt = 3,
				 .stubs = &stubs,
				 .diag = &d };
	struct reloc_need need = { .kinds = kinds, .kind = TENON_MEM_TEXT, .marks = marks };

	ok(ARCH->relocate(&job) == 0 && stubs.used == 2 && get_le32(section) == 0x40 && get_le32(section + 4) == 0x3f &&
	       get_le32(section + 8) == 0x42,
	   "one stub for a symbol, however many call it");
	job.cnt = 4;
	ok(ARCH->relocate(&job) == -TENON_ENOEXEC && d.reason == TENON_R_REL_STUBS && d.offset == 12,
	   "no room for a third");
	ARCH->count(&job, true, &need);
	ok(need.stubs == 3 && need.got == 0, "count: as many stubs as relocate uses");
}

int main(void)
{
	struct tenon_diag d;

	check_limits(ARCH, RUN, limits, CNT(limits));
	test_unknown();
	test_none();
	test_stubs();
	test_got();
	test_sharing();
	ok(ARCH->check_flags(0, &d) == 0, "flags 0");
	ok(ARCH->check_flags(1, &d) == -TENON_ENOEXEC && d.reason == TENON_R_ELF_FLAGS && d.got == 1,
	   "flags 1 are refused");
	return tap_done();
}
