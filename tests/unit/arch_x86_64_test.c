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

/* clang-format off */
static const struct limit limits[] = {
	{ "64", R_X86_64_64, 8, 0, 5, .unchecked = true, .step = 1, .place_align = 1, .low = INT64_MIN, .high = INT64_MAX,
	  .after_low = 1ull << 63, .after_high = INT64_MAX },
	{ "PC64", R_X86_64_PC64, 8, 0, -3, .pcrel = true, .unchecked = true, .step = 1, .place_align = 1, .low = INT64_MIN,
	  .high = INT64_MAX, .after_low = 1ull << 63, .after_high = INT64_MAX },
	{ "32", R_X86_64_32, 4, 0, 5, .step = 1, .place_align = 1, .low = 0, .high = UINT32_MAX, .after_low = 0,
	  .after_high = UINT32_MAX },
	{ "32S", R_X86_64_32S, 4, 0, -5, .step = 1, .place_align = 1, .low = INT32_MIN, .high = INT32_MAX,
	  .after_low = 0x80000000, .after_high = 0x7fffffff },
	{ "PC32", R_X86_64_PC32, 4, 0, -4, .pcrel = true, .step = 1, .place_align = 1, .low = INT32_MIN, .high = INT32_MAX,
	  .after_low = 0x80000000, .after_high = 0x7fffffff },
	{ "PLT32 of data", R_X86_64_PLT32, 4, 0, -4, .pcrel = true, .step = 1, .place_align = 1, .low = INT32_MIN,
	  .high = INT32_MAX, .after_low = 0x80000000, .after_high = 0x7fffffff },
};
/* clang-format on */

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

/* A branch at offset 16 whose instruction begins with @opcode. The place is 8 bytes wide to show the opcode too. */
static struct patch far_branch(uint16_t opcode, int64_t addend, uint32_t stub_cnt)
{
	struct patch p = {
		.arch = ARCH,
		.run = RUN,
		.offset = 16,
		.width = 4,
		.type = R_X86_64_PLT32,
		.symbol = 1,
		.addend = addend,
		.value = 0x1234567890,
		.stubs_run = RUN + 0x1000,
		.stub_cnt = stub_cnt,
	};
	uint8_t section[PATCH_SECTION_BYTES] = { 0 };
	Elf64_Rela rela = { 16, (uint64_t)1 << 32 | R_X86_64_PLT32, addend };
	uint64_t values[2] = { 0, p.value };
	struct reloc_slots stubs = { p.stubs, p.stubs_run, stub_cnt, 0, NULL };
	struct reloc_job job = { .entries = &rela,
				 .cnt = 1,
				 .write = section,
				 .run = RUN,
				 .size = sizeof(section),
				 .values = values,
				 .symbol_cnt = 2,
				 .stubs = &stubs,
				 .diag = &p.diag };

	memcpy(section + 14, &opcode, 2);
	p.ret = ARCH->relocate(&job);
	p.after = get_le32(section + 16);
	p.stubs_used = stubs.used;
	return p;
}

static void test_stubs(void)
{
	static const uint8_t stub[16] = { 0xff, 0x25, 0, 0, 0, 0, 0x90, 0x78, 0x56, 0x34, 0x12, 0, 0, 0, 0xcc, 0xcc };
	static const uint16_t opcodes[] = { 0xe890, 0xe990, 0x840f }; /* little-endian: call, jmp, je */
	struct patch p;
	size_t i;

	for (i = 0; i < CNT(opcodes); i++) {
		p = far_branch(opcodes[i], -4, 1);
		ok(p.ret == 0 && p.after == 0x1000 - 20 && p.stubs_used == 1 && !memcmp(p.stubs, stub, sizeof(stub)),
		   "branch %04x that does not reach goes through a stub", opcodes[i]);
	}
	p = far_branch(0xe890, 12, 1);
	ok(p.ret == 0 && p.after == 0x1000 - 20 && p.stubs[6] == 0xa0,
	   "the stub of a branch with an addend jumps there");
	p = far_branch(0xe890, -4, 0);
	ok(p.ret && p.diag.reason == TENON_R_REL_STUBS && p.after == 0, "no room for a stub");
	p = far_branch(0x058d, -4, 1);
	ok(p.ret && p.diag.reason == TENON_R_REL_RANGE && p.stubs_used == 0, "data never gets a stub");
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
		{ 0, 1ull << 32 | R_X86_64_PLT32, -4 },     { 8, 1ull << 32 | R_X86_64_PLT32, -4 },
		{ 16, 1ull << 32 | R_X86_64_PLT32, 4 },     { 24, 2ull << 32 | R_X86_64_PLT32, -4 },
		{ 32, 2ull << 32 | R_X86_64_GOTPCREL, -4 }, { 40, 2ull << 32 | R_X86_64_GOTPCRELX, -4 },
		{ 48, 9ull << 32 | R_X86_64_PLT32, -4 },    { 56, 1ull << 32 | R_X86_64_PC32, -4 },
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
	test_got();
	test_count();
	ok(ARCH->check_flags(0, &d) == 0, "flags 0");
	ok(ARCH->check_flags(1, &d) == -TENON_ENOEXEC && d.reason == TENON_R_ELF_FLAGS && d.got == 1,
	   "flags 1 are refused");
	return tap_done();
}
