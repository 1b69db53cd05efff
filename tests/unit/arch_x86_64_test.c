/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* x86-64 relocations at the ends of their ranges. Encodings of whole objects are compared with GNU ld in tests/oracle.
 */
#include <string.h>

#include "tenon/fmt/elf_x86_64.h"
#include "tests/tap.h"
#include "tests/unit/arch_limits.h"

#define ARCH (&tenon_arch_x86_64)
#define RUN 0xffffffffc0000000ull
#define CNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct limit limits[] = {
	{ "64", R_X86_64_64, 8, 0, 5, .unchecked = true, .step = 1, .place_align = 1, .low = INT64_MIN,
	  .high = INT64_MAX, .after_low = 1ull << 63, .after_high = INT64_MAX },
	{ "PC64", R_X86_64_PC64, 8, 0, -3, .pcrel = true, .unchecked = true, .step = 1, .place_align = 1,
	  .low = INT64_MIN, .high = INT64_MAX, .after_low = 1ull << 63, .after_high = INT64_MAX },
	{ "32", R_X86_64_32, 4, 0, 5, .step = 1, .place_align = 1, .low = 0, .high = UINT32_MAX, .after_low = 0,
	  .after_high = UINT32_MAX },
	{ "32S", R_X86_64_32S, 4, 0, -5, .step = 1, .place_align = 1, .low = INT32_MIN, .high = INT32_MAX,
	  .after_low = 0x80000000, .after_high = 0x7fffffff },
	{ "PC32", R_X86_64_PC32, 4, 0, -4, .pcrel = true, .step = 1, .place_align = 1, .low = INT32_MIN,
	  .high = INT32_MAX, .after_low = 0x80000000, .after_high = 0x7fffffff },
	{ "PLT32 of data", R_X86_64_PLT32, 4, 0, -4, .pcrel = true, .step = 1, .place_align = 1, .low = INT32_MIN,
	  .high = INT32_MAX, .after_low = 0x80000000, .after_high = 0x7fffffff },
};

static const uint32_t known[] = {
	R_X86_64_NONE, R_X86_64_64,  R_X86_64_PC32, R_X86_64_PLT32,     R_X86_64_GOTPCREL,
	R_X86_64_32,   R_X86_64_32S, R_X86_64_PC64, R_X86_64_GOTPCRELX, R_X86_64_REX_GOTPCRELX
};

static void test_none(void)
{
	struct patch p = {
		.arch = ARCH, .type = R_X86_64_NONE, .symbol = 1, .width = 4, .before = 5, .value = RELOC_DISCARDED
	};

	patch_apply(&p);
	ok(p.ret == 0 && p.after == 5 && p.intact, "NONE changes nothing, whatever its symbol");
	p.symbol = 2;
	patch_apply(&p);
	ok(p.ret && p.diag.reason == TENON_R_REL_SYMBOL, "NONE: its symbol index is checked");
}

static void test_nonzero(void)
{
	static const uint32_t types[] = { R_X86_64_64, R_X86_64_PC64, R_X86_64_32S, R_X86_64_PC32 };
	size_t i;

	for (i = 0; i < CNT(types); i++) {
		struct patch p = { .arch = ARCH, .type = types[i], .symbol = 1, .width = 8, .before = 1, .value = 64 };

		patch_apply(&p);
		ok(p.ret && p.diag.reason == TENON_R_REL_NONZERO && p.intact, "type %u: a place that is not zero",
		   types[i]);
	}
}

/* A section with one branch, to a symbol that is out of reach. */
struct far_branch {
	uint8_t section[32], slots[16];
	uint64_t place;
	uint32_t stubs_used;
	struct tenon_diag diag;
	int ret;
};

static struct far_branch far_branch(uint64_t place, uint16_t opcode, int64_t addend, uint64_t stubs_run)
{
	struct far_branch f = { .place = place };
	const Elf64_Rela rela = { place, 1ull << 32 | R_X86_64_PLT32, addend };
	const uint64_t values[2] = { 0, 0x1234567890 };
	struct reloc_slots stubs = { f.slots, stubs_run, stubs_run != 0, 0, NULL };
	struct reloc_job job = { .entries = &rela,
				 .cnt = 1,
				 .write = f.section,
				 .run = RUN,
				 .size = sizeof(f.section),
				 .values = values,
				 .symbol_cnt = 2,
				 .stubs = &stubs,
				 .diag = &f.diag };

	if (place >= 2)
		put_le16(f.section + place - 2, opcode);
	else if (place)
		f.section[0] = (uint8_t)(opcode >> 8);
	f.ret = ARCH->relocate(&job);
	f.stubs_used = stubs.used;
	return f;
}

static bool branch_refused(const struct far_branch *f, enum tenon_reason reason)
{
	return f->ret == -TENON_ENOEXEC && f->diag.reason == reason && get_le32(f->section + f->place) == 0;
}

static void test_stubs(void)
{
	static const uint8_t stub[16] = { 0xff, 0x25, 0, 0, 0, 0, 0x90, 0x78, 0x56, 0x34, 0x12, 0, 0, 0, 0xcc, 0xcc };
	/* The bytes before the place, the last in the upper half: call, jmp, je; then lea, syscall, a jcc without 0f.
	 */
	static const uint16_t branches[] = { 0xe890, 0xe990, 0x840f }, others[] = { 0x058d, 0x050f, 0x8490 };
	const uint64_t stubs_run = RUN + 0x1000;
	struct far_branch f;
	size_t i;

	for (i = 0; i < CNT(branches); i++) {
		f = far_branch(16, branches[i], -4, stubs_run);
		ok(f.ret == 0 && get_le32(f.section + 16) == 0x1000 - 20 && f.stubs_used == 1 &&
		       !memcmp(f.slots, stub, sizeof(stub)),
		   "branch %04x that does not reach goes through a stub", branches[i]);
	}
	for (i = 0; i < CNT(others); i++) {
		f = far_branch(16, others[i], -4, stubs_run);
		ok(branch_refused(&f, TENON_R_REL_RANGE) && !f.stubs_used, "%04x is no branch: no stub", others[i]);
	}
	f = far_branch(1, 0xe800, -4, stubs_run);
	ok(f.ret == 0 && get_le32(f.section + 1) == 0x1000 - 5, "a call at the start of the section");
	f = far_branch(2, 0x8f0f, -4, stubs_run);
	ok(f.ret == 0 && get_le32(f.section + 2) == 0x1000 - 6, "a jcc at the start of the section");
	f = far_branch(0, 0, -4, stubs_run);
	ok(branch_refused(&f, TENON_R_REL_RANGE), "a place at the start of the section is no branch's");
	f = far_branch(16, 0xe890, 12, stubs_run);
	ok(f.ret == 0 && get_le32(f.section + 16) == 0x1000 - 20 && f.slots[6] == 0xa0,
	   "the stub of a branch with an addend jumps there");
	f = far_branch(16, 0xe890, -4, 0);
	ok(branch_refused(&f, TENON_R_REL_STUBS), "no room for a stub");
	f = far_branch(16, 0xe890, -4, RUN + 20 + (1ull << 31) - 1);
	ok(f.ret == 0 && get_le32(f.section + 16) == 0x7fffffff, "the farthest stub");
	f = far_branch(16, 0xe890, -4, RUN + 20 + (1ull << 31));
	ok(branch_refused(&f, TENON_R_REL_RANGE), "the stub itself is too far");
}

/* Three calls of two symbols, one more with an addend. */
static void test_sharing(void)
{
	const Elf64_Rela r[] = { { 1, 1ull << 32 | R_X86_64_PLT32, -4 },
				 { 6, 2ull << 32 | R_X86_64_PLT32, -4 },
				 { 11, 1ull << 32 | R_X86_64_PLT32, -4 },
				 { 16, 1ull << 32 | R_X86_64_PLT32, 0 } };
	const uint64_t values[3] = { 0, 0x1000000000, 0x2000000000 };
	uint8_t section[32] = { [0] = 0xe8, [5] = 0xe8, [10] = 0xe8, [15] = 0xe8 }, slots[3 * 16];
	uint32_t of_symbol[3] = { 0 };
	struct reloc_slots stubs = { slots, RUN + 0x100, 3, 0, of_symbol };
	struct tenon_diag d;
	struct reloc_job job = { .entries = r,
				 .cnt = CNT(r),
				 .write = section,
				 .run = RUN,
				 .size = sizeof(section),
				 .values = values,
				 .symbol_cnt = 3,
				 .stubs = &stubs,
				 .diag = &d };

	ok(ARCH->relocate(&job) == 0 && stubs.used == 3 && get_le32(section + 1) == 0x100 - 5 &&
	       get_le32(section + 6) == 0x110 - 10 && get_le32(section + 11) == 0x100 - 15 &&
	       get_le32(section + 16) == 0x120 - 20,
	   "one stub for a symbol, one for an addend");
}

/* Sections that are smaller than what is to be written. */
static void test_small(void)
{
	static const uint32_t types[] = { R_X86_64_32S, R_X86_64_64 };
	const uint64_t values[1] = { 0 };
	struct tenon_diag d;
	uint64_t size;
	size_t i;

	for (i = 0; i < CNT(types); i++) {
		const Elf64_Rela rela = { 0, types[i], 0 };
		uint32_t refused = 0, width = i ? 8 : 4;

		for (size = 0; size <= width; size++) {
			uint8_t section[8] = { 0 };
			struct reloc_job job = { .entries = &rela,
						 .cnt = 1,
						 .write = section,
						 .size = size,
						 .values = values,
						 .symbol_cnt = 1,
						 .diag = &d };

			refused += ARCH->relocate(&job) == -TENON_ENOEXEC && d.reason == TENON_R_REL_OFFSET;
		}
		ok(refused == width, "type %u in a section of 0 to %u bytes", types[i], width);
	}
}

static void test_got(void)
{
	static const uint32_t types[] = { R_X86_64_GOTPCREL, R_X86_64_GOTPCRELX, R_X86_64_REX_GOTPCRELX };
	size_t i;

	for (i = 0; i < CNT(types); i++) {
		struct patch p = { .arch = ARCH,
				   .run = RUN,
				   .offset = 16,
				   .width = 4,
				   .type = types[i],
				   .symbol = 1,
				   .addend = -4,
				   .value = 0x1122334455667788,
				   .got_run = RUN + 0x2000,
				   .got_cnt = 1 };

		patch_apply(&p);
		ok(p.ret == 0 && p.after == 0x2000 - 20 && p.got_used == 1 && get_le64(p.got) == p.value && p.intact,
		   "type %u: distance to a GOT entry", types[i]);
		p.got_run = RUN + (1ull << 31) + 20;
		patch_apply(&p);
		ok(p.ret && p.diag.reason == TENON_R_REL_RANGE && p.intact, "type %u: the entry is too far", types[i]);
		p.got_cnt = 0;
		patch_apply(&p);
		ok(p.ret && p.diag.reason == TENON_R_REL_STUBS && p.intact, "type %u: no room in the GOT", types[i]);
	}
}

static void test_count(void)
{
	const Elf64_Rela r[] = {
		{ 0, 3ull << 32 | R_X86_64_PLT32, -4 },      { 8, 1ull << 32 | R_X86_64_PLT32, -4 },
		{ 16, 1ull << 32 | R_X86_64_PLT32, -4 },     { 24, 1ull << 32 | R_X86_64_PLT32, 4 },
		{ 32, 2ull << 32 | R_X86_64_PLT32, -4 },     { 40, 2ull << 32 | R_X86_64_GOTPCREL, -4 },
		{ 48, 2ull << 32 | R_X86_64_GOTPCRELX, -4 }, { 56, 0ull << 32 | R_X86_64_PC32, -4 },
	};
	const uint8_t kinds[3] = { RELOC_KIND_NONE, RELOC_KIND_NONE, TENON_MEM_TEXT };
	uint8_t marks[3] = { 0 };
	struct reloc_need need = { .kinds = kinds, .kind = TENON_MEM_TEXT, .marks = marks };
	struct reloc_job job = { .entries = r, .cnt = CNT(r), .symbol_cnt = 3 };

	ARCH->count(&job, true, &need);
	ok(need.stubs == 2 && need.got == 1,
	   "count: one stub for a symbol, one for an addend, none in the same kind of memory");
	need.stubs = need.got = 0;
	memset(marks, 0, sizeof(marks));
	ARCH->count(&job, false, &need);
	ok(need.stubs == 0 && need.got == 1, "count: no stubs where every branch reaches");
}

int main(void)
{
	struct tenon_diag d;

	check_limits(ARCH, RUN, limits, CNT(limits));
	check_unknown(ARCH, known, CNT(known));
	test_none();
	test_nonzero();
	test_stubs();
	test_sharing();
	test_small();
	test_got();
	test_count();
	ok(ARCH->check_flags(0, &d) == 0, "flags 0");
	ok(ARCH->check_flags(1, &d) == -TENON_ENOEXEC && d.reason == TENON_R_ELF_FLAGS && d.got == 1,
	   "flags 1 are refused");
	return tap_done();
}
